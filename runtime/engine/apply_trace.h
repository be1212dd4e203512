// SPDX-License-Identifier: MIT
//
// What a run leaves behind for those who look back: history, undo, explain.
#pragma once

#include "engine/apply.h"

// Fills what the step's record tells of before, of its fields and of its price.
void apply_trace_step(struct apply *apply, struct step *step);

// How handlers and checks ended, as entries of the run's summary: at most two of them.
size_t apply_trace_end(struct apply *apply, struct value_entry *entries);
