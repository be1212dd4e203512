// SPDX-License-Identifier: MIT
//
// A plan that was saved to be approved: made by `pipster plan --out`, and held beside the
// project as it is when `pipster apply` is asked to carry it out.
#pragma once

#include "command/workbench.h"
#include "engine/planfile.h"

// How old a plan may become: plan_max_age of pipster.lua, else a day.
bool saved_plan_max_age(const struct project *project, int64_t *ms,
                        struct fault *fault) FAULT_CHECKED;

// Saves what was planned; *file comes with the losses of an undo, or empty.
// FAULT_BLOCKED plans are not saved: nobody can carry them out.
bool saved_plan_write(struct workbench *bench, const struct engine_options *asked,
                      const struct plan *plan, const char *path, struct planfile *file,
                      struct fault *fault) FAULT_CHECKED;

// The binding of what was evaluated: code and inputs, with digests made as those of
// `like`.
void saved_plan_describe(struct workbench *bench, const struct planfile *like,
                         struct planfile *file);
// The key that its digests were made with, or NULL.
const struct vault *saved_plan_key(const struct workbench *bench,
                                   const struct planfile *file);
