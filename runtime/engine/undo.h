// SPDX-License-Identifier: MIT
//
// The inverse of a run, as the input of a plan: what is declared now, as state remembers
// it, with what that run did turned back. What it made is declared no more, what it
// changed or removed is declared as it was before. The plan then does what is left to do.
#pragma once

#include "engine/recall.h"

struct undo_loss {
    const char *address;
    const char *what; // "its former value: a new one is made"
};

struct undo {
    struct record_run run;    // that is undone
    struct recall recall;     // its set is what is to be planned
    const char **addresses;   // what the run touched and what there is to be done about
    size_t address_count;     // 0: nothing of it is left to undo
    struct undo_loss *losses; // what cannot be undone
    size_t loss_count;
};

// Reads state and journal. FAULT_USAGE when there is no such run; FAULT_BLOCKED when a
// later run touched the same things and is not undone itself, when it was undone already,
// or when something else needs what it made: the fault names that run. *undo lives in the
// arena.
bool undo_prepare(struct arena *arena, const struct engine *engine, int64_t run,
                  struct undo *undo, struct fault *fault) FAULT_CHECKED;
