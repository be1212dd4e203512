// SPDX-License-Identifier: MIT
//
// One connection of an SSH session: the socket, what it is waited for, libssh2's side.
#pragma once

#include "net/late_ssh2.h"
#include "net/loop.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

// One TCP connection. A login that failed needs another one, so a session may use several
// before it stands. Dropped at any time; its memory goes when libuv let go of it.
struct ssh_link {
    uv_poll_t poll;
    int socket;
    int events;     // what poll waits for
    bool counts;    // whether the poll keeps loop_turn waiting
    bool held;      // by a thread: not freed before it is released
    bool closed;    // meanwhile
    bool heard;     // the socket was ready since somebody set this to false
    uint64_t taken; // bytes that libssh2 took from the socket
    LIBSSH2_SESSION *session;
    loop_fn ready; // called with the context; NULL once dropped
    void *context;
};

struct ssh_link *ssh_link_new(struct loop *loop, int socket, loop_fn ready,
                              void *context);
// With libssh2's side of it, which never blocks and tells what it took: link->session.
void ssh_link_begin_session(struct ssh_link *link);
void ssh_link_drop(struct ssh_link *link);
void ssh_link_hold(struct ssh_link *link);
void ssh_link_release(struct ssh_link *link);
// As libssh2 wants it now; `always` adds readable.
void ssh_link_watch(struct ssh_link *link, bool always);
void ssh_link_rest(struct ssh_link *link);
void ssh_link_count(struct ssh_link *link, bool counts);
void ssh_link_quickack(struct ssh_link *link);
const char *ssh_link_error(struct ssh_link *link);
