// SPDX-License-Identifier: MIT
//
// Plan, ask, apply: the common way of `run` and `destroy`.
#pragma once

#include "command/workbench.h"

// `wanted` is what must be typed to go on. The fault tells what went wrong; the plan was
// shown before.
bool carry_out(struct workbench *bench, const struct engine_options *asked,
               const char *question, const char *wanted,
               struct fault *fault) FAULT_CHECKED;
