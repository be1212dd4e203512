// SPDX-License-Identifier: MIT
//
// The lab's daemon: the Hetzner stand-in (stdlib/lab/hetzner.lua) on a port of loopback,
// the driver of its hosts and the services beside them, in one process with one loop.
#pragma once

#include "command/project.h"
#include "lab/lab.h"

struct lab_daemon_options {
    const char *directory;
    enum driver_kind driver;
    const char *stock; // "all" or "catalogue"
    int port;          // 0: a free one
};

bool lab_daemon_options(struct lab_daemon_options *wanted, const struct project *project,
                        const struct options *options, struct arena *arena,
                        struct fault *fault) FAULT_CHECKED;

// The root file system, keys and images, where they are not cached yet.
bool lab_daemon_prepare(const struct lab_daemon_options *wanted, lab_line_fn line,
                        void *context, struct fault *fault) FAULT_CHECKED;

// Starts it and waits until it serves.
bool lab_daemon_start(const struct lab_daemon_options *wanted, struct fault *fault)
    FAULT_CHECKED;

// In the daemon: serves until SIGTERM, then takes everything down.
bool lab_daemon_serve(const struct project *project, const struct options *options,
                      struct arena *arena, struct fault *fault) FAULT_CHECKED;

bool lab_daemon_is_running(const char *directory);
// Ends it, waits for that, and sweeps what it may have left.
bool lab_daemon_stop(const char *directory, struct fault *fault) FAULT_CHECKED;
bool lab_daemon_print_status(const char *directory, bool json, struct fault *fault)
    FAULT_CHECKED;
