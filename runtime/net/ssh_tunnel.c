// SPDX-License-Identifier: MIT
//
// One buffer each way. What came from one side is read on only when the other side took
// it, so a slow host slows down its own tunnel and nobody else's. Names are resolved by
// the host that is jumped over, as ssh does.
#include "net/ssh_tunnel.h"

#include "net/ssh_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER_SIZE ((size_t) 32000)

struct buffer {
    char bytes[BUFFER_SIZE];
    size_t length, taken;
};

struct ssh_tunnel {
    struct ssh_user user;
    struct ssh *via;
    char *address;
    int port;
    LIBSSH2_CHANNEL *channel;
    int socket; // our end of the pair; -1: not open yet
    uv_poll_t poll;
    int events;
    struct buffer up;   // from the socket to the host
    struct buffer down; // from the host to the socket
    bool leaving;       // the socket has ended: the host is told
    ssh_tunnel_fn done; // NULL once called or cancelled
    void *context;
};

static void tunnel_free(struct ssh_tunnel *tunnel)
{
    if (tunnel->socket >= 0)
        close(tunnel->socket);
    free(tunnel->address);
    free(tunnel);
}

static void poll_closed(uv_handle_t *handle)
{
    tunnel_free(handle->data);
}

// Its user was removed; the channel belongs to somebody else now.
static void tunnel_end(struct ssh_tunnel *tunnel)
{
    if (tunnel->socket < 0) {
        tunnel_free(tunnel);
        return;
    }
    shutdown(tunnel->socket, SHUT_RDWR);
    uv_poll_stop(&tunnel->poll);
    uv_close((uv_handle_t *) &tunnel->poll, poll_closed);
}

static void tell_done(struct ssh_tunnel *tunnel, int socket, const struct fault *fault)
{
    ssh_tunnel_fn done = tunnel->done;
    tunnel->done = NULL;
    if (done)
        done(tunnel->context, socket, fault);
    else if (socket >= 0)
        close(socket);
}

static void tunnel_lost(struct ssh *via, struct ssh_user *user, const struct fault *fault)
{
    struct ssh_tunnel *tunnel = (struct ssh_tunnel *) user;
    (void) via;
    tell_done(tunnel, -1, fault);
    tunnel_end(tunnel);
}

// A half-done call must not be armed again by the side that cannot get further.
static void socket_ready(uv_poll_t *poll, int status, int events)
{
    struct ssh_tunnel *tunnel = poll->data;
    (void) status;
    (void) events;
    tunnel->events = 0;
    uv_poll_stop(poll);
    ssh_queue_pump(tunnel->via);
}

static void watch_socket(struct ssh_tunnel *tunnel)
{
    int wanted = tunnel->up.length == 0 ? UV_READABLE : 0;
    if (tunnel->down.length > 0)
        wanted |= UV_WRITABLE;
    if (wanted == tunnel->events)
        return;
    tunnel->events = wanted;
    if (wanted)
        uv_poll_start(&tunnel->poll, wanted, socket_ready);
    else
        uv_poll_stop(&tunnel->poll);
}

static void finish(struct ssh_tunnel *tunnel)
{
    struct ssh *via = tunnel->via;
    ssh_queue_remove(via, &tunnel->user);
    if (tunnel->channel)
        ssh_channel_discard(via, tunnel->channel);
    tunnel_end(tunnel);
}

static void refuse(struct ssh_tunnel *tunnel)
{
    struct ssh *via = tunnel->via;
    struct fault fault;
    fault_set(&fault, FAULT_UNREACHABLE, "%s does not let us through to %s port %d",
              ssh_place(via), tunnel->address, tunnel->port);
    fault_why(&fault, "%s", ssh_link_error(via->link));
    fault_next(&fault, "see that the host runs and can be reached from there, and that "
                       "AllowTcpForwarding in its sshd_config is not \"no\"");
    tell_done(tunnel, -1, &fault);
    finish(tunnel);
}

static bool open_pair(struct ssh_tunnel *tunnel)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0) {
        struct fault fault;
        fault_set(&fault, FAULT_ERROR, "no socket for a way through %s",
                  ssh_place(tunnel->via));
        fault_why(&fault, "%s", strerror(errno));
        fault_next(&fault, "raise the limit of open files (ulimit -n)");
        tell_done(tunnel, -1, &fault);
        finish(tunnel);
        return false;
    }
    tunnel->socket = pair[0];
    tunnel->user.waits = false;
    uv_poll_init_socket(loop_uv(tunnel->via->loop), &tunnel->poll, pair[0]);
    uv_unref((uv_handle_t *) &tunnel->poll);
    tunnel->poll.data = tunnel;
    tell_done(tunnel, pair[1], NULL);
    return true;
}

static bool open_channel(struct ssh_tunnel *tunnel)
{
    struct ssh *via = tunnel->via;
    LIBSSH2_SESSION *session = via->link->session;
    if (!ssh_queue_take_open(via, &tunnel->user))
        return false;
    tunnel->channel = libssh2_channel_direct_tcpip_ex(session, tunnel->address,
                                                      tunnel->port, "127.0.0.1", 22);
    int code = tunnel->channel ? 0 : libssh2_session_last_errno(session);
    if (ssh_queue_settle(via, &tunnel->user, code))
        return false;
    ssh_queue_give_open(via, &tunnel->user);
    if (ssh_queue_is_fatal(code))
        ssh_queue_lose_by(via, code);
    else if (code != 0)
        refuse(tunnel);
    else
        return open_pair(tunnel);
    return false;
}

// True when something moved. Afterwards the connection may be lost.
static bool relay_up(struct ssh_tunnel *tunnel)
{
    struct buffer *up = &tunnel->up;
    if (up->length == 0) {
        ssize_t got = recv(tunnel->socket, up->bytes, sizeof up->bytes, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return false;
        tunnel->leaving = got <= 0;
        up->length = got > 0 ? (size_t) got : 0;
        up->taken = 0;
    }
    if (tunnel->leaving)
        return false;
    ssize_t sent = libssh2_channel_write(tunnel->channel, up->bytes + up->taken,
                                         up->length - up->taken);
    if (ssh_queue_settle(tunnel->via, &tunnel->user, sent) || sent == 0)
        return false;
    if (sent < 0) {
        if (ssh_queue_is_fatal(sent))
            ssh_queue_lose_by(tunnel->via, sent);
        else
            tunnel->leaving = true;
        return false;
    }
    up->taken += (size_t) sent;
    if (up->taken == up->length)
        up->length = 0;
    return true;
}

static bool relay_down(struct ssh_tunnel *tunnel)
{
    struct buffer *down = &tunnel->down;
    if (down->length == 0) {
        ssize_t got =
            libssh2_channel_read(tunnel->channel, down->bytes, sizeof down->bytes);
        if (ssh_queue_settle(tunnel->via, &tunnel->user, got))
            return false;
        if (got < 0) {
            ssh_queue_lose_by(tunnel->via, got);
            return false;
        }
        down->length = (size_t) got;
        down->taken = 0;
        if (got == 0)
            return false;
    }
    ssize_t sent = send(tunnel->socket, down->bytes + down->taken,
                        down->length - down->taken, MSG_NOSIGNAL);
    if (sent < 0) {
        tunnel->leaving = errno != EAGAIN && errno != EINTR;
        return false;
    }
    down->taken += (size_t) sent;
    if (down->taken == down->length)
        down->length = 0;
    return true;
}

// Nobody reads any more: what is left in the channel drains by itself.
static bool leave(struct ssh_tunnel *tunnel)
{
    int code = libssh2_channel_send_eof(tunnel->channel);
    if (ssh_queue_settle(tunnel->via, &tunnel->user, code))
        return false;
    finish(tunnel);
    return true;
}

static bool tunnel_pump(struct ssh *via, struct ssh_user *user)
{
    struct ssh_tunnel *tunnel = (struct ssh_tunnel *) user;
    if (tunnel->socket < 0)
        return open_channel(tunnel);
    bool progress = false;
    if (!tunnel->leaving) {
        progress = relay_up(tunnel);
        if (!via->link || via->sender == user)
            return progress;
    }
    if (!tunnel->leaving) {
        progress |= relay_down(tunnel);
        if (!via->link || via->sender == user)
            return progress;
    }
    if (tunnel->leaving)
        return leave(tunnel);
    if (tunnel->down.length == 0 && libssh2_channel_eof(tunnel->channel) == 1) {
        finish(tunnel);
        return true;
    }
    watch_socket(tunnel);
    return progress;
}

// Where the session was lost already, its loss is told on the next turn.
static void tell_lost(void *context)
{
    struct ssh_tunnel *tunnel = context;
    tunnel_lost(tunnel->via, &tunnel->user, &tunnel->via->lost);
}

struct ssh_tunnel *ssh_tunnel_open(struct ssh *via, const char *address, int port,
                                   ssh_tunnel_fn done, void *context)
{
    struct ssh_tunnel *tunnel = calloc(1, sizeof *tunnel);
    if (!tunnel || !(tunnel->address = strdup(address)))
        abort();
    tunnel->user.pump = tunnel_pump;
    tunnel->user.lost = tunnel_lost;
    tunnel->user.waits = true;
    tunnel->via = via;
    tunnel->port = port;
    tunnel->socket = -1;
    tunnel->done = done;
    tunnel->context = context;
    if (via->link) {
        ssh_queue_add(via, &tunnel->user);
        ssh_queue_wake(via);
    } else {
        loop_defer(via->loop, tell_lost, tunnel);
    }
    return tunnel;
}

// It may be in the middle of a call, so it goes on by itself; the socket that it opens is
// closed at once, and that ends it.
void ssh_tunnel_cancel(struct ssh_tunnel *tunnel)
{
    tunnel->done = NULL;
}
