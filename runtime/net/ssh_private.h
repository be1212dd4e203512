// SPDX-License-Identifier: MIT
//
// What the files of an SSH session share: ssh.c (its life), ssh_dial.c (TCP or a tunnel),
// ssh_gate.c (how many log in at once), ssh_auth.c, ssh_link.h (one connection),
// ssh_queue.c (who uses it when), ssh_exec.c (the shell). Nobody else includes this.
#pragma once

#include "base/arena.h"
#include "base/text.h"
#include "net/ssh.h"
#include "net/ssh_auth.h"
#include "net/ssh_link.h"

struct ssh_shell;
struct ssh_tunnel;
struct addrinfo;

// Whoever sends on a session: the kept shell, the one who ends a script. libssh2 allows
// one channel open at a time, and while a packet is half sent no call but the one that
// began it.
struct ssh_user {
    struct ssh_user *next;
    // Does what can be done without waiting; true when anything was.
    bool (*pump)(struct ssh *ssh, struct ssh_user *user);
    // The connection is gone; the user was removed.
    void (*lost)(struct ssh *ssh, struct ssh_user *user, const struct fault *fault);
    bool waits; // for an answer: the loop must not end before it came
};

enum ssh_gate { SSH_GATE_OUTSIDE, SSH_GATE_WAITING, SSH_GATE_INSIDE };

struct ssh {
    struct loop *loop;
    struct arena arena;
    struct arena key_arena; // wiped as soon as the login is done
    struct arena sudo_arena;
    const char *sudo_password; // or NULL
    struct ssh_target target;
    ssh_done_fn done;
    void *context;

    int64_t started_ms;
    unsigned attempts;
    const char *stage; // "connecting" …, for messages
    struct loop_timer *timer;
    uv_getaddrinfo_t resolving;
    struct addrinfo *addresses;
    struct addrinfo *address;  // the one being tried
    struct ssh_tunnel *tunnel; // being opened
    struct ssh_auth auth;
    struct known_hosts known;
    struct fault prepare_fault;

    struct ssh_link *link; // NULL: lost or closed
    struct fault lost;     // why
    const char *login;
    const char *host_key;

    struct ssh_user *users;
    struct ssh_user *sender; // has a packet half sent
    struct ssh_user *opener; // has a channel open under way
    bool pump_again;
    struct ssh_shell *shell;
    struct loop_timer *keepalive;
    unsigned silent;  // how often in a row it had said nothing
    enum ssh_gate gate;
    struct ssh *gate_next;
    unsigned carries; // sessions that are made, or to be made, through this one
    bool closed;
};

// ssh.c
void ssh_count_script(void);
void ssh_attempt_begin(struct ssh *ssh);
void ssh_attempt_connected(struct ssh *ssh);
void ssh_attempt_admitted(void *ssh);
// Repeats it while there is patience, if `again`; otherwise ends with the fault.
void ssh_attempt_failed(struct ssh *ssh, const struct fault *fault, bool again);
void ssh_stage_start(struct ssh *ssh, const char *stage, loop_fn expired);
const char *ssh_place(struct ssh *ssh); // "host/app at 203.0.113.7:22"

// ssh_dial.c: ends in ssh_attempt_connected or ssh_attempt_failed.
void ssh_dial_start(struct ssh *ssh);
void ssh_dial_clear(struct ssh *ssh);

// ssh_gate.c: ends in ssh_attempt_admitted, later; who is not inside leaves to no effect.
void ssh_gate_enter(struct ssh *ssh);
void ssh_gate_leave(struct ssh *ssh);
size_t ssh_gate_most(void);    // at the same time, since the start
size_t ssh_gate_waiting(void); // now

// ssh_keepalive.c: `needed` while somebody waits for an answer.
void ssh_keepalive_watch(struct ssh *ssh, bool needed);

// ssh_trust.c: reads on a thread (and may leave a prepare_fault), then judges the key
// that is offered, before anything is said about who we are.
void ssh_trust_read(struct ssh *ssh);
bool ssh_trust_judge(struct ssh *ssh, struct fault *fault);

// ssh_queue.c
void ssh_queue_add(struct ssh *ssh, struct ssh_user *user);
void ssh_queue_remove(struct ssh *ssh, struct ssh_user *user);
// Runs all users until none gets further, then waits for the socket. Never synchronous:
// ssh_queue_wake asks for one on the next turn.
void ssh_queue_pump(void *ssh);
void ssh_queue_wake(struct ssh *ssh);
// After each libssh2 call that may send: keeps the line for `user` while a packet is half
// sent. True when the answer was "not yet".
bool ssh_queue_settle(struct ssh *ssh, struct ssh_user *user, ssize_t answer);
// Whether this code of libssh2 means that the connection is gone.
bool ssh_queue_is_fatal(ssize_t code);
bool ssh_queue_take_open(struct ssh *ssh, struct ssh_user *user);
void ssh_queue_give_open(struct ssh *ssh, struct ssh_user *user);
// Drops the connection; every user is told.
void ssh_queue_lose(struct ssh *ssh, const struct fault *fault);
void ssh_queue_lose_by(struct ssh *ssh, ssize_t code);

// ssh_channel.c: reads and throws away until the server closed the channel; frees it.
void ssh_channel_discard(struct ssh *ssh, LIBSSH2_CHANNEL *channel);
// Ends the process group of `pid` on the host over a channel of its own; `done` learns
// whether that is sure, unless the connection is lost first.
typedef void (*ssh_channel_killed_fn)(struct ssh *ssh, bool sure);
void ssh_channel_kill(struct ssh *ssh, long pid, ssh_channel_killed_fn done);
// Opens a channel and starts the command: 0, or a code of libssh2 (EAGAIN: call again).
// To be called again with the same channel pointer, NULL at first.
int ssh_channel_start(struct ssh *ssh, struct ssh_user *user, LIBSSH2_CHANNEL **channel,
                      const char *command);

// ssh_exec.c
void ssh_exec_free_shell(struct ssh *ssh);
