// SPDX-License-Identifier: MIT
//
// Logging in: each login with each usable key. sshd drops a connection that changes the
// user, and one that tried too many keys, so both mean a new connection. The agent signs
// on a thread: libssh2 asks its callback again while that answers "not yet".
#include "net/ssh_private.h"

#include "base/text.h"
#include "net/ssh_agent.h"
#include "net/ssh_passphrase.h"

#include <stdlib.h>
#include <string.h>

// sshd's MaxAuthTries is 6, and its last one disconnects.
#define TRIES_PER_CONNECTION 5

// Outlives the connection it signs for, when that is dropped meanwhile.
struct ssh_signing {
    struct ssh *ssh; // NULL: abandoned
    loop_fn resume;
    struct arena arena;
    struct ssh_agent_request request;
    const unsigned char *signature;
    size_t length;
    bool done;
};

static void add_key(struct ssh_auth *auth, struct ssh_key key)
{
    for (size_t i = 0; i < auth->key_count; i++) {
        if (ssh_key_same(&auth->keys[i], &key))
            return;
    }
    auth->keys[auth->key_count++] = key;
}

static size_t list_agent(struct ssh *ssh, struct ssh_agent_key **keys)
{
    const char *why = NULL;
    size_t count = 0;
    if (!ssh->auth.agent_path)
        return 0;
    if (!ssh_agent_list(&ssh->key_arena, ssh->auth.agent_path, keys, &count, &why)) {
        text_format(&ssh->auth.refusals, "ssh-agent cannot be asked: %s; ", why);
        return 0;
    }
    return count;
}

static bool is_among(const struct ssh_key *key, const struct ssh_key *others,
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (ssh_key_same(key, &others[i]))
            return true;
    }
    return false;
}

// The key given, keys of the agent that the identities name, its other keys, identities.
void ssh_auth_gather(struct ssh *ssh)
{
    struct ssh_auth *auth = &ssh->auth;
    struct arena *arena = &ssh->key_arena;
    const struct ssh_target *target = &ssh->target;
    struct ssh_agent_key *agent = NULL;
    size_t agent_count = list_agent(ssh, &agent);
    size_t file_count = target->private_key ? 0 : target->identity_count;
    auth->keys = arena_alloc(arena, (agent_count + file_count + 1) * sizeof *auth->keys);
    struct ssh_key *files = arena_alloc(arena, (file_count + 1) * sizeof *files);
    for (size_t i = 0; i < file_count; i++)
        files[i] = ssh_key_load(arena, target->identities[i]);
    if (target->private_key)
        add_key(auth,
                ssh_key_parse(arena, target->private_key, strlen(target->private_key),
                              "the private key given"));
    for (int named = 1; named >= target->only_identities; named--) {
        for (size_t i = 0; i < agent_count; i++) {
            struct ssh_key key =
                ssh_key_of_agent(arena, agent[i].blob, agent[i].length, agent[i].comment);
            if (is_among(&key, files, file_count) == (named == 1))
                add_key(auth, key);
        }
    }
    for (size_t i = 0; i < file_count; i++)
        add_key(auth, files[i]);
    for (size_t i = 0; target->passphrase && i < auth->key_count; i++) {
        if (auth->keys[i].is_encrypted)
            auth->keys[i].unusable = NULL;
    }
}

static void sign_work(void *context)
{
    struct ssh_signing *signing = context;
    signing->signature =
        ssh_agent_sign(&signing->arena, &signing->request, &signing->length);
}

static void signing_free(struct ssh_signing *signing)
{
    arena_clear(&signing->arena);
    free(signing);
}

static void sign_done(void *context)
{
    struct ssh_signing *signing = context;
    signing->done = true;
    if (signing->ssh)
        signing->resume(signing->ssh);
    else
        signing_free(signing);
}

static void start_signing(struct ssh *ssh, const unsigned char *message, size_t length)
{
    struct ssh_signing *signing = ssh->auth.signing;
    const struct ssh_key *key = &ssh->auth.keys[ssh->auth.key];
    struct ssh_agent_request *request = &signing->request;
    request->socket_path = arena_text(&signing->arena, ssh->auth.agent_path);
    request->blob =
        arena_copy(&signing->arena, (const char *) key->blob, key->blob_length);
    request->blob_length = key->blob_length;
    request->message = arena_copy(&signing->arena, (const char *) message, length);
    request->message_length = length;
    loop_work(ssh->loop, sign_work, sign_done, signing);
}

static int sign(LIBSSH2_SESSION *session, unsigned char **signature, size_t *length,
                const unsigned char *message, size_t message_length, void **abstract)
{
    struct ssh *ssh = *abstract;
    struct ssh_signing *signing = ssh->auth.signing;
    (void) session;
    if (!signing->request.socket_path)
        start_signing(ssh, message, message_length);
    if (!signing->done)
        return LIBSSH2_ERROR_EAGAIN;
    if (!signing->signature)
        return -1;
    // libssh2 frees it, with the allocator we left at the default.
    *signature = malloc(signing->length + 1);
    if (!*signature)
        abort();
    memcpy(*signature, signing->signature, signing->length);
    *length = signing->length;
    return 0;
}

void ssh_auth_abandon(struct ssh *ssh)
{
    struct ssh_signing *signing = ssh->auth.signing;
    ssh->auth.signing = NULL;
    ssh_passphrase_abandon(ssh);
    if (!signing)
        return;
    if (signing->request.socket_path && !signing->done)
        signing->ssh = NULL;
    else
        signing_free(signing);
}

static int try_agent(struct ssh *ssh, const struct ssh_key *key, loop_fn resume)
{
    struct ssh_auth *auth = &ssh->auth;
    if (!auth->signing) {
        auth->signing = calloc(1, sizeof *auth->signing);
        if (!auth->signing)
            abort();
        arena_init(&auth->signing->arena, 0);
        auth->signing->ssh = ssh;
        auth->signing->resume = resume;
    }
    void *context = ssh;
    int code =
        libssh2_userauth_publickey(ssh->link->session, ssh->target.logins[auth->login],
                                   key->blob, key->blob_length, sign, &context);
    if (code != LIBSSH2_ERROR_EAGAIN)
        ssh_auth_abandon(ssh);
    return code;
}

// *why is set where the code says less.
static int try_key(struct ssh *ssh, struct ssh_key *key, loop_fn resume, const char **why)
{
    const char *login = ssh->target.logins[ssh->auth.login];
    if (!key->pem)
        return try_agent(ssh, key, resume);
    if (key->is_encrypted)
        return ssh_passphrase_try(ssh, key, resume, why);
    // A passphrase of NULL would be measured by libssh2.
    return libssh2_userauth_publickey_frommemory(ssh->link->session, login, strlen(login),
                                                 NULL, 0, key->pem, key->pem_length, "");
}

static bool is_signing(const struct ssh *ssh)
{
    const struct ssh_auth *auth = &ssh->auth;
    if (ssh_passphrase_is_working(ssh))
        return true;
    return auth->signing && auth->signing->request.socket_path && !auth->signing->done;
}

// To be read after the key's origin.
static const char *refusal_words(struct ssh *ssh, int code)
{
    if (ssh_queue_is_fatal(code))
        return "ended the connection";
    if (code == LIBSSH2_ERROR_AUTHENTICATION_FAILED)
        return "was refused";
    bool from_agent = !ssh->auth.keys[ssh->auth.key].pem;
    if (from_agent && code == LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED)
        return "was accepted, but the agent did not sign";
    return arena_format(&ssh->arena, "did not work (%s)", ssh_link_error(ssh->link));
}

static void note_refusal(struct ssh *ssh, const char *why)
{
    struct ssh_auth *auth = &ssh->auth;
    const struct ssh_key *key = &auth->keys[auth->key];
    text_format(&auth->refusals, "%s: %s %s; ", ssh->target.logins[auth->login],
                key->origin, why);
    auth->key++;
    auth->tries++;
}

static void skip_unusable(struct ssh_auth *auth)
{
    while (auth->key < auth->key_count && auth->keys[auth->key].unusable)
        auth->key++;
}

// What comes after a refused key.
static enum ssh_auth_state next_key(struct ssh *ssh)
{
    struct ssh_auth *auth = &ssh->auth;
    skip_unusable(auth);
    if (auth->key < auth->key_count) {
        if (auth->tries < TRIES_PER_CONNECTION)
            return SSH_AUTH_WAIT;
    } else {
        auth->key = 0;
        auth->login++;
        skip_unusable(auth);
        if (auth->login >= ssh->target.login_count || auth->key == auth->key_count)
            return SSH_AUTH_REFUSED;
    }
    auth->tries = 0;
    return SSH_AUTH_RECONNECT;
}

enum ssh_auth_state ssh_auth_step(struct ssh *ssh, loop_fn resume)
{
    struct ssh_auth *auth = &ssh->auth;
    skip_unusable(auth);
    if (auth->key == auth->key_count || auth->login >= ssh->target.login_count)
        return SSH_AUTH_REFUSED;
    enum ssh_auth_state state = SSH_AUTH_WAIT;
    while (state == SSH_AUTH_WAIT) {
        const char *why = NULL;
        int code = try_key(ssh, &auth->keys[auth->key], resume, &why);
        if (code == LIBSSH2_ERROR_EAGAIN)
            return is_signing(ssh) ? SSH_AUTH_SIGNING : SSH_AUTH_WAIT;
        if (code == 0) {
            ssh->login = ssh->target.logins[auth->login];
            return SSH_AUTH_DONE;
        }
        if (ssh_queue_is_fatal(code) && auth->tries == 0)
            return SSH_AUTH_LOST;
        bool dropped = ssh_queue_is_fatal(code);
        // Asked for once, not once for each login.
        auth->keys[auth->key].unusable = why;
        if (!why)
            note_refusal(ssh, refusal_words(ssh, code));
        state = next_key(ssh);
        if (dropped && state == SSH_AUTH_WAIT) {
            auth->tries = 0;
            state = SSH_AUTH_RECONNECT;
        }
    }
    return state;
}

void ssh_auth_fault(struct ssh *ssh, struct fault *fault)
{
    struct ssh_auth *auth = &ssh->auth;
    struct text *why = &auth->refusals;
    size_t usable = 0;
    for (size_t i = 0; i < auth->key_count; i++) {
        const struct ssh_key *key = &auth->keys[i];
        usable += key->unusable == NULL;
        if (key->unusable)
            text_format(why, "%s %s; ", key->origin, key->unusable);
    }
    if (why->length >= 2)
        why->bytes[why->length - 2] = '\0';
    if (usable == 0) {
        fault_set(fault, FAULT_UNREACHABLE, "there is no key to log in to %s with",
                  ssh_place(ssh));
        fault_next(fault, "name a private key file (ed25519 or ecdsa), or add one to the "
                          "agent with ssh-add");
    } else {
        fault_set(fault, FAULT_UNREACHABLE, "%s refuses the login", ssh_place(ssh));
        fault_next(fault, "put the public key into the user's ~/.ssh/authorized_keys on "
                          "the host, or name another key or login");
    }
    fault_why(fault, "%s",
              why->length > 0 ? why->bytes : "no identity file and no agent was given");
}

void ssh_auth_clear(struct ssh *ssh)
{
    ssh_auth_abandon(ssh);
    text_clear(&ssh->auth.refusals);
    ssh->auth.keys = NULL;
    ssh->auth.key_count = 0;
    ssh->target.private_key = NULL;
    arena_clear(&ssh->key_arena);
}
