// SPDX-License-Identifier: MIT
//
// `pipster status`: one screen of what is known without asking the network. Each part
// says its rows by itself: a new part is a function in a file of its own and a line in
// `status_parts` (status.c).
#pragma once

#include "base/array.h"
#include "command/project.h"
#include "store/journal.h"
#include "store/measurement.h"
#include "store/state.h"

enum status_tone {
    STATUS_FINE,
    STATUS_PLAIN,
    STATUS_WARN, // somebody is to look at it
    STATUS_BAD,
};

// One line of the screen; with --json one line of type "status".
struct status_row {
    const char *part; // "checks"
    enum status_tone tone;
    const char *text;         // as people read it
    const struct value *data; // a map of the same for machines, or NULL
};

// What all parts look at; everything lives in the arena.
struct status {
    struct arena *arena;
    const struct options *options;
    const struct project *project;
    struct database *database; // NULL: nothing was stored yet
    struct state_rows recorded;
    const struct record_run *runs; // newest first; an open one is "running" or "killed"
    size_t run_count;
    struct journal_open open;
    int64_t now_ms;
    struct array rows; // struct status_row
};

void status_say(struct status *status, const char *part, enum status_tone tone,
                const struct value *data, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

// Reads what there is and lets every part say its rows. status_clear() frees the list.
bool status_read(struct status *status, struct fault *fault) FAULT_CHECKED;
void status_clear(struct status *status);

// status_things.c
bool status_things_project(struct status *status, struct fault *fault) FAULT_CHECKED;
bool status_things_phases(struct status *status, struct fault *fault) FAULT_CHECKED;
bool status_things_hosts(struct status *status, struct fault *fault) FAULT_CHECKED;
bool status_things_secrets(struct status *status, struct fault *fault) FAULT_CHECKED;
// status_runs.c
bool status_runs_cost(struct status *status, struct fault *fault) FAULT_CHECKED;
bool status_runs_last_run(struct status *status, struct fault *fault) FAULT_CHECKED;
bool status_runs_open(struct status *status, struct fault *fault) FAULT_CHECKED;
bool status_runs_checks(struct status *status, struct fault *fault) FAULT_CHECKED;
// status_prices.c
bool status_prices(struct status *status, struct fault *fault) FAULT_CHECKED;
// status_review.c
bool status_review(struct status *status, struct fault *fault) FAULT_CHECKED;
// status_revenue.c
bool status_revenue(struct status *status, struct fault *fault) FAULT_CHECKED;
// status_backups.c
bool status_backups(struct status *status, struct fault *fault) FAULT_CHECKED;
