// SPDX-License-Identifier: MIT
//
// Processes that outlive the call that started them, each known by a file that holds its
// pid and start time, so that a pid used again is never signalled.
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/fault.h"

struct spawn_call {
    const char *const *argv;
    const char *const *environment; // or NULL: ours
    const char *log;                // both outputs are appended to it
    const char *directory;          // or NULL
    int descriptor;                 // becomes descriptor 3, or -1
};

// In a session of its own, with default signals.
bool spawn_start(const struct spawn_call *call, pid_t *pid,
                 struct fault *fault) FAULT_CHECKED;

bool spawn_record(const char *path, pid_t pid, struct fault *fault) FAULT_CHECKED;
// The recorded process while it lives, else 0.
pid_t spawn_find(const char *path);

// True when `pid` has ended (it is reaped when it is our child).
bool spawn_wait(pid_t pid, int timeout_ms, int *status);

// Ends the recorded process: `signal` first, SIGKILL to its session's group after two
// seconds. The file goes too.
void spawn_end(const char *path, int signal);
