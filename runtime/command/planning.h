// SPDX-License-Identifier: MIT
//
// A plan of what a playbook says, made so that every answer a stage was given still holds
// in it.
#pragma once

#include "command/workbench.h"

// Evaluates the playbook that the options name, and plans it. Where the plan takes back
// what a stage was told, both are done again with what the plan found. As engine_plan.
bool planning_make(struct workbench *bench, const struct engine_options *asked,
                   struct plan **plan, struct fault *fault) FAULT_CHECKED;
