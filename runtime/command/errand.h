// SPDX-License-Identifier: MIT
//
// A question of a command's to the stdlib, waited for.
#pragma once

#include "command/workbench.h"

// module.function(argument), as a task on the loop. *answer lives in the bench's arena;
// NULL for nil.
bool errand_run(struct workbench *bench, const char *module, const char *function,
                const struct value *argument, const struct value **answer,
                struct fault *fault) FAULT_CHECKED;
