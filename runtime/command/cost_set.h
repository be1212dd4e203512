// SPDX-License-Identifier: MIT
//
// `pipster cost set ADDRESS "4.15 €"`: what is really paid for a thing.
#pragma once

#include "command/workbench.h"

// Whether the words behind the verb ask for that.
bool cost_set_is_asked(const struct options *options);
bool cost_set(struct workbench *bench, struct fault *fault) FAULT_CHECKED;
