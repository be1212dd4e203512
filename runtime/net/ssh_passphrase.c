// SPDX-License-Identifier: MIT
#include "net/ssh_passphrase.h"

#include <stdlib.h>
#include <string.h>

#define ATTEMPTS 3

// What the thread works with is its own, but for the connection, which is held for it.
struct ssh_opening {
    struct ssh *ssh; // NULL: abandoned
    struct ssh_link *link;
    loop_fn resume;
    struct arena arena;
    const char *login, *pem, *passphrase;
    size_t pem_length;
    long timeout_ms;
    int code;
    bool done;
};

static void opening_free(struct ssh_opening *opening)
{
    arena_clear(&opening->arena);
    free(opening);
}

static void open_work(void *context)
{
    struct ssh_opening *opening = context;
    LIBSSH2_SESSION *session = opening->link->session;
    libssh2_session_set_blocking(session, 1);
    libssh2_session_set_timeout(session, opening->timeout_ms);
    opening->code = libssh2_userauth_publickey_frommemory(
        session, opening->login, strlen(opening->login), NULL, 0, opening->pem,
        opening->pem_length, opening->passphrase);
    libssh2_session_set_blocking(session, 0);
}

static void open_done(void *context)
{
    struct ssh_opening *opening = context;
    opening->done = true;
    ssh_link_release(opening->link);
    if (opening->ssh)
        opening->resume(opening->ssh);
    else
        opening_free(opening);
}

static void start(struct ssh *ssh, const struct ssh_key *key, loop_fn resume)
{
    struct ssh_opening *opening = calloc(1, sizeof *opening);
    if (!opening)
        abort();
    arena_init(&opening->arena, 0);
    opening->ssh = ssh;
    opening->link = ssh->link;
    opening->resume = resume;
    opening->login = arena_text(&opening->arena, ssh->target.logins[ssh->auth.login]);
    opening->pem = arena_copy(&opening->arena, key->pem, key->pem_length);
    opening->pem_length = key->pem_length;
    opening->passphrase = arena_text(&opening->arena, key->passphrase);
    opening->timeout_ms = (long) ssh->target.connect_timeout_ms;
    ssh->auth.opening = opening;
    ssh_link_hold(ssh->link);
    loop_work(ssh->loop, open_work, open_done, opening);
}

bool ssh_passphrase_is_working(const struct ssh *ssh)
{
    return ssh->auth.opening && !ssh->auth.opening->done;
}

void ssh_passphrase_abandon(struct ssh *ssh)
{
    struct ssh_opening *opening = ssh->auth.opening;
    ssh->auth.opening = NULL;
    if (opening && opening->done)
        opening_free(opening);
    else if (opening)
        opening->ssh = NULL;
}

// What libssh2 says of a key that the passphrase does not open.
static bool is_wrong(int code)
{
    return code == LIBSSH2_ERROR_FILE || code == LIBSSH2_ERROR_KEYFILE_AUTH_FAILED ||
           code == LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED;
}

static bool ask(struct ssh *ssh, struct ssh_key *key)
{
    const struct ssh_target *target = &ssh->target;
    const char *passphrase = NULL;
    if (key->attempts < ATTEMPTS)
        passphrase = target->passphrase(target->passphrase_context, key->origin,
                                        key->attempts > 0);
    key->attempts++;
    key->passphrase = arena_text(&ssh->key_arena, passphrase);
    return passphrase != NULL;
}

int ssh_passphrase_try(struct ssh *ssh, struct ssh_key *key, loop_fn resume,
                       const char **why)
{
    struct ssh_opening *opening = ssh->auth.opening;
    if (opening && opening->done) {
        int code = opening->code;
        ssh_passphrase_abandon(ssh);
        if (!is_wrong(code))
            return code;
        key->passphrase = NULL;
    }
    if (ssh_passphrase_is_working(ssh))
        return LIBSSH2_ERROR_EAGAIN;
    if (!key->passphrase && !ask(ssh, key)) {
        *why = key->attempts > 1 ? "was not opened by the passphrase given"
                                 : "is encrypted, and no passphrase was given: set "
                                   "PIPSTER_SSH_PASSPHRASE, or add it to the agent";
        return LIBSSH2_ERROR_AUTHENTICATION_FAILED;
    }
    start(ssh, key, resume);
    return LIBSSH2_ERROR_EAGAIN;
}
