// SPDX-License-Identifier: MIT
//
// The process that stands between the lab and one host: it makes the namespaces, becomes
// the parent of the host's PID 1, and ends as that ends. It is this binary, called with
// the host's folder, in which the plan lies:
//   plan      what to start            upper work root   the overlay
//   init      PID 1, while it lives    docker            a real folder for
//   /var/lib/docker launcher  this process             log               what it and PID
//   1 printed
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

struct launch_plan {
    int64_t id;
    bool light;
    char ip[64];
    char hostname[256];
    char root[1024]; // the shared lower folder
};

// How a launcher ends, besides 128 + signal: what reboot(2) in the guest makes of it.
#define LAUNCH_REBOOT   129
#define LAUNCH_POWEROFF 130

bool launch_write_plan(const char *folder, const struct launch_plan *plan,
                       struct fault *fault) FAULT_CHECKED;

// Descriptor 3 is a pipe on which a failure is told in words; it closes without a word
// when the host's PID 1 runs. Returns the exit status, when the host has ended.
int launch_host(const char *folder);
