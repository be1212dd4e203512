// SPDX-License-Identifier: MIT
//
// A local process: argument vector (no shell), environment, working directory, stdin from
// bytes, both outputs read, a time limit, an exit status.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "net/loop.h"

struct process_call {
    const char *const *argv;        // NULL-ended
    const char *const *environment; // NULL-ended "NAME=value", or NULL: ours
    const char *directory;          // or NULL
    const char *input;
    size_t input_length;
    int64_t timeout_ms; // 0: 10 minutes; then SIGKILL to its group
};

struct process_result {
    int status;
    int signal;
    const char *output;
    size_t length;
    const char *errors;
    size_t errors_length;
};

typedef void (*process_done_fn)(void *context, const struct process_result *result,
                                const struct fault *fault);
void process_start(struct loop *loop, const struct process_call *call,
                   process_done_fn done, void *context);
// The same, waiting; the result's text is in the arena.
struct arena;
bool process_run(const struct process_call *call, struct arena *arena,
                 struct process_result *result, struct fault *fault) FAULT_CHECKED;
