// SPDX-License-Identifier: MIT
//
// What the journal says of a run that is to be undone, and of those that came after it.
#pragma once

#include "base/map.h"
#include "store/journal.h"
#include "store/state.h"

struct undo_history {
    const struct record_run *run;
    const struct record_step **steps; // of it, those that may have changed something
    size_t step_count;
    const struct record_run *runs; // newest first
    size_t run_count;
    bool *undone;                  // in step with runs: undone later, or what undid it
    struct map first, last, later; // address → step; of later runs the newest that counts
    struct map since;              // address → step of any later run, undone or not
};

// FAULT_USAGE when there is no such run. undo_history_clear is called in any case; what
// the journal said lives in the arena.
bool undo_history_load(struct arena *arena, struct database *database, int64_t run,
                       struct undo_history *history, struct fault *fault) FAULT_CHECKED;
void undo_history_clear(struct undo_history *history);

// Whether the run can be undone: the journal remembers what was before, no later run that
// still counts touched the same things, and state still knows them by their addresses.
bool undo_history_judge(const struct undo_history *history, const struct state_rows *rows,
                        struct fault *fault) FAULT_CHECKED;

// The first and the last step of the run with this address, or NULL.
const struct record_step *undo_history_first(const struct undo_history *history,
                                             const char *address);
const struct record_step *undo_history_last(const struct undo_history *history,
                                            const char *address);
// The newest later run that touched it and still counts; 0: none.
int64_t undo_history_later(const struct undo_history *history, const char *address);
