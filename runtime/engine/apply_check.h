// SPDX-License-Identifier: MIT
//
// What checks tell beside passing and failing: measurements, which are kept, and
// warnings.
#pragma once

#include "engine/apply.h"

// Counts a check that passed.
void apply_check_count(struct apply *apply, const struct node *node);

// Whether a run that changed nothing is to be remembered nevertheless: a check failed,
// warned or measured, or did so the last time, so that the newest run says how it is now.
bool apply_check_is_telling(const struct apply *apply, bool *telling,
                            struct fault *fault) FAULT_CHECKED;

// With the end of the run.
void apply_check_record(struct apply *apply, struct transaction *transaction);
