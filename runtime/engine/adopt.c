// SPDX-License-Identifier: MIT
#include "engine/adopt.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "engine/apply_record.h"

static int compare_rows(const void *left, const void *right)
{
    return strcmp(((const struct record *) left)->address,
                  ((const struct record *) right)->address);
}

struct state_rows adopt_rows(struct arena *arena, const struct state_rows *rows,
                             const struct state_rows *assumed)
{
    size_t count = 0;
    struct record *records =
        arena_alloc(arena, (rows->count + assumed->count + 1) * sizeof *records);
    for (size_t i = 0; i < rows->count; i++)
        records[count++] = rows->rows[i];
    for (size_t i = 0; i < assumed->count; i++)
        if (state_find(rows, assumed->rows[i].address) == NULL)
            records[count++] = assumed->rows[i];
    if (count > 1)
        qsort(records, count, sizeof *records, compare_rows);
    return (struct state_rows){records, count};
}

// What no label tells of: a record in a zone that is as it is declared was made so.
static bool is_as_declared(const struct draft *draft)
{
    return draft->change->host == NULL && draft->change->resource != NULL &&
           draft->change->action == CHANGE_NONE && !draft->schema->is_host;
}

static void record_undeclared(struct apply *apply, struct transaction *transaction,
                              const struct draft *draft)
{
    const struct change *change = draft->change;
    const struct draft *host = planner_host(apply->planner, draft);
    const struct record record = {
        .address = change->address,
        .type = change->type,
        .host = change->host,
        .playbook = ADOPT_PLAYBOOK,
        .incarnation = host != NULL ? planner_incarnation(apply->planner, host) : NULL,
        .created_by_us = true,
        .protect = draft->schema->protect,
        .attributes = change->found,
        .changed_at_ms = clock_now_ms(),
    };
    state_put(transaction, apply->engine->vault, &record);
}

static bool is_there(const struct draft *draft, bool everything)
{
    const struct schema *schema = draft->schema;
    if (schema == NULL || schema->is_check || (schema->is_core && !everything))
        return false;
    if (schema->is_cost)
        return everything && draft->change->resource != NULL;
    return draft->state == OBSERVE_PRESENT && draft->change->found != NULL;
}

size_t adopt_record(struct engine *engine, struct plan *plan, bool everything,
                    struct transaction *transaction)
{
    struct planner *planner = plan->planner;
    struct apply apply = {
        .engine = engine, .plan = plan, .planner = planner, .arena = &plan->arena};
    size_t count = 0;
    for (size_t i = 0; i < plan->change_count; i++) {
        struct draft *draft = planner->in_order[i];
        const struct change *change = draft->change;
        const struct record *assumed =
            state_find(&planner->options->assumed, change->address);
        if (!is_there(draft, everything) || (assumed == NULL && !everything))
            continue;
        bool ours = assumed != NULL && assumed->created_by_us;
        draft->ours = draft->ours || ours || is_as_declared(draft);
        if (change->resource != NULL)
            apply_record_row(&apply, transaction, draft,
                             draft->schema->is_cost ? change->wanted : change->found);
        else
            record_undeclared(&apply, transaction, draft);
        count++;
    }
    return count;
}
