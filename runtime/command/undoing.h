// SPDX-License-Identifier: MIT
//
// What `undo RUN` and `apply` of its saved plan have in common.
#pragma once

#include "command/workbench.h"
#include "engine/undo.h"

// As undo_prepare; *asked then chooses what that run touched, where anything is left to
// undo. A run that has no inverse is a fault.
bool undoing_prepare(struct workbench *bench, int64_t run, struct engine_options *asked,
                     struct undo *undo, struct fault *fault) FAULT_CHECKED;
// After it was carried out: says who would bring it back, and what the tip says. Where
// nothing was left to be done, a run that was cut off at its end did it.
bool undoing_end(struct workbench *bench, const struct undo *undo,
                 struct fault *fault) FAULT_CHECKED;
