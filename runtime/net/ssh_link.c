// SPDX-License-Identifier: MIT
#include "net/ssh_link.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void link_ready(uv_poll_t *poll, int status, int events)
{
    struct ssh_link *link = poll->data;
    (void) events; // an error shows in the next call on the socket
    link->heard = true;
    if (status < 0)
        link->events = 0;
    if (link->ready)
        link->ready(link->context);
}

// A host that vanished is noticed within a minute also where nobody waits for it.
static void set_options(int socket)
{
    int on = 1, idle_s = 15, every_s = 5, probes = 5;
    unsigned unanswered_ms = 45000;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s);
    setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &every_s, sizeof every_s);
    setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
    setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &unanswered_ms,
               sizeof unanswered_ms);
}

struct ssh_link *ssh_link_new(struct loop *loop, int socket, loop_fn ready, void *context)
{
    struct ssh_link *link = calloc(1, sizeof *link);
    if (!link)
        abort();
    link->socket = socket;
    link->ready = ready;
    link->context = context;
    link->counts = true;
    set_options(socket);
    uv_poll_init_socket(loop_uv(loop), &link->poll, socket);
    link->poll.data = link;
    return link;
}

// As libssh2's own, but counted.
static ssize_t receive(libssh2_socket_t socket, void *buffer, size_t length, int flags,
                       void **context)
{
    struct ssh_link *link = *context;
    ssize_t got = recv(socket, buffer, length, flags);
    if (got < 0)
        return errno == EWOULDBLOCK ? -EAGAIN : -errno;
    link->taken += (size_t) got;
    return got;
}

void ssh_link_begin_session(struct ssh_link *link)
{
    link->session = libssh2_session_init_ex(NULL, NULL, NULL, link);
    if (!link->session)
        abort();
    libssh2_session_set_blocking(link->session, 0);
    libssh2_session_callback_set(link->session, LIBSSH2_CALLBACK_RECV, (void *) receive);
}

// The socket was shut down before, so no call here waits for the server; libssh2 still
// answers "not yet" once or twice on its way.
static void link_free(struct ssh_link *link)
{
    if (link->session) {
        for (int i = 0; i < 100; i++) {
            if (libssh2_session_free(link->session) != LIBSSH2_ERROR_EAGAIN)
                break;
        }
    }
    close(link->socket);
    free(link);
}

static void link_closed(uv_handle_t *handle)
{
    struct ssh_link *link = handle->data;
    link->closed = true;
    if (!link->held)
        link_free(link);
}

void ssh_link_hold(struct ssh_link *link)
{
    link->held = true;
}

void ssh_link_release(struct ssh_link *link)
{
    link->held = false;
    if (link->closed)
        link_free(link);
}

void ssh_link_drop(struct ssh_link *link)
{
    if (!link)
        return;
    link->ready = NULL;
    shutdown(link->socket, SHUT_RDWR);
    uv_poll_stop(&link->poll);
    uv_close((uv_handle_t *) &link->poll, link_closed);
}

static void watch_events(struct ssh_link *link, int events)
{
    if (events == link->events)
        return;
    link->events = events;
    if (events == 0)
        uv_poll_stop(&link->poll);
    else
        uv_poll_start(&link->poll, events, link_ready);
}

void ssh_link_watch(struct ssh_link *link, bool always)
{
    int wanted = always ? UV_READABLE : 0;
    int directions = link->session ? libssh2_session_block_directions(link->session)
                                   : LIBSSH2_SESSION_BLOCK_OUTBOUND;
    if (directions & LIBSSH2_SESSION_BLOCK_INBOUND)
        wanted |= UV_READABLE;
    if (directions & LIBSSH2_SESSION_BLOCK_OUTBOUND)
        wanted |= UV_WRITABLE;
    watch_events(link, wanted ? wanted : UV_READABLE);
}

void ssh_link_rest(struct ssh_link *link)
{
    watch_events(link, 0);
}

void ssh_link_count(struct ssh_link *link, bool counts)
{
    if (counts == link->counts)
        return;
    link->counts = counts;
    if (counts)
        uv_ref((uv_handle_t *) &link->poll);
    else
        uv_unref((uv_handle_t *) &link->poll);
}

// Without it the kernel holds our acknowledgement back for 40 ms, and sshd, which leaves
// Nagle's algorithm on, its next packet with it. It does not last: before each pump.
void ssh_link_quickack(struct ssh_link *link)
{
    int on = 1;
    setsockopt(link->socket, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

const char *ssh_link_error(struct ssh_link *link)
{
    char *message = NULL;
    if (!link || !link->session ||
        libssh2_session_last_error(link->session, &message, NULL, 0) == 0)
        return "no reason given";
    return message;
}
