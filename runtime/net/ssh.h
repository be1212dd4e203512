// SPDX-License-Identifier: MIT
//
// SSH sessions: libssh2, non-blocking, on the loop, modern algorithms only, host keys
// never unchecked. One session per host for the whole run; all that is sent on it goes
// through one queue, since libssh2 allows one channel open and one unfinished write at a
// time. Logins are tried in order; keys come from the agent and from identity files
// (ed25519, ecdsa; encrypted ones too).
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "net/known_hosts.h"
#include "net/loop.h"

struct ssh;

struct ssh_target {
    const char *name;          // for messages: "host/app"
    const char *address;       // IP or name
    int port;                  // 22
    const char *const *logins; // users tried in order
    size_t login_count;
    const char *const *identities; // private key files tried after the agent
    size_t identity_count;
    const char *private_key;   // PEM in memory instead, or NULL
    const char *sudo_password; // for a login that is not root, or NULL
    bool use_agent;            // SSH_AUTH_SOCK
    bool only_identities;      // of the agent only those that are named
    // Of an encrypted key, borrowed until the next call; `again` when the last one was
    // wrong. NULL: there is none. May block. Without it such keys are not used.
    const char *(*passphrase)(void *context, const char *key, bool again);
    void *passphrase_context;
    const struct known_hosts_key *pins; // exactly these keys, when pin_count > 0
    size_t pin_count;
    const char *known_hosts_path; // read when there is no pin
    bool accept_new;  // an unknown host's key is taken, and told by ssh_host_key
    bool only_key;    // nobody logs in: done once the host's key is known and judged
    struct ssh *via;  // the connection is made through this session; NULL: directly
    const char *note; // told with the fault when nothing worked; or NULL
    int64_t connect_timeout_ms; // of one attempt; 0: 10 s
    int64_t keepalive_ms; // 0: 15 s; a host that is silent for four of these is lost
    int64_t patience_ms;  // how long refused or silent connects are repeated; 0: not
};

// FAULT_UNREACHABLE: no connection, banner or login. A changed or revoked host key is
// FAULT_BLOCKED, with both fingerprints and what to do.
typedef void (*ssh_done_fn)(void *context, struct ssh *ssh, const struct fault *fault);
void ssh_connect(struct loop *loop, const struct ssh_target *target, ssh_done_fn done,
                 void *context);
// Drops the connection at once; what is under way ends with FAULT_UNREACHABLE, also the
// sessions that were made through it.
void ssh_close(struct ssh *ssh);

const char *ssh_login(const struct ssh *ssh);    // the one that worked
const char *ssh_host_key(const struct ssh *ssh); // "ssh-ed25519 AAAA…"
// Also looks whether its end has come and nobody read it yet: while a person thinks about
// a plan the loop does not turn.
bool ssh_is_alive(const struct ssh *ssh);

// Connections made and scripts run so far in this process, for --timing and tests.
int64_t ssh_connect_count(void);
int64_t ssh_script_count(void);
