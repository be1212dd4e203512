// SPDX-License-Identifier: MIT
//
// Does something accept TCP connections there? Connects, closes, says so.
#pragma once

#include "net/loop.h"

// FAULT_NONE: connected. FAULT_UNREACHABLE: refused, silent or not found; see why.
typedef void (*tcp_done_fn)(void *context, const struct fault *fault);
// Every address of the host is tried in turn; timeout_ms is for all of them.
void tcp_connect_start(struct loop *loop, const char *host, int port, int64_t timeout_ms,
                       tcp_done_fn done, void *context);
