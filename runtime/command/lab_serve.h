// SPDX-License-Identifier: MIT
//
// Inside the daemon: one loop for the stand-in, the hosts and the services.
#pragma once

#include "command/lab_daemon.h"

// Says "ready" on the descriptor once everything serves, and closes it; ends with SIGTERM
// or SIGINT and takes everything down.
bool lab_serve(const struct lab_daemon_options *wanted,
               const struct lab_settings *settings, struct arena *arena, int ready,
               struct fault *fault) FAULT_CHECKED;
