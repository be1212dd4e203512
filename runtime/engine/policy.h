// SPDX-License-Identifier: MIT
//
// The guards of a playbook beside its budgets: forbidden types, required labels,
// forbidden downtime, rules of its own.
#pragma once

#include "engine/planner.h"

// FAULT_BLOCKED when the guard forbids the plan, naming guard, change and what next.
bool policy_judge(struct planner *planner, const struct resource_guard *guard,
                  struct fault *fault) FAULT_CHECKED;
