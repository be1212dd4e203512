// SPDX-License-Identifier: MIT
//
// Limits that block: protection of what must not be lost, budgets, and the playbook's
// other guards (policy.h). --override lifts these, never protection.
#pragma once

#include "engine/planner.h"

// On destroy: notes in planner->kept what protection keeps, with all that it needs.
void guard_keep(struct planner *planner);

// FAULT_BLOCKED when the plan removes something protected, or costs more than a budget.
bool guard_judge(struct planner *planner, struct fault *fault) FAULT_CHECKED;
