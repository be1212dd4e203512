// SPDX-License-Identifier: MIT
//
// A run in rounds: plan, ask, apply; then evaluate again with what is known now, until no
// stage is deferred.
#pragma once

#include "command/workbench.h"

bool rounds_run(struct workbench *bench, const struct engine_options *asked,
                struct fault *fault) FAULT_CHECKED;
