// SPDX-License-Identifier: MIT
//
// Plan, ask, apply: the common way of `run`, `destroy` and `apply`.
#pragma once

#include "command/workbench.h"

// `wanted` is what must be typed to go on. The fault tells what went wrong; the plan was
// shown before.
bool carry_out(struct workbench *bench, const struct engine_options *asked,
               const char *question, const char *wanted,
               struct fault *fault) FAULT_CHECKED;

// What protection keeps of a destroy is said by the exit code too: a script that believes
// all is gone would go on paying for it. False: something is kept.
bool carry_out_all(const struct plan *plan, struct fault *fault) FAULT_CHECKED;

// What was approved before, so that nobody is asked.
struct carry_out_approval {
    const char *plan; // the id of the saved plan
    bool resumes;
    // Whether there is something in the plan that the approval has left for later: then
    // it is made again with what `asked` says by now.
    bool (*narrow)(void *context, const struct plan *plan, struct engine_options *asked);
    // Whether what would be done now is what was approved. `plan` NULL: it could not be
    // made, for this fault, which stays unless there is a better one.
    bool (*judge)(void *context, const struct plan *plan, struct fault *fault);
    void *context;
};

bool carry_out_approved(struct workbench *bench, struct engine_options *asked,
                        const struct carry_out_approval *approval,
                        struct fault *fault) FAULT_CHECKED;
