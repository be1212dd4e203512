// SPDX-License-Identifier: MIT
#include "engine/settle.h"

#include <string.h>

static bool is_action(const struct record_step *step, const char *action)
{
    return strcmp(step->action, action) == 0;
}

static const char *outcome_of(const struct draft *draft, const struct record_step *step)
{
    const struct change *change = draft->change;
    if (draft->goes_with != NULL)
        return "its machine is gone";
    if (draft->state == OBSERVE_UNKNOWN)
        return "not known before apply";
    if (draft->fault != NULL || !draft->observed) // taken as it was last seen
        return "not known, it cannot be read";
    bool there = draft->state == OBSERVE_PRESENT;
    // It was to give up its name.
    if (change->resource == NULL && is_action(step, "update"))
        return change->called == NULL ? "it happened" : "it did not happen";
    if (is_action(step, "create"))
        return there ? "it happened" : "it did not happen";
    if (is_action(step, "delete"))
        return there ? "it did not happen" : "it happened";
    if (change->action == CHANGE_NONE)
        return "it happened";
    return there ? "it is not done" : "it is gone";
}

void settle_tell(struct planner *planner)
{
    struct plan *plan = planner->plan;
    size_t count = planner->open.step_count;
    plan->settled = arena_alloc(planner->arena, (count + 1) * sizeof *plan->settled);
    for (size_t i = 0; i < count; i++) {
        const struct record_step *step = &planner->open.steps[i];
        const struct draft *draft = planner_find(planner, step->address);
        plan->settled[plan->settled_count++] =
            arena_format(planner->arena, "%s %s of run %lld: %s", step->action,
                         step->address, (long long) step->run, outcome_of(draft, step));
    }
}
