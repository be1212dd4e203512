// SPDX-License-Identifier: MIT
//
// A plan of what a playbook says, made so that every answer a stage was given still holds
// in it.
#pragma once

#include "command/workbench.h"
#include "engine/undo.h"

// Evaluates the playbook that the options name, and plans it; an undo and a destroy are
// planned from bench->wanted as it is. Where the plan takes back
// what a stage was told, both are done again with what the plan found. As engine_plan.
bool planning_make(struct workbench *bench, const struct engine_options *asked,
                   struct plan **plan, struct fault *fault) FAULT_CHECKED;

void planning_print(struct workbench *bench, const struct plan *plan);

// Plans, prints, and saves it where --out says. *code is what the process ends with:
// --detailed-exitcode gives 2 when there is something to do. `undo` may be NULL.
bool planning_show(struct workbench *bench, const struct engine_options *asked,
                   const struct undo *undo, int *code, struct fault *fault) FAULT_CHECKED;
