// SPDX-License-Identifier: MIT
//
// The TCP connection: the name's addresses one after another, the last one with the whole
// timeout of one attempt, each before it with no more than a few seconds, since where
// IPv6 leads nowhere nobody wants to wait for it; or a tunnel through another session.
#include "net/ssh_private.h"
#include "net/ssh_tunnel.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST_ADDRESSES_MS 2500

static void dial_address(struct ssh *ssh);

void ssh_dial_clear(struct ssh *ssh)
{
    if (ssh->addresses)
        uv_freeaddrinfo(ssh->addresses);
    ssh->addresses = NULL;
    ssh->address = NULL;
    if (ssh->tunnel)
        ssh_tunnel_cancel(ssh->tunnel);
    ssh->tunnel = NULL;
}

static void next_address(struct ssh *ssh, const char *why)
{
    ssh_link_drop(ssh->link);
    ssh->link = NULL;
    ssh->address = ssh->address->ai_next;
    if (ssh->address) {
        dial_address(ssh);
        return;
    }
    struct fault fault;
    fault_set(&fault, FAULT_UNREACHABLE, "%s does not answer", ssh_place(ssh));
    fault_why(&fault, "%s", why);
    fault_next(&fault,
               "see that the host runs, that sshd listens on port %d, and that no "
               "firewall stands between",
               ssh->target.port);
    ssh_attempt_failed(ssh, &fault, true);
}

static void dial_expired(void *context)
{
    struct ssh *ssh = context;
    ssh->timer = NULL;
    next_address(ssh, "no answer to the connection request within the time limit");
}

static void dial_ready(void *context)
{
    struct ssh *ssh = context;
    int cause = 0;
    socklen_t size = sizeof cause;
    getsockopt(ssh->link->socket, SOL_SOCKET, SO_ERROR, &cause, &size);
    if (cause == EINPROGRESS)
        return;
    if (cause != 0)
        next_address(ssh, strerror(cause));
    else
        ssh_attempt_connected(ssh);
}

static void dial_address(struct ssh *ssh)
{
    const struct addrinfo *address = ssh->address;
    ssh_stage_start(ssh, "connecting", dial_expired);
    if (address->ai_next && ssh->target.connect_timeout_ms > FIRST_ADDRESSES_MS) {
        loop_timer_cancel(ssh->timer);
        ssh->timer = loop_timer_start(ssh->loop, FIRST_ADDRESSES_MS, dial_expired, ssh);
    }
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        next_address(ssh, strerror(errno));
        return;
    }
    int cause = connect(fd, address->ai_addr, address->ai_addrlen) == 0 ? 0 : errno;
    if (cause != 0 && cause != EINPROGRESS) {
        close(fd);
        next_address(ssh, strerror(cause));
        return;
    }
    ssh->link = ssh_link_new(ssh->loop, fd, dial_ready, ssh);
    ssh_link_watch(ssh->link, false);
}

static void unresolved(struct ssh *ssh, const char *why)
{
    struct fault fault;
    fault_set(&fault, FAULT_UNREACHABLE, "the address of %s cannot be found",
              ssh_place(ssh));
    fault_why(&fault, "%s", why);
    fault_next(&fault, "check the name, or give the host's IP address");
    ssh_attempt_failed(ssh, &fault, true);
}

static void resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *addresses)
{
    struct ssh *ssh = request->data;
    ssh->addresses = ssh->address = addresses;
    if (status != 0 || !addresses)
        unresolved(ssh, status ? uv_strerror(status) : "the name has no address");
    else
        dial_address(ssh);
}

static void tunnel_expired(void *context)
{
    struct ssh *ssh = context;
    struct fault fault;
    ssh->timer = NULL;
    ssh_dial_clear(ssh);
    fault_set(&fault, FAULT_UNREACHABLE, "%s does not answer", ssh_place(ssh));
    fault_why(&fault, "no way to it within the time limit");
    fault_next(&fault, "see that the host runs and can be reached from %s",
               ssh->target.via->target.name);
    ssh_attempt_failed(ssh, &fault, true);
}

static void tunnel_opened(void *context, int socket, const struct fault *fault)
{
    struct ssh *ssh = context;
    ssh->tunnel = NULL;
    if (fault) {
        struct fault own = *fault;
        ssh_attempt_failed(ssh, &own, ssh_is_alive(ssh->target.via));
        return;
    }
    ssh->link = ssh_link_new(ssh->loop, socket, NULL, ssh);
    ssh_attempt_connected(ssh);
}

static void dial_through(struct ssh *ssh)
{
    ssh_stage_start(ssh, "connecting", tunnel_expired);
    ssh->tunnel = ssh_tunnel_open(ssh->target.via, ssh->target.address, ssh->target.port,
                                  tunnel_opened, ssh);
}

void ssh_dial_start(struct ssh *ssh)
{
    if (ssh->target.via) {
        dial_through(ssh);
        return;
    }
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    char port[16];
    snprintf(port, sizeof port, "%d", ssh->target.port);
    ssh_dial_clear(ssh);
    ssh->stage = "resolving";
    ssh->resolving.data = ssh;
    int status = uv_getaddrinfo(loop_uv(ssh->loop), &ssh->resolving, resolved,
                                ssh->target.address, port, &hints);
    if (status != 0)
        unresolved(ssh, uv_strerror(status));
}
