// SPDX-License-Identifier: MIT
#include "net/sshd.h"

#include "net/skip_clock.h"
#include "net/ssh.h"

#include <libssh2.h>

// libssh2 1.10 does not free the private number of an ECDSA key in OpenSSH's format.
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:CRYPTO_zalloc";
}

struct world {
    struct sshd sshd;
    struct loop *loop;
    struct arena arena;
    struct known_hosts_key pin;
    const char *logins[2];
    const char *identities[8];
    struct ssh_target target;
    struct ssh *ssh;
    struct fault fault;
    bool came;
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    sshd_prepare(&world->sshd);
    sshd_spawn(&world->sshd, "host", NULL);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    sshd_remove(&world->sshd);
    free(world);
    return 0;
}

// A target that works, for each test to break.
static int set_up_target(void **state)
{
    struct world *world = *state;
    struct sshd *sshd = &world->sshd;
    struct fault fault = {0};
    arena_init(&world->arena, 0);
    world->loop = loop_new();
    world->ssh = NULL;
    world->came = false;
    memset(&world->fault, 0, sizeof world->fault);
    assert_true(
        known_hosts_parse_key(&world->arena, sshd->host_key, &world->pin, &fault));
    world->logins[0] = sshd->login;
    world->identities[0] = sshd->user_key;
    world->target = (struct ssh_target){
        .name = "host/test",
        .address = "127.0.0.1",
        .port = sshd->port,
        .logins = world->logins,
        .login_count = 1,
        .identities = world->identities,
        .identity_count = 1,
        .pins = &world->pin,
        .pin_count = 1,
        .patience_ms = SSHD_PATIENCE_MS,
        .connect_timeout_ms = SSHD_PATIENCE_MS,
    };
    return 0;
}

static int clear_target(void **state)
{
    struct world *world = *state;
    ssh_close(world->ssh);
    while (loop_turn(world->loop))
        ;
    loop_free(world->loop);
    arena_clear(&world->arena);
    return 0;
}

static void connected(void *context, struct ssh *ssh, const struct fault *fault)
{
    struct world *world = context;
    assert_false(world->came);
    world->came = true;
    world->ssh = ssh;
    assert_true((ssh == NULL) == (fault != NULL));
    if (fault)
        world->fault = *fault;
}

static bool connect_now(struct world *world)
{
    ssh_connect(world->loop, &world->target, connected, world);
    assert_false(world->came);
    while (!world->came)
        assert_true(loop_turn(world->loop));
    return world->ssh != NULL;
}

static void assert_says(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not say \"%s\"", text, part);
}

static void assert_works(struct world *world)
{
    if (!connect_now(world))
        fail_msg("%s: %s", world->fault.what, world->fault.why);
}

static void assert_fails(struct world *world, enum fault_kind kind, const char *why)
{
    assert_false(connect_now(world));
    assert_int_equal(world->fault.kind, kind);
    assert_says(world->fault.why, why);
}

// A key of this kind in the folder of the sshd, let in when asked.
static const char *make_key(struct world *world, const char *type, const char *passphrase,
                            bool let_in)
{
    char public[160], text[2048], authorized[128];
    static int number;
    char *path = arena_format(&world->arena, "%s/key%d", world->sshd.folder, number++);
    sshd_keygen(type, passphrase, path);
    if (!let_in)
        return path;
    snprintf(public, sizeof public, "%s.pub", path);
    sshd_read(public, text, sizeof text);
    FILE *file = fopen(sshd_path(&world->sshd, "authorized", authorized), "a");
    fputs(text, file);
    fclose(file);
    return path;
}

static const char *known_hosts(struct world *world, const char *line)
{
    char path[128];
    sshd_write(sshd_path(&world->sshd, "known_hosts", path), line);
    world->target.pin_count = 0;
    world->target.known_hosts_path = arena_text(&world->arena, path);
    return world->target.known_hosts_path;
}

static void test_a_pinned_host(void **state)
{
    struct world *world = *state;
    int64_t before = ssh_connect_count();
    assert_works(world);
    assert_true(ssh_is_alive(world->ssh));
    assert_string_equal(ssh_login(world->ssh), world->sshd.login);
    assert_int_equal(strncmp(ssh_host_key(world->ssh), "ssh-ed25519 AAAA", 16), 0);
    assert_int_equal(ssh_connect_count(), before + 1);
}

static void test_a_name_is_resolved(void **state)
{
    struct world *world = *state;
    world->target.address = "localhost";
    assert_works(world);
}

static void test_a_name_that_is_none(void **state)
{
    struct world *world = *state;
    world->target.address = "nothing.invalid";
    world->target.patience_ms = 0;
    assert_false(connect_now(world));
    assert_int_equal(world->fault.kind, FAULT_UNREACHABLE);
}

static void test_a_changed_key_is_blocked_with_both_fingerprints(void **state)
{
    struct world *world = *state;
    char text[512], path[160];
    snprintf(path, sizeof path, "%s.pub", make_key(world, "ed25519", "", false));
    sshd_read(path, text, sizeof text);
    struct fault fault = {0};
    const char *real = known_hosts_fingerprint(&world->arena, world->pin.base64);
    assert_true(known_hosts_parse_key(&world->arena, text, &world->pin, &fault));
    assert_fails(world, FAULT_BLOCKED, real);
    assert_says(world->fault.why,
                known_hosts_fingerprint(&world->arena, world->pin.base64));
    assert_true(world->fault.next[0] != '\0');
}

static void test_known_hosts_decides_without_a_pin(void **state)
{
    struct world *world = *state;
    known_hosts(world, arena_format(&world->arena, "[127.0.0.*]:%d %s\n",
                                    world->sshd.port, world->sshd.host_key));
    assert_works(world);
}

static void test_a_revoked_key_is_blocked(void **state)
{
    struct world *world = *state;
    known_hosts(world,
                arena_format(&world->arena, "@revoked * %s\n", world->sshd.host_key));
    world->target.accept_new = true;
    assert_fails(world, FAULT_BLOCKED, "revokes");
}

static void test_an_unknown_host_is_blocked(void **state)
{
    struct world *world = *state;
    known_hosts(world, "");
    assert_fails(world, FAULT_BLOCKED, "SHA256:");
}

static void test_an_unknown_host_is_taken_when_told(void **state)
{
    struct world *world = *state;
    world->target.pin_count = 0;
    world->target.known_hosts_path = "/nonexistent/known_hosts";
    world->target.accept_new = true;
    assert_works(world);
    assert_int_equal(strncmp(ssh_host_key(world->ssh), world->sshd.host_key,
                             strlen(ssh_host_key(world->ssh))),
                     0);
}

static void test_only_the_key_is_asked_for(void **state)
{
    struct world *world = *state;
    world->target.pin_count = 0;
    world->target.identity_count = 0;
    world->target.login_count = 0;
    world->target.known_hosts_path = "/nonexistent/known_hosts";
    world->target.accept_new = true;
    world->target.only_key = true;
    assert_works(world);
    assert_null(ssh_login(world->ssh));
    assert_int_equal(strncmp(ssh_host_key(world->ssh), world->sshd.host_key,
                             strlen(ssh_host_key(world->ssh))),
                     0);
}

static void test_known_only_by_another_type(void **state)
{
    struct world *world = *state;
    char text[512], path[160];
    snprintf(path, sizeof path, "%s.pub", make_key(world, "ecdsa", "", false));
    sshd_read(path, text, sizeof text);
    known_hosts(world,
                arena_format(&world->arena, "[127.0.0.1]:%d %s", world->sshd.port, text));
    world->target.accept_new = true;
    assert_fails(world, FAULT_BLOCKED, "ecdsa-sha2-nistp256 SHA256:");
}

static void test_a_wrong_key_is_refused(void **state)
{
    struct world *world = *state;
    world->identities[0] = make_key(world, "ed25519", "", false);
    assert_fails(world, FAULT_UNREACHABLE, "was refused");
    assert_says(world->fault.why, world->identities[0]);
}

static void test_an_ecdsa_key(void **state)
{
    struct world *world = *state;
    world->identities[0] = make_key(world, "ecdsa", "", true);
    assert_works(world);
}

static void test_a_key_in_memory(void **state)
{
    struct world *world = *state;
    char text[2048];
    sshd_read(world->sshd.user_key, text, sizeof text);
    text[strlen(text) - 1] = '\0'; // as it is pasted: without the last line end
    world->target.private_key = text;
    world->target.identity_count = 0;
    assert_works(world);
}

// libssh2 can do RSA with SHA-2 since 1.11; with SHA-1 no server takes it.
static void test_an_rsa_key_works_or_says_why_not(void **state)
{
    struct world *world = *state;
    world->identities[0] = make_key(world, "rsa", "", true);
    if (LIBSSH2_VERSION_NUM >= 0x010b00)
        assert_works(world);
    else
        assert_fails(world, FAULT_UNREACHABLE, "cannot do RSA with SHA-2");
}

static void test_an_encrypted_key_says_why_not(void **state)
{
    struct world *world = *state;
    world->identities[0] = make_key(world, "ed25519", "open sesame", true);
    assert_fails(world, FAULT_UNREACHABLE, "ssh-add");
}

struct passphrases {
    const char *const *items;
    int asked;
};

static const char *next_passphrase(void *context, const char *key, bool again)
{
    struct passphrases *passphrases = context;
    assert_non_null(strstr(key, "/key"));
    assert_true(again == (passphrases->asked > 0));
    return passphrases->items[passphrases->asked++];
}

static void let_ask(struct world *world, struct passphrases *passphrases)
{
    world->target.passphrase = next_passphrase;
    world->target.passphrase_context = passphrases;
}

static void test_encrypted_keys_are_opened(void **state)
{
    struct world *world = *state;
    struct passphrases right = {.items = (const char *[]){"wrong", "open sesame", NULL}};
    world->identities[0] = make_key(world, "ed25519", "open sesame", true);
    let_ask(world, &right);
    assert_works(world);
    assert_int_equal(right.asked, 2);
    ssh_close(world->ssh);
    struct passphrases other = {.items = (const char *[]){"open sesame", NULL}};
    world->identities[0] = make_key(world, "ecdsa", "open sesame", true);
    world->came = false;
    let_ask(world, &other);
    assert_works(world);
}

static void test_an_encrypted_key_and_no_passphrase(void **state)
{
    struct world *world = *state;
    struct passphrases none = {.items = (const char *[]){NULL}};
    world->identities[0] = make_key(world, "ed25519", "open sesame", true);
    // Another login does not mean another question.
    world->logins[1] = "pipster-nobody";
    world->target.login_count = 2;
    let_ask(world, &none);
    assert_fails(world, FAULT_UNREACHABLE, "PIPSTER_SSH_PASSPHRASE");
    assert_int_equal(none.asked, 1);
}

static void test_a_passphrase_that_is_wrong_three_times(void **state)
{
    struct world *world = *state;
    struct passphrases wrong = {.items = (const char *[]){"a", "b", "c", "d"}};
    world->identities[0] = make_key(world, "ed25519", "open sesame", true);
    let_ask(world, &wrong);
    assert_fails(world, FAULT_UNREACHABLE, "not opened by the passphrase");
    assert_int_equal(wrong.asked, 3);
    assert_says(world->fault.what, "no key");
}

static void test_a_key_that_needs_no_passphrase_comes_first(void **state)
{
    struct world *world = *state;
    struct passphrases none = {.items = (const char *[]){NULL}};
    world->identities[0] = world->sshd.user_key;
    world->identities[1] = make_key(world, "ed25519", "open sesame", true);
    world->target.identity_count = 2;
    let_ask(world, &none);
    assert_works(world);
    assert_int_equal(none.asked, 0);
}

static void test_no_key_at_all(void **state)
{
    struct world *world = *state;
    world->identities[0] = "/nonexistent/key";
    assert_fails(world, FAULT_UNREACHABLE, "No such file");
    assert_says(world->fault.what, "no key");
}

static void test_the_next_login_is_tried(void **state)
{
    struct world *world = *state;
    world->logins[0] = "pipster-nobody";
    world->logins[1] = world->sshd.login;
    world->target.login_count = 2;
    assert_works(world);
    assert_string_equal(ssh_login(world->ssh), world->sshd.login);
}

// More than one connection of sshd lets through.
static void test_many_wrong_keys_before_the_right_one(void **state)
{
    struct world *world = *state;
    for (int i = 0; i < 7; i++)
        world->identities[i] = make_key(world, "ed25519", "", false);
    world->identities[7] = world->sshd.user_key;
    world->target.identity_count = 8;
    assert_works(world);
}

static void test_a_key_of_the_agent(void **state)
{
    struct world *world = *state;
    char *socket = arena_format(&world->arena, "%s/agent", world->sshd.folder);
    // It returns once the agent, in the background, listens.
    FILE *words = popen(arena_format(&world->arena, "ssh-agent -s -a %s", socket), "r");
    assert_non_null(words);
    int agent = 0;
    assert_int_equal(
        fscanf(words, "%*[^;]; export SSH_AUTH_SOCK; SSH_AGENT_PID=%d", &agent), 1);
    assert_int_equal(pclose(words), 0);
    setenv("SSH_AUTH_SOCK", socket, 1);
    sshd_run((char *[]){"sh", "-c", "ssh-add -q $0 2>/dev/null",
                        (char *) make_key(world, "ecdsa", "", false), NULL});
    sshd_run(
        (char *[]){"sh", "-c", "ssh-add -q $0 2>/dev/null", world->sshd.user_key, NULL});
    world->target.identity_count = 0;
    world->target.use_agent = true;
    bool works = connect_now(world);
    kill(agent, SIGTERM);
    unsetenv("SSH_AUTH_SOCK");
    if (!works)
        fail_msg("%s: %s", world->fault.what, world->fault.why);
}

static void test_an_agent_that_is_gone(void **state)
{
    struct world *world = *state;
    setenv("SSH_AUTH_SOCK", "/nonexistent/agent", 1);
    world->target.use_agent = true;
    assert_works(world);
    unsetenv("SSH_AUTH_SOCK");
}

static void test_a_closed_port_is_unreachable(void **state)
{
    struct world *world = *state;
    struct port nobody;
    port_hold(&nobody);
    world->target.port = nobody.number;
    world->target.patience_ms = 0;
    assert_fails(world, FAULT_UNREACHABLE, "refused");
    port_let_go(&nobody);
}

static void test_patience_repeats_and_ends(void **state)
{
    struct world *world = *state;
    struct port nobody;
    unsigned tries = 0, seconds = 0;
    port_hold(&nobody);
    world->target.port = nobody.number;
    world->target.patience_ms = 60000;
    ssh_connect(world->loop, &world->target, connected, world);
    for (; !world->came; skip_clock(1))
        assert_true(loop_turn(world->loop));
    port_let_go(&nobody);
    assert_null(world->ssh);
    assert_int_equal(world->fault.kind, FAULT_UNREACHABLE);
    assert_int_equal(sscanf(world->fault.why, "Connection refused (tried %u times in %u",
                            &tries, &seconds),
                     2);
    assert_true(tries > 5);
    // Tried as long as another wait would end within it; its last turns took seconds too.
    assert_in_range(seconds, 40, 80);
}

// A listener that accepts and says nothing.
static void test_silence_is_unreachable(void **state)
{
    struct world *world = *state;
    struct port mute;
    char greeting[8] = "";
    port_hold(&mute);
    assert_int_equal(listen(mute.sockets[0], 1), 0);
    assert_int_equal(fcntl(mute.sockets[0], F_SETFL, O_NONBLOCK), 0);
    world->target.port = mute.number;
    world->target.connect_timeout_ms = 60000;
    world->target.patience_ms = 0;
    ssh_connect(world->loop, &world->target, connected, world);
    int fd = -1;
    while (fd < 0 || recv(fd, greeting, 4, MSG_PEEK | MSG_DONTWAIT) < 4) {
        assert_true(skip_turn(world->loop));
        if (fd < 0)
            fd = accept4(mute.sockets[0], NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    }
    assert_string_equal(greeting, "SSH-");
    skip_clock(60);
    while (!world->came)
        assert_true(loop_turn(world->loop));
    assert_null(world->ssh);
    close(fd);
    port_let_go(&mute);
    assert_int_equal(world->fault.kind, FAULT_UNREACHABLE);
    assert_says(world->fault.what, "exchanging keys");
}

static void test_a_server_that_is_full(void **state)
{
    struct world *world = *state;
    sshd_end(&world->sshd);
    sshd_spawn(&world->sshd, "host", "MaxStartups 1:100:1\n");
    // The first of two holds the only place until it is logged in; the other has
    // patience.
    struct world other = *world;
    ssh_connect(world->loop, &world->target, connected, world);
    ssh_connect(world->loop, &other.target, connected, &other);
    while (!world->came || !other.came)
        assert_true(loop_turn(world->loop));
    bool both = world->ssh && other.ssh;
    ssh_close(other.ssh);
    sshd_end(&world->sshd);
    sshd_spawn(&world->sshd, "host", NULL);
    assert_true(both);
}

// Its end lies in the socket, and no loop has turned.
static void test_an_end_that_nobody_read_yet(void **state)
{
    struct world *world = *state;
    char command[64];
    assert_works(world);
    assert_true(ssh_is_alive(world->ssh));
    snprintf(command, sizeof command, "pkill -KILL -P %d", (int) world->sshd.pid);
    assert_int_equal(system(command), 0);
    for (int i = 0; i < 1000 && ssh_is_alive(world->ssh); i++)
        poll(NULL, 0, 10);
    assert_false(ssh_is_alive(world->ssh));
}

// Each server lacks what we have of one kind.
static void test_servers_with_no_algorithm_of_ours(void **state)
{
    static const char *const lacking[] = {
        "KexAlgorithms sntrup761x25519-sha512@openssh.com\n",
        "Ciphers chacha20-poly1305@openssh.com\n",
        "MACs umac-128@openssh.com\n",
    };
    struct world *world = *state;
    for (size_t i = 0; i < sizeof lacking / sizeof lacking[0]; i++) {
        sshd_end(&world->sshd);
        sshd_spawn(&world->sshd, "host", lacking[i]);
        world->came = false;
        bool works = connect_now(world);
        sshd_end(&world->sshd);
        sshd_spawn(&world->sshd, "host", NULL);
        assert_false(works);
        assert_int_equal(world->fault.kind, FAULT_UNREACHABLE);
        assert_says(world->fault.why, "no algorithm in common");
        assert_says(world->fault.why, "aes-ctr");
    }
}

static void test_only_an_rsa_host_key(void **state)
{
    struct world *world = *state;
    char path[128];
    sshd_keygen("rsa", "", sshd_path(&world->sshd, "rsa", path));
    sshd_end(&world->sshd);
    sshd_spawn(&world->sshd, "rsa", NULL);
    bool works = connect_now(world);
    sshd_end(&world->sshd);
    sshd_spawn(&world->sshd, "host", NULL);
    assert_false(works);
    // A library that can do it sees a key which is not the pinned one.
    if (LIBSSH2_VERSION_NUM >= 0x010b00) {
        assert_int_equal(world->fault.kind, FAULT_BLOCKED);
        assert_says(world->fault.why, "the pinned key), got ssh-rsa");
        return;
    }
    assert_int_equal(world->fault.kind, FAULT_UNREACHABLE);
    assert_says(world->fault.why, "no algorithm in common");
}

#define WITH_TARGET(test)                                                                \
    cmocka_unit_test_setup_teardown(test, set_up_target, clear_target)

int main(void)
{
    if (!sshd_is_installed())
        return 0;
    const struct CMUnitTest tests[] = {
        WITH_TARGET(test_a_pinned_host),
        WITH_TARGET(test_a_name_is_resolved),
        WITH_TARGET(test_a_name_that_is_none),
        WITH_TARGET(test_a_changed_key_is_blocked_with_both_fingerprints),
        WITH_TARGET(test_known_hosts_decides_without_a_pin),
        WITH_TARGET(test_a_revoked_key_is_blocked),
        WITH_TARGET(test_an_unknown_host_is_blocked),
        WITH_TARGET(test_an_unknown_host_is_taken_when_told),
        WITH_TARGET(test_only_the_key_is_asked_for),
        WITH_TARGET(test_known_only_by_another_type),
        WITH_TARGET(test_a_wrong_key_is_refused),
        WITH_TARGET(test_an_ecdsa_key),
        WITH_TARGET(test_a_key_in_memory),
        WITH_TARGET(test_an_rsa_key_works_or_says_why_not),
        WITH_TARGET(test_an_encrypted_key_says_why_not),
        WITH_TARGET(test_encrypted_keys_are_opened),
        WITH_TARGET(test_an_encrypted_key_and_no_passphrase),
        WITH_TARGET(test_a_passphrase_that_is_wrong_three_times),
        WITH_TARGET(test_a_key_that_needs_no_passphrase_comes_first),
        WITH_TARGET(test_no_key_at_all),
        WITH_TARGET(test_the_next_login_is_tried),
        WITH_TARGET(test_many_wrong_keys_before_the_right_one),
        WITH_TARGET(test_a_key_of_the_agent),
        WITH_TARGET(test_an_agent_that_is_gone),
        WITH_TARGET(test_a_closed_port_is_unreachable),
        WITH_TARGET(test_patience_repeats_and_ends),
        WITH_TARGET(test_silence_is_unreachable),
        WITH_TARGET(test_a_server_that_is_full),
        WITH_TARGET(test_an_end_that_nobody_read_yet),
        WITH_TARGET(test_servers_with_no_algorithm_of_ours),
        WITH_TARGET(test_only_an_rsa_host_key),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
