// SPDX-License-Identifier: MIT
#include "engine/apply_handler.h"

#include <string.h>

static struct apply_owed *find_owed(const struct apply *apply, const char *host,
                                    const char *name)
{
    for (size_t i = 0; i < apply->owed.count; i++) {
        struct apply_owed *owed = apply->owed.items[i];
        if (strcmp(owed->host, host) == 0 && strcmp(owed->name, name) == 0)
            return owed;
    }
    return NULL;
}

static struct apply_owed *add_owed(struct apply *apply, const char *host,
                                   const char *name)
{
    struct apply_owed *owed = find_owed(apply, host, name);
    if (owed != NULL)
        return owed;
    owed = arena_alloc(apply->arena, sizeof *owed);
    owed->host = host;
    owed->name = name;
    array_add(&apply->owed, owed);
    return owed;
}

void apply_handler_load(struct apply *apply)
{
    const struct journal_open *open = &apply->planner->open;
    for (size_t i = 0; i < open->handler_count; i++) {
        const struct record_handler *handler = &open->handlers[i];
        const struct draft *host = planner_find(apply->planner, handler->host);
        if (host == NULL || host->goes_with != NULL)
            continue;
        struct apply_owed *owed = add_owed(apply, handler->host, handler->name);
        owed->script = handler->script;
        owed->pending = owed->changed = true;
    }
}

void apply_handler_owe(struct apply *apply, struct transaction *transaction,
                       const struct change *change)
{
    const struct preview *preview = change->preview;
    for (size_t i = 0; change->host != NULL && i < preview->handler_count; i++) {
        struct apply_owed *owed = add_owed(apply, change->host, preview->handlers[i]);
        struct record_handler record = {
            .host = change->host,
            .name = preview->handlers[i],
            .cause = change->address,
            .script = preview->handler_scripts[i],
            .run = apply->run,
        };
        owed->script = record.script;
        owed->pending = true;
        owed->after_removals |= change->action == CHANGE_DELETE;
        if (owed->ran)
            owed->ran = owed->changed = false;
        journal_owe(transaction, &record);
    }
}

void apply_handler_note(struct apply *apply, const struct change *change,
                        const struct step *step)
{
    const struct preview *preview = change->preview;
    for (size_t i = 0; change->host != NULL && i < preview->handler_count; i++) {
        struct apply_owed *owed = find_owed(apply, change->host, preview->handlers[i]);
        if (owed == NULL || owed->ran)
            continue;
        if (step->outcome == STEP_DONE)
            owed->changed = owed->changed || step->changed;
        else if (step->outcome != STEP_SKIPPED)
            owed->failing = true;
    }
}

static bool may_owe(const struct change *change, const struct apply_owed *owed)
{
    if (!plan_does(change) || change->preview == NULL)
        return false;
    for (size_t i = 0; i < change->preview->handler_count; i++)
        if (strcmp(change->preview->handlers[i], owed->name) == 0)
            return true;
    return false;
}

static bool is_awaited(const struct node *node, const struct apply_owed *owed)
{
    const struct draft *draft = node->draft;
    bool goes = draft->change->action == CHANGE_DELETE && draft->change->host != NULL;
    return may_owe(draft->change, owed) || (owed->after_removals && goes);
}

// Whether it is to be run now: something owes it, and nothing later on the host may.
static bool is_due(const struct apply_lane *lane, const struct apply_batch *batch,
                   const struct apply_owed *owed)
{
    bool wanted = owed->changed;
    for (size_t i = lane->first; i < lane->nodes.count; i++) {
        const struct node *node = lane->nodes.items[i];
        bool open = node->state == NODE_WAITING || node->state == NODE_RUNNING;
        if (!open || !is_awaited(node, owed))
            continue;
        if (batch == NULL || node->batch != batch)
            return false;
        wanted = wanted || may_owe(node->draft->change, owed);
    }
    return wanted;
}

size_t apply_handler_due(const struct apply *apply, const struct apply_lane *lane,
                         const struct apply_batch *batch, struct apply_owed **due)
{
    size_t count = 0;
    for (size_t i = 0; i < apply->owed.count; i++) {
        struct apply_owed *owed = apply->owed.items[i];
        bool here = strcmp(owed->host, lane->host->change->address) == 0;
        if (here && !owed->ran && !owed->failed && is_due(lane, batch, owed))
            due[count++] = owed;
    }
    return count;
}

bool apply_handler_is_behind(const struct apply *apply, const char *host)
{
    for (size_t i = 0; i < apply->owed.count; i++) {
        const struct apply_owed *owed = apply->owed.items[i];
        if (strcmp(owed->host, host) == 0 && owed->changed && !owed->ran && !owed->failed)
            return true;
    }
    return false;
}

void apply_handler_clear(struct apply *apply, struct transaction *transaction)
{
    for (size_t i = 0; i < apply->owed.count; i++) {
        const struct apply_owed *owed = apply->owed.items[i];
        bool needless = owed->pending && !owed->changed && !owed->failing && !owed->ran;
        if (needless)
            journal_clear(transaction, owed->host, owed->name);
    }
}
