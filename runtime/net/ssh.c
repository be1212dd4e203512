// SPDX-License-Identifier: MIT
//
// The life of a session: gather keys and known hosts on a thread; then attempts, each of
// dial, key exchange, the host key's judgement, logins; then users share it by
// ssh_queue.c.
#include "net/ssh.h"

#include "base/clock.h"
#include "base/log.h"
#include "net/ssh_private.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_TIMEOUT_MS 10000
#define BACKOFF_FIRST_MS   250
#define BACKOFF_LIMIT_MS   2000

static const char *const methods[][2] = {
    [LIBSSH2_METHOD_KEX] = {"key exchange",
                            "curve25519-sha256,curve25519-sha256@libssh.org,"
                            "ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
                            "diffie-hellman-group-exchange-sha256,"
                            "diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,"
                            "diffie-hellman-group14-sha256"},
    [LIBSSH2_METHOD_CRYPT_CS] = {"cipher", "aes128-ctr,aes256-ctr,aes192-ctr"},
    [LIBSSH2_METHOD_CRYPT_SC] = {"cipher", "aes128-ctr,aes256-ctr,aes192-ctr"},
    [LIBSSH2_METHOD_MAC_CS] = {"MAC", "hmac-sha2-256,hmac-sha2-512"},
    [LIBSSH2_METHOD_MAC_SC] = {"MAC", "hmac-sha2-256,hmac-sha2-512"},
};

static void auth_step(void *context);

enum counted { COUNTED_CONNECTS, COUNTED_SCRIPTS, COUNTED_KINDS };

static int64_t *counter(enum counted kind)
{
    static int64_t counts[COUNTED_KINDS];
    return &counts[kind];
}

int64_t ssh_connect_count(void)
{
    return *counter(COUNTED_CONNECTS);
}

int64_t ssh_script_count(void)
{
    return *counter(COUNTED_SCRIPTS);
}

void ssh_count_script(void)
{
    ++*counter(COUNTED_SCRIPTS);
}

const char *ssh_place(struct ssh *ssh)
{
    const struct ssh_target *target = &ssh->target;
    bool is_ipv6 = strchr(target->address, ':') != NULL;
    return arena_format(&ssh->arena, "%s at %s%s%s:%d%s%s", target->name,
                        is_ipv6 ? "[" : "", target->address, is_ipv6 ? "]" : "",
                        target->port, target->via ? " through " : "",
                        target->via ? target->via->target.name : "");
}

static void cancel_timer(struct ssh *ssh)
{
    if (ssh->timer)
        loop_timer_cancel(ssh->timer);
    ssh->timer = NULL;
}

void ssh_stage_start(struct ssh *ssh, const char *stage, loop_fn expired)
{
    cancel_timer(ssh);
    ssh->stage = stage;
    ssh->timer = loop_timer_start(ssh->loop, (uint64_t) ssh->target.connect_timeout_ms,
                                  expired, ssh);
}

static void session_free(void *context);

// A session that carries others outlives its end until they no longer need it.
static void free_when_unused(struct ssh *ssh)
{
    if (ssh->closed && ssh->carries == 0)
        loop_defer(ssh->loop, session_free, ssh);
}

static void session_free(void *context)
{
    struct ssh *ssh = context;
    struct ssh *via = ssh->target.via;
    if (via) {
        via->carries--;
        free_when_unused(via);
    }
    if (ssh->pump_again)
        loop_defer_cancel(ssh->loop, ssh_queue_pump, ssh);
    ssh_exec_free_shell(ssh);
    ssh_dial_clear(ssh);
    ssh_auth_clear(ssh);
    arena_clear(&ssh->sudo_arena);
    arena_clear(&ssh->arena);
    free(ssh);
}

static void drop_link(struct ssh *ssh)
{
    cancel_timer(ssh);
    ssh_gate_leave(ssh);
    ssh_auth_abandon(ssh);
    ssh_link_drop(ssh->link);
    ssh->link = NULL;
}

static void finish_failed(struct ssh *ssh, const struct fault *fault)
{
    struct fault whole = *fault;
    drop_link(ssh);
    if (ssh->target.note && fault->kind == FAULT_UNREACHABLE)
        fault_why(&whole, "%s (%s)", fault->why, ssh->target.note);
    ssh->done(ssh->context, NULL, &whole);
    session_free(ssh);
}

static void attempt_again(void *context)
{
    struct ssh *ssh = context;
    ssh->timer = NULL;
    ssh_attempt_begin(ssh);
}

// Doubled each time, with up to a quarter more, so that many sessions spread out.
static int64_t backoff_ms(const struct ssh *ssh)
{
    int64_t wait = BACKOFF_FIRST_MS;
    for (unsigned i = 1; i < ssh->attempts && wait < BACKOFF_LIMIT_MS; i++)
        wait *= 2;
    uint64_t spread = ((uintptr_t) ssh >> 6) + (uint64_t) ssh->attempts * 7919;
    return wait + wait * (int64_t) (spread % 64) / 256;
}

void ssh_attempt_failed(struct ssh *ssh, const struct fault *fault, bool again)
{
    drop_link(ssh);
    int64_t spent = clock_monotonic_ms() - ssh->started_ms;
    int64_t wait = backoff_ms(ssh);
    log_debug("ssh %s: %s: %s", ssh->target.name, fault->what, fault->why);
    if (again && spent + wait < ssh->target.patience_ms) {
        ssh->timer = loop_timer_start(ssh->loop, (uint64_t) wait, attempt_again, ssh);
        return;
    }
    struct fault last = *fault;
    if (again && ssh->attempts > 1)
        fault_why(&last, "%s (tried %u times in %lld s)", fault->why, ssh->attempts,
                  (long long) spent / 1000);
    finish_failed(ssh, &last);
}

static void fail_stage(struct ssh *ssh, bool again, const char *why)
{
    struct fault fault;
    fault_set(&fault, FAULT_UNREACHABLE, "%s cannot be reached, while %s", ssh_place(ssh),
              ssh->stage);
    fault_why(&fault, "%s", why);
    fault_next(&fault,
               "see that sshd runs there and is not still starting, then try again");
    ssh_attempt_failed(ssh, &fault, again);
}

static void stage_expired(void *context)
{
    struct ssh *ssh = context;
    ssh->timer = NULL;
    fail_stage(ssh, true,
               arena_format(&ssh->arena, "no answer within %lld ms",
                            (long long) ssh->target.connect_timeout_ms));
}

static void connect_done(struct ssh *ssh)
{
    cancel_timer(ssh);
    ssh_gate_leave(ssh);
    ssh_auth_clear(ssh);
    ssh_dial_clear(ssh);
    ++*counter(COUNTED_CONNECTS);
    log_debug("ssh %s: %s %s", ssh->target.name,
              ssh->login ? "logged in as" : "it has the key",
              ssh->login ? ssh->login : ssh->host_key);
    ssh->link->ready = ssh_queue_pump;
    ssh_link_count(ssh->link, false);
    ssh_link_rest(ssh->link);
    ssh->done(ssh->context, ssh, NULL);
}

static void auth_resume(void *context)
{
    struct ssh *ssh = context;
    ssh_stage_start(ssh, "logging in", stage_expired);
    auth_step(ssh);
}

static void auth_step(void *context)
{
    struct ssh *ssh = context;
    struct fault fault;
    ssh_link_quickack(ssh->link);
    switch (ssh_auth_step(ssh, auth_resume)) {
    case SSH_AUTH_WAIT:
        ssh_link_watch(ssh->link, false);
        break;
    case SSH_AUTH_SIGNING:
        cancel_timer(ssh);
        ssh_link_rest(ssh->link);
        break;
    case SSH_AUTH_DONE:
        connect_done(ssh);
        break;
    case SSH_AUTH_RECONNECT:
        drop_link(ssh);
        ssh_dial_start(ssh);
        break;
    case SSH_AUTH_REFUSED:
        ssh_auth_fault(ssh, &fault);
        ssh_attempt_failed(ssh, &fault, false);
        break;
    case SSH_AUTH_LOST:
        fail_stage(ssh, true, ssh_link_error(ssh->link));
        break;
    }
}

static void handshake_failed(struct ssh *ssh, int code)
{
    const char *said = ssh_link_error(ssh->link);
    if (code == LIBSSH2_ERROR_KEX_FAILURE || code == LIBSSH2_ERROR_METHOD_NONE) {
        struct fault fault;
        fault_set(&fault, FAULT_UNREACHABLE, "%s cannot be reached, while %s",
                  ssh_place(ssh), ssh->stage);
        fault_why(&fault,
                  "no algorithm in common (libssh2 %s: %s); the host needs an ed25519 or "
                  "ecdsa host key, curve25519 or ecdh, aes-ctr, hmac-sha2",
                  LIBSSH2_VERSION, said);
        fault_next(&fault, "allow one of each in the host's sshd_config (ssh-keygen -A "
                           "there makes host keys of all kinds)");
        ssh_attempt_failed(ssh, &fault, false);
        return;
    }
    if (code == LIBSSH2_ERROR_SOCKET_DISCONNECT || code == LIBSSH2_ERROR_BANNER_RECV)
        said = "it ended the connection before it named itself (sshd is starting, or has "
               "too many connections)";
    bool again = ssh_queue_is_fatal(code) || code == LIBSSH2_ERROR_BANNER_RECV ||
                 code == LIBSSH2_ERROR_BANNER_SEND ||
                 code == LIBSSH2_ERROR_KEY_EXCHANGE_FAILURE;
    fail_stage(ssh, again, said);
}

static void handshake_step(void *context)
{
    struct ssh *ssh = context;
    struct fault fault;
    ssh_link_quickack(ssh->link);
    int code = libssh2_session_handshake(ssh->link->session, ssh->link->socket);
    if (code == LIBSSH2_ERROR_EAGAIN) {
        ssh_link_watch(ssh->link, false);
    } else if (code != 0) {
        handshake_failed(ssh, code);
    } else if (!ssh_trust_judge(ssh, &fault)) {
        ssh_attempt_failed(ssh, &fault, false);
    } else if (ssh->target.only_key) {
        connect_done(ssh);
    } else {
        ssh->link->ready = auth_step;
        auth_resume(ssh);
    }
}

static bool prefer_methods(struct ssh *ssh)
{
    LIBSSH2_SESSION *session = ssh->link->session;
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (methods[i][1] &&
            libssh2_session_method_pref(session, (int) i, methods[i][1]) != 0)
            return false;
    }
    const char *host_keys =
        known_hosts_preference(&ssh->arena, ssh->known.keys, ssh->known.count);
    return libssh2_session_method_pref(session, LIBSSH2_METHOD_HOSTKEY, host_keys) == 0;
}

void ssh_attempt_connected(struct ssh *ssh)
{
    cancel_timer(ssh);
    ssh_link_rest(ssh->link);
    ssh_gate_enter(ssh);
}

void ssh_attempt_admitted(void *context)
{
    struct ssh *ssh = context;
    ssh_stage_start(ssh, "exchanging keys", stage_expired);
    ssh->auth.tries = 0;
    ssh_link_begin_session(ssh->link);
    ssh->link->ready = handshake_step;
    if (prefer_methods(ssh))
        handshake_step(ssh);
    else
        fail_stage(ssh, false, ssh_link_error(ssh->link));
}

void ssh_attempt_begin(struct ssh *ssh)
{
    ssh->attempts++;
    ssh_dial_start(ssh);
}

static void prepare_work(void *context)
{
    struct ssh *ssh = context;
    ssh_auth_gather(ssh);
    ssh_trust_read(ssh);
}

static void prepared(void *context)
{
    struct ssh *ssh = context;
    struct fault fault;
    if (fault_is_set(&ssh->prepare_fault)) {
        finish_failed(ssh, &ssh->prepare_fault);
        return;
    }
    bool usable = false;
    for (size_t i = 0; i < ssh->auth.key_count; i++)
        usable |= ssh->auth.keys[i].unusable == NULL;
    if (ssh->target.only_key || (usable && ssh->target.login_count > 0)) {
        ssh_attempt_begin(ssh);
        return;
    }
    ssh_auth_fault(ssh, &fault);
    finish_failed(ssh, &fault);
}

static const char *const *copy_list(struct arena *arena, const char *const *items,
                                    size_t count)
{
    const char **copy = arena_alloc(arena, (count + 1) * sizeof *copy);
    for (size_t i = 0; i < count; i++)
        copy[i] = arena_text(arena, items[i]);
    return copy;
}

static void copy_target(struct ssh *ssh, const struct ssh_target *from)
{
    struct arena *arena = &ssh->arena;
    struct ssh_target *target = &ssh->target;
    *target = *from;
    target->address = arena_text(arena, from->address);
    target->name = from->name ? arena_text(arena, from->name) : target->address;
    target->port = from->port ? from->port : 22;
    target->logins = copy_list(arena, from->logins, from->login_count);
    target->identities = copy_list(arena, from->identities, from->identity_count);
    target->private_key = arena_text(&ssh->key_arena, from->private_key);
    target->known_hosts_path = arena_text(arena, from->known_hosts_path);
    target->note = arena_text(arena, from->note);
    target->sudo_password = NULL;
    ssh->sudo_password = arena_text(&ssh->sudo_arena, from->sudo_password);
    if (target->connect_timeout_ms <= 0)
        target->connect_timeout_ms = CONNECT_TIMEOUT_MS;
    struct known_hosts_key *pins =
        arena_alloc(arena, (from->pin_count + 1) * sizeof *pins);
    for (size_t i = 0; i < from->pin_count; i++) {
        pins[i].type = arena_text(arena, from->pins[i].type);
        pins[i].base64 = arena_text(arena, from->pins[i].base64);
    }
    target->pins = pins;
    ssh->known = (struct known_hosts){.keys = pins, .count = from->pin_count};
}

void ssh_connect(struct loop *loop, const struct ssh_target *target, ssh_done_fn done,
                 void *context)
{
    struct ssh *ssh = calloc(1, sizeof *ssh);
    if (!ssh)
        abort();
    ssh->loop = loop;
    ssh->done = done;
    ssh->context = context;
    ssh->started_ms = clock_monotonic_ms();
    arena_init(&ssh->arena, 0);
    arena_init(&ssh->key_arena, 0);
    arena_init(&ssh->sudo_arena, 0);
    text_init(&ssh->auth.refusals, 64 << 10);
    copy_target(ssh, target);
    if (target->via)
        target->via->carries++;
    if (target->use_agent)
        ssh->auth.agent_path = arena_text(&ssh->arena, getenv("SSH_AUTH_SOCK"));
    loop_work(loop, prepare_work, prepared, ssh);
}

void ssh_close(struct ssh *ssh)
{
    struct fault fault;
    if (!ssh)
        return;
    fault_set(&fault, FAULT_UNREACHABLE, "the connection to %s was closed",
              ssh_place(ssh));
    ssh_queue_lose(ssh, &fault);
    ssh->closed = true;
    // A callback of this very session may be running.
    free_when_unused(ssh);
}

const char *ssh_login(const struct ssh *ssh)
{
    return ssh->login;
}

const char *ssh_host_key(const struct ssh *ssh)
{
    return ssh->host_key;
}

bool ssh_is_alive(const struct ssh *ssh)
{
    if (!ssh->link)
        return false;
    struct pollfd end = {.fd = ssh->link->socket, .events = POLLRDHUP};
    return poll(&end, 1, 0) <= 0;
}
