// SPDX-License-Identifier: MIT
//
// What rules say beside a plan and after a run. A plan tells what is to be decided and
// stores nothing; a run stores what every rule said.
#pragma once

#include "command/workbench.h"

// Below the plan: one line for each rule that proposes something.
void rule_notes_print(struct workbench *bench, const struct plan *plan);
bool rule_notes_store(struct workbench *bench, const struct plan *plan,
                      struct fault *fault) FAULT_CHECKED;
