// SPDX-License-Identifier: MIT
//
// The servers beside the hosts (dnsmasq, pebble, a registry, git, mail): started, known
// by their pid files in DIRECTORY/run, ended. Their outputs are in DIRECTORY/log.
#pragma once

#include <stdbool.h>

#include "base/fault.h"

struct service_call {
    const char *name; // "dnsmasq"
    const char *const *argv;
    const char *const *environment; // NULL-ended "NAME=value" beside ours, or NULL
    const char *address;
    int port; // started means: this accepts connections
};

// A running service of that name is left as it is.
bool service_start(const char *directory, const struct service_call *call,
                   struct fault *fault) FAULT_CHECKED;
bool service_is_alive(const char *directory, const char *name);
void service_signal(const char *directory, const char *name, int signal);
void service_end(const char *directory, const char *name);
// Ends all that have a pid file.
void service_sweep(const char *directory);
