// SPDX-License-Identifier: MIT
//
// A port that is ours as long as it is held: bound on both loopbacks and not listened at.
// Nobody else is given it and whoever connects is refused, until one of ours, which says
// SO_REUSEADDR, listens there.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct port {
    int number;
    int sockets[2]; // IPv4; IPv6, or -1 where this machine has none
};

static inline int port_socket(int family)
{
    int on = 1, handle = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (handle < 0)
        return -1;
    assert_int_equal(setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
    if (family == AF_INET6)
        setsockopt(handle, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    return handle;
}

static inline bool port_is_on_ipv6(struct port *port)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6,
                                   .sin6_addr = IN6ADDR_LOOPBACK_INIT,
                                   .sin6_port = htons((uint16_t) port->number)};
    port->sockets[1] = port_socket(AF_INET6);
    if (port->sockets[1] < 0)
        return true;
    if (bind(port->sockets[1], (struct sockaddr *) &address, sizeof address) == 0)
        return true;
    bool taken = errno == EADDRINUSE;
    close(port->sockets[1]);
    port->sockets[1] = -1;
    return !taken;
}

static inline void port_let_go(struct port *port)
{
    for (int i = 0; i < 2; i++)
        if (port->number > 0 && port->sockets[i] >= 0)
            close(port->sockets[i]);
    *port = (struct port){0};
}

static inline void port_hold(struct port *port)
{
    for (bool held = false; !held;) {
        struct sockaddr_in address = {.sin_family = AF_INET};
        socklen_t size = sizeof address;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        int handle = port_socket(AF_INET);
        assert_true(handle >= 0);
        assert_int_equal(bind(handle, (struct sockaddr *) &address, size), 0);
        assert_int_equal(getsockname(handle, (struct sockaddr *) &address, &size), 0);
        *port = (struct port){ntohs(address.sin_port), {handle, -1}};
        held = port_is_on_ipv6(port);
        if (!held)
            port_let_go(port);
    }
}
