// SPDX-License-Identifier: MIT
//
// Whether a saved plan may still be carried out. Each fault is FAULT_STALE and says what
// is another than when it was made.
#pragma once

#include "command/saved_plan.h"

// Project, seal, use, age and state. With `resumes`: it was carried out in part, and
// nothing else ran since; *begun gets the addresses that its runs had begun.
bool saved_plan_check_state(struct workbench *bench, const struct planfile *file,
                            bool resumes, struct map *begun,
                            struct fault *fault) FAULT_CHECKED;

// The code and the inputs that were evaluated. `planned` false: something failed, with
// this fault, which stays unless the code or an input explains it.
bool saved_plan_check_code(struct workbench *bench, const struct planfile *file,
                           bool planned, struct fault *fault) FAULT_CHECKED;

// What would be done now.
bool saved_plan_check_changes(struct workbench *bench, const struct planfile *file,
                              const struct plan *plan, const struct map *begun,
                              struct fault *fault) FAULT_CHECKED;
