// SPDX-License-Identifier: MIT
//
// libssh2 reads ahead for all channels, so what one takes from the socket may be news for
// another, who had its turn before and would wait for a socket that says nothing more:
// all are pumped until none gets further and nothing came. While a packet is half sent
// only the user who began it may call; with no packet half sent, any.
#include "net/ssh_private.h"

#include <assert.h>

// Then others on the loop get their turn.
#define ROUNDS_PER_PUMP 32

void ssh_queue_add(struct ssh *ssh, struct ssh_user *user)
{
    user->next = ssh->users;
    ssh->users = user;
}

void ssh_queue_remove(struct ssh *ssh, struct ssh_user *user)
{
    struct ssh_user **link = &ssh->users;
    while (*link && *link != user)
        link = &(*link)->next;
    if (*link)
        *link = user->next;
    if (ssh->sender == user)
        ssh->sender = NULL;
    ssh_queue_give_open(ssh, user);
}

bool ssh_queue_settle(struct ssh *ssh, struct ssh_user *user, ssize_t answer)
{
    assert(!ssh->sender || ssh->sender == user);
    bool again = answer == LIBSSH2_ERROR_EAGAIN;
    int directions = ssh->link ? libssh2_session_block_directions(ssh->link->session) : 0;
    ssh->sender = again && (directions & LIBSSH2_SESSION_BLOCK_OUTBOUND) ? user : NULL;
    return again;
}

bool ssh_queue_is_fatal(ssize_t code)
{
    switch (code) {
    case LIBSSH2_ERROR_SOCKET_NONE:
    case LIBSSH2_ERROR_SOCKET_SEND:
    case LIBSSH2_ERROR_SOCKET_RECV:
    case LIBSSH2_ERROR_SOCKET_DISCONNECT:
    case LIBSSH2_ERROR_SOCKET_TIMEOUT:
    case LIBSSH2_ERROR_TIMEOUT:
    case LIBSSH2_ERROR_BAD_SOCKET:
    case LIBSSH2_ERROR_INVALID_MAC:
    case LIBSSH2_ERROR_DECRYPT:
    case LIBSSH2_ERROR_PROTO:
    case LIBSSH2_ERROR_BAD_USE:
        return true;
    default:
        return false;
    }
}

bool ssh_queue_take_open(struct ssh *ssh, struct ssh_user *user)
{
    if (!ssh->opener)
        ssh->opener = user;
    return ssh->opener == user;
}

void ssh_queue_give_open(struct ssh *ssh, struct ssh_user *user)
{
    if (ssh->opener == user)
        ssh->opener = NULL;
}

// One round over all; a user may remove itself in its pump, and the connection may go.
static bool pump_round(struct ssh *ssh)
{
    bool progress = false;
    const struct ssh_user *sender = ssh->sender;
    const struct ssh_user *first = ssh->users;
    for (struct ssh_user *user = ssh->users, *next; user && ssh->link; user = next) {
        uint64_t taken = ssh->link->taken;
        bool others_had_theirs = user != first;
        next = user->next;
        if (!ssh->sender || ssh->sender == user)
            progress |= user->pump(ssh, user);
        if (ssh->link && others_had_theirs)
            progress |= ssh->link->taken != taken;
    }
    // Those before it in the line were passed over.
    if (sender && !ssh->sender)
        progress = true;
    return progress;
}

void ssh_queue_wake(struct ssh *ssh)
{
    if (ssh->pump_again)
        return;
    ssh->pump_again = true;
    loop_defer(ssh->loop, ssh_queue_pump, ssh);
}

// Waits for the socket, as those who are waiting want it. Without users nobody would read
// what comes, and a readable socket would wake the loop for ever.
static void wait_for_socket(struct ssh *ssh)
{
    bool waits = false;
    for (struct ssh_user *user = ssh->users; user; user = user->next)
        waits |= user->waits;
    ssh_link_count(ssh->link, waits);
    ssh_keepalive_watch(ssh, waits);
    if (ssh->users)
        ssh_link_watch(ssh->link, ssh->sender == NULL);
    else
        ssh_link_rest(ssh->link);
}

void ssh_queue_pump(void *context)
{
    struct ssh *ssh = context;
    if (ssh->pump_again) {
        ssh->pump_again = false;
        loop_defer_cancel(ssh->loop, ssh_queue_pump, ssh);
    }
    if (!ssh->link)
        return;
    ssh_link_quickack(ssh->link);
    int rounds = 0;
    while (ssh->link && pump_round(ssh)) {
        if (++rounds == ROUNDS_PER_PUMP) {
            ssh_queue_wake(ssh);
            break;
        }
    }
    if (ssh->link)
        wait_for_socket(ssh);
}

void ssh_queue_lose(struct ssh *ssh, const struct fault *fault)
{
    if (!ssh->link)
        return;
    ssh->lost = *fault;
    ssh_keepalive_watch(ssh, false);
    ssh_link_drop(ssh->link);
    ssh->link = NULL;
    ssh->sender = NULL;
    ssh->opener = NULL;
    while (ssh->users) {
        struct ssh_user *user = ssh->users;
        ssh->users = user->next;
        user->lost(ssh, user, fault);
    }
}

void ssh_queue_lose_by(struct ssh *ssh, ssize_t code)
{
    struct fault fault;
    fault_set(&fault, FAULT_UNREACHABLE, "the connection to %s was lost", ssh_place(ssh));
    fault_why(&fault, "libssh2 says %zd: %s", code, ssh_link_error(ssh->link));
    fault_next(&fault, "see that the host still runs, then run the same command again");
    ssh_queue_lose(ssh, &fault);
}
