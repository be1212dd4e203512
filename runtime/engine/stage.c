// SPDX-License-Identifier: MIT
#include "engine/stage.h"

#include <string.h>

#include "engine/resolve.h"

// Whether it becomes something that is not declared: a deferred stage may declare that.
static bool waits_to_move(const struct resource_set *wanted, const struct record *record)
{
    for (size_t i = 0; i < wanted->move_count; i++)
        if (strcmp(wanted->moves[i].from, record->address) == 0 &&
            resource_find(wanted, wanted->moves[i].to) == NULL)
            return true;
    return false;
}

const struct resource_deferral *stage_of_record(const struct planner *planner,
                                                const struct record *record)
{
    const struct resource_set *wanted = planner->wanted;
    for (size_t i = 0; i < wanted->deferral_count; i++)
        if (record != NULL && record->stage != NULL &&
            resource_stage_covers(wanted->deferrals[i].stage, record->stage))
            return &wanted->deferrals[i];
    if (record != NULL && wanted->deferral_count > 0 && waits_to_move(wanted, record))
        return &wanted->deferrals[0];
    return NULL;
}

const struct resource_deferral *stage_of(const struct planner *planner,
                                         const struct draft *draft)
{
    if (draft->change->resource != NULL)
        return NULL;
    return stage_of_record(planner, draft->change->record);
}

const struct resource_deferral *stage_before(const struct planner *planner,
                                             const struct resource *check)
{
    const struct resource_set *wanted = planner->wanted;
    for (size_t i = 0; i < wanted->deferral_count; i++)
        if (wanted->deferrals[i].order <= check->order)
            return &wanted->deferrals[i];
    return NULL;
}

bool stage_keeps_step(const struct planner *planner, const struct record_step *step)
{
    const struct record *record = state_find(&planner->rows, step->address);
    if (record == NULL)
        return planner->wanted->deferral_count > 0;
    return stage_of_record(planner, record) != NULL;
}

bool stage_keeps_handler(const struct planner *planner,
                         const struct record_handler *handler)
{
    return stage_of_record(planner, state_find(&planner->rows, handler->host)) != NULL;
}

// What the plan shows in place of what was told; NULL while that holds. Nothing at all is
// no better answer: some things are told only when they are made.
static bool find_moved(const struct planner *planner,
                       const struct resource_answer *answer, const struct value **now,
                       struct fault *fault)
{
    const struct draft *draft =
        planner_find(planner, answer->reference->reference.address);
    const struct value *found = NULL;
    *now = NULL;
    if (draft == NULL || !draft->decided || draft->state == OBSERVE_FAILED)
        return true;
    if (!resolve_value(planner, answer->reference, &found, fault))
        return fault_while(fault, "comparing what a stage was told");
    if (!value_is_null(found) && !value_equal(found, answer->told))
        *now = found;
    return true;
}

bool stage_judge(const struct planner *planner, struct fault *fault)
{
    const struct resource_set *wanted = planner->wanted;
    const struct engine_options *options = planner->options;
    const struct value *first = NULL;
    for (size_t i = 0; options->moved != NULL && i < wanted->answer_count; i++) {
        const struct resource_answer *answer = &wanted->answers[i];
        const struct value *now;
        if (!find_moved(planner, answer, &now, fault))
            return false;
        if (now == NULL)
            continue;
        options->moved(options->moved_context, answer->reference, now);
        first = first != NULL ? first : answer->reference;
    }
    if (first == NULL)
        return true;
    fault_set(fault, FAULT_STALE, "%s.%s is not what a stage was told",
              first->reference.address, first->reference.path);
    return fault_next(fault, "evaluate the playbook again, with what the plan found");
}
