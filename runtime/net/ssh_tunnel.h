// SPDX-License-Identifier: MIT
//
// A way through a session that stands (ProxyJump): a direct-tcpip channel of it, relayed
// by the loop to one end of a socket pair. The other end is as good as a TCP connection
// to the host, and another session lives on it.
#pragma once

#include "base/fault.h"

struct ssh;
struct ssh_tunnel;

// The socket is the caller's; it ends when either side or the session below it does.
// -1 with a fault: the session is lost, or its host does not let us through.
typedef void (*ssh_tunnel_fn)(void *context, int socket, const struct fault *fault);
struct ssh_tunnel *ssh_tunnel_open(struct ssh *via, const char *address, int port,
                                   ssh_tunnel_fn done, void *context);
// Before `done`: it is not called any more.
void ssh_tunnel_cancel(struct ssh_tunnel *tunnel);
