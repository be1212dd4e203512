// SPDX-License-Identifier: MIT
//
// Logging in to one host: which login and which key come next. Part of a session, see
// ssh_private.h.
#pragma once

#include "base/text.h"
#include "net/loop.h"
#include "net/ssh_key.h"

struct ssh;

// Where the logins and keys stand: on one connection only one login may be tried, and
// only some keys.
struct ssh_auth {
    struct ssh_key *keys;
    size_t key_count;
    size_t login;
    size_t key;
    size_t tries;         // on this connection
    struct text refusals; // what was tried and what came of it
    const char *agent_path;
    struct ssh_signing *signing;
    struct ssh_opening *opening; // of an encrypted key
};

enum ssh_auth_state {
    SSH_AUTH_WAIT,    // for the server
    SSH_AUTH_SIGNING, // for the agent, or for an encrypted key
    SSH_AUTH_DONE,
    SSH_AUTH_RECONNECT,
    SSH_AUTH_REFUSED,
    SSH_AUTH_LOST,
};

// Gather on a thread, step from the loop.
void ssh_auth_gather(struct ssh *ssh);
enum ssh_auth_state ssh_auth_step(struct ssh *ssh, loop_fn resume);
void ssh_auth_abandon(struct ssh *ssh);
void ssh_auth_fault(struct ssh *ssh, struct fault *fault);
void ssh_auth_clear(struct ssh *ssh);
