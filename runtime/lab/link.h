// SPDX-License-Identifier: MIT
//
// The lab's network: a bridge on the machine, and one veth pair per host, whose inner end
// is eth0. The inner end lives in the namespace of the host's PID 1 and goes with it.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"

#define LINK_BRIDGE  "lab0"
#define LINK_GATEWAY "10.91.0.1"
#define LINK_NETWORK "10.91.0.0/16"
#define LINK_PREFIX  16

// "10.91.x.y", neither the network's own nor the gateway's.
bool link_address_is_valid(const char *ip);

bool link_open_bridge(struct fault *fault) FAULT_CHECKED;
void link_close_bridge(void);
bool link_bridge_exists(void);

// On the machine: gives the process' network namespace its eth0.
bool link_join(int64_t id, pid_t pid, const char *ip, struct fault *fault) FAULT_CHECKED;
// Inside that namespace: brings lo and eth0 up.
bool link_configure(const char *ip, struct fault *fault) FAULT_CHECKED;
// Takes the cable out; one that is not there is no fault.
void link_leave(int64_t id);
