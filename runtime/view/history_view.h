// SPDX-License-Identifier: MIT
//
// Runs and their steps, as people and as machines read them.
#pragma once

#include <stdio.h>

#include "value/record.h"
#include "view/terminal.h"

// One line a run, in the order given. A run that is "open" is told as it is given:
// whoever asks says whether its process still lives.
void history_view_runs(const struct terminal *terminal, const struct record_run *runs,
                       size_t count);

// One run: how it was asked for and ended, its steps, its handlers and checks. `owed` are
// the handlers of it that have not run yet.
struct history_run {
    const struct record_run *run;
    const struct record_step *steps;
    size_t step_count;
    const struct record_handler *owed;
    size_t owed_count;
    struct record_measurements measured;
};
void history_view_run(const struct terminal *terminal, const struct history_run *whole);

// "run"; "run", "step" a step, "owed_handler" a handler, "measurement" a figure.
void history_view_json_runs(FILE *stream, const struct record_run *runs, size_t count);
void history_view_json_run(FILE *stream, const struct history_run *whole);
