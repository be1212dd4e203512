// SPDX-License-Identifier: MIT
//
// The guards that hold for a plan that no playbook makes: those of the playbook last
// applied, as it reads by now.
#pragma once

#include "command/workbench.h"

// Takes `wanted` with the budgets and guards of the tip, and the budget of pipster.lua.
// A tip that cannot be evaluated is a fault; with the reason of an override, or NULL, it
// is a warning.
bool standing_guards_take(struct workbench *bench, const struct resource_set *wanted,
                          const char *override, struct fault *fault) FAULT_CHECKED;
