// SPDX-License-Identifier: MIT
//
// A man in the middle: what stands between us and the host has a key of its own. Nothing
// that matters is sent to him: no login, no key of ours, no script.
#include "net/sshd.h"

#include "base/text.h"
#include "net/ssh_exec.h"

struct world {
    struct sshd right, wrong; // the host, and he who stands between
    struct loop *loop;
    struct arena arena;
    struct known_hosts_key pin;
    bool is_pinned, accepts_new;
    struct ssh *ssh;
    struct fault fault;
    pid_t relay;
    int relay_port;
    bool came;
};

static void pass_on(int from, int to)
{
    char buffer[16384];
    ssize_t got = read(from, buffer, sizeof buffer);
    if (got <= 0 || write(to, buffer, (size_t) got) != got)
        _exit(0);
}

// Carries one connection to `port`, as a router that was taken over would.
static void relay_one(int client, int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int server = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(server, (struct sockaddr *) &address, sizeof address) != 0)
        _exit(1);
    struct pollfd ends[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    while (poll(ends, 2, -1) > 0) {
        if (ends[0].revents)
            pass_on(client, server);
        if (ends[1].revents)
            pass_on(server, client);
    }
    _exit(0);
}

static void start_relay(struct world *world, int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *) &address, size), 0);
    assert_int_equal(listen(listener, 5), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *) &address, &size), 0);
    world->relay_port = ntohs(address.sin_port);
    world->relay = fork();
    assert_true(world->relay >= 0);
    signal(SIGCHLD, SIG_DFL);
    for (int client; world->relay == 0;) {
        client = accept(listener, NULL, NULL);
        if (client >= 0 && fork() == 0)
            relay_one(client, port);
        close(client);
    }
    close(listener);
}

static void end_relay(struct world *world)
{
    if (world->relay <= 0)
        return;
    kill(world->relay, SIGKILL);
    waitpid(world->relay, NULL, 0);
    world->relay = 0;
}

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    char path[128], public[512];
    struct fault fault = {0};
    sshd_prepare(&world->right);
    sshd_prepare(&world->wrong);
    // He lets in whoever comes.
    sshd_read(sshd_path(&world->right, "user.pub", path), public, sizeof public);
    sshd_write(sshd_path(&world->wrong, "authorized", path), public);
    sshd_spawn(&world->right, "host", "LogLevel DEBUG3\n");
    sshd_spawn(&world->wrong, "host", "LogLevel DEBUG3\n");
    arena_init(&world->arena, 0);
    world->loop = loop_new();
    assert_true(
        known_hosts_parse_key(&world->arena, world->right.host_key, &world->pin, &fault));
    world->is_pinned = true;
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    ssh_close(world->ssh);
    while (loop_turn(world->loop))
        ;
    loop_free(world->loop);
    arena_clear(&world->arena);
    end_relay(world);
    sshd_remove(&world->right);
    sshd_remove(&world->wrong);
    free(world);
    return 0;
}

static void connected(void *context, struct ssh *ssh, const struct fault *fault)
{
    struct world *world = context;
    world->came = true;
    world->ssh = ssh;
    if (fault)
        world->fault = *fault;
}

static bool connect_by_relay(struct world *world, const char *known_hosts_path)
{
    const char *logins[] = {world->right.login, "a-login-to-be-kept"};
    struct ssh_target target = {
        .name = "host/test",
        .address = "127.0.0.1",
        .port = world->relay_port,
        .logins = logins,
        .login_count = 2,
        .identities = (const char *[]){world->right.user_key},
        .identity_count = 1,
        .pins = &world->pin,
        .pin_count = world->is_pinned,
        .known_hosts_path = known_hosts_path,
        .accept_new = world->accepts_new,
        .patience_ms = SSHD_PATIENCE_MS,
        .connect_timeout_ms = SSHD_PATIENCE_MS,
    };
    ssh_connect(world->loop, &target, connected, world);
    while (!world->came)
        assert_true(loop_turn(world->loop));
    return world->ssh != NULL;
}

static const char *log_of(const struct sshd *sshd)
{
    static char text[1 << 20];
    char path[128];
    sshd_read(sshd_path(sshd, "log", path), text, sizeof text);
    return text;
}

static void assert_nothing_was_sent(struct world *world)
{
    const char *log = log_of(&world->wrong);
    assert_non_null(strstr(log, "Connection from"));
    assert_null(strstr(log, "userauth-request"));
    assert_null(strstr(log, "Accepted"));
    assert_null(strstr(log, "a-login-to-be-kept"));
}

// The relay is none that keeps a connection from working.
static void test_a_relay_to_the_right_host_is_no_harm(void **state)
{
    struct world *world = *state;
    start_relay(world, world->right.port);
    assert_true(connect_by_relay(world, NULL));
    assert_non_null(strstr(log_of(&world->right), "userauth-request"));
}

static void test_nothing_is_sent_to_another_key(void **state)
{
    struct world *world = *state;
    struct known_hosts_key his;
    struct fault fault = {0};
    start_relay(world, world->wrong.port);
    assert_false(connect_by_relay(world, NULL));
    assert_int_equal(world->fault.kind, FAULT_BLOCKED);
    assert_true(
        known_hosts_parse_key(&world->arena, world->wrong.host_key, &his, &fault));
    assert_non_null(
        strstr(world->fault.why, known_hosts_fingerprint(&world->arena, his.base64)));
    assert_non_null(strstr(world->fault.why,
                           known_hosts_fingerprint(&world->arena, world->pin.base64)));
    assert_non_null(strstr(world->fault.next, "pipster state rm host/test"));
    assert_nothing_was_sent(world);
}

static const char *known_hosts(struct world *world, const char *marker, const char *key)
{
    char path[128];
    const char *line = arena_format(&world->arena, "%s[127.0.0.1]:%d %s\n", marker,
                                    world->relay_port, key);
    sshd_write(sshd_path(&world->right, "known_hosts", path), line);
    return arena_text(&world->arena, path);
}

// --accept-new takes the key of a host of which none is known, and no other.
static void test_nor_where_known_hosts_knows_another(void **state)
{
    struct world *world = *state;
    start_relay(world, world->wrong.port);
    world->is_pinned = false;
    world->accepts_new = true;
    assert_false(connect_by_relay(world, known_hosts(world, "", world->right.host_key)));
    assert_int_equal(world->fault.kind, FAULT_BLOCKED);
    assert_non_null(strstr(world->fault.next, "ssh-keygen -f"));
    assert_nothing_was_sent(world);
}

static void test_a_pinned_key_may_be_revoked(void **state)
{
    struct world *world = *state;
    start_relay(world, world->right.port);
    world->accepts_new = true;
    assert_false(
        connect_by_relay(world, known_hosts(world, "@revoked ", world->right.host_key)));
    assert_int_equal(world->fault.kind, FAULT_BLOCKED);
    assert_non_null(strstr(world->fault.what, "revoked key"));
    assert_null(strstr(log_of(&world->right), "userauth-request"));
}

static void test_an_authority_is_said_not_to_count(void **state)
{
    struct world *world = *state;
    start_relay(world, world->right.port);
    world->is_pinned = false;
    assert_false(connect_by_relay(
        world, known_hosts(world, "@cert-authority ", world->wrong.host_key)));
    assert_int_equal(world->fault.kind, FAULT_BLOCKED);
    assert_non_null(strstr(world->fault.why, "host certificates are not supported"));
    assert_null(strstr(log_of(&world->right), "userauth-request"));
}

// A key that this build never asks for is no sign of a man in the middle, nor of the
// host.
static void test_a_key_that_cannot_be_asked_for(void **state)
{
    struct world *world = *state;
    start_relay(world, world->right.port);
    world->is_pinned = false;
    world->accepts_new = true;
    // A blob needs no more than its type to be a line of known_hosts.
    assert_false(connect_by_relay(
        world, known_hosts(world, "", "ssh-dss AAAAB3NzaC1kc3MAAAABAAAAAQ==")));
    assert_int_equal(world->fault.kind, FAULT_BLOCKED);
    assert_non_null(strstr(world->fault.what, "cannot be checked"));
    assert_non_null(strstr(world->fault.why, "ssh-dss"));
    assert_non_null(strstr(world->fault.next, "ssh_host_ed25519_key.pub"));
    assert_null(strstr(world->fault.next, "stand between"));
    assert_null(strstr(log_of(&world->right), "userauth-request"));
}

int main(void)
{
    if (!sshd_is_installed())
        return 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_relay_to_the_right_host_is_no_harm, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_is_sent_to_another_key, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_nor_where_known_hosts_knows_another, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_pinned_key_may_be_revoked, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_an_authority_is_said_not_to_count, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_key_that_cannot_be_asked_for, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
