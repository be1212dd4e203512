// SPDX-License-Identifier: MIT
//
// The TCP connection: the name's addresses one after another, each within the timeout of
// one attempt.
#include "net/ssh_private.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void dial_address(struct ssh *ssh);

void ssh_dial_clear(struct ssh *ssh)
{
    if (ssh->addresses)
        uv_freeaddrinfo(ssh->addresses);
    ssh->addresses = NULL;
    ssh->address = NULL;
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

void ssh_dial_start(struct ssh *ssh)
{
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
