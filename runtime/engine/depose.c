// SPDX-License-Identifier: MIT
#include "engine/depose.h"

#include <stdlib.h>
#include <string.h>

// The name of what is called "app.old" or "app.old2", or NULL.
static const char *heir_address(struct arena *arena, const char *address)
{
    const char *point = strrchr(address, '.');
    if (point == NULL || strchr(address, '/') > point || strchr(address, ':') != NULL ||
        strncmp(point, ".old", 4) != 0 ||
        strspn(point + 4, "0123456789") != strlen(point + 4))
        return NULL;
    return arena_copy(arena, address, (size_t) (point - address));
}

static const char *free_address(const struct planner *planner, const char *address)
{
    const char *old = arena_format(planner->arena, "%s.old", address);
    for (int i = 2; planner_find(planner, old) != NULL; i++)
        old = arena_format(planner->arena, "%s.old%d", address, i);
    return old;
}

static const char *name_of(const char *address)
{
    return strchr(address, '/') + 1;
}

// The old one as it will be recorded: replacing it was allowed, so that is its end too.
static const struct record *renamed_record(struct planner *planner,
                                           const struct draft *heir, const char *address)
{
    const struct record *record = heir->change->record;
    struct record *renamed = arena_alloc(planner->arena, sizeof *renamed);
    if (record != NULL)
        *renamed = *record;
    renamed->address = address;
    renamed->type = heir->change->type;
    renamed->protect = false;
    renamed->created_by_us = true;
    renamed->attributes = heir->change->found;
    renamed->wanted =
        record != NULL ? record->wanted : value_map(planner->arena, NULL, 0);
    if (record == NULL)
        renamed->playbook = heir->change->resource->playbook;
    return renamed;
}

static struct change *renaming_of(struct planner *planner, const struct draft *old,
                                  const char *called)
{
    struct change *change = arena_alloc(planner->arena, sizeof *change);
    *change = *old->change;
    change->action = CHANGE_UPDATE;
    change->wanted = change->found;
    change->reason = arena_format(planner->arena, "%s is to have its name", called);
    change->fields = arena_alloc(planner->arena, sizeof *change->fields);
    change->fields[0] = (struct change_field){
        .name = "called",
        .before = value_text(planner->arena, name_of(called)),
        .after = value_text(planner->arena, change->name),
    };
    change->field_count = 1;
    return change;
}

static bool ask_preview(struct planner *planner, struct draft *old, struct fault *fault)
{
    const struct provider *provider = planner->engine->provider;
    struct preview *preview = arena_alloc(planner->arena, sizeof *preview);
    old->change->preview = preview;
    if (!provider->preview(provider->context, planner->arena, old->change, preview,
                           fault))
        return fault_while(fault, "planning %s", old->change->address);
    // These are told of its heir, as of one replacement.
    preview->price_before_count = 0;
    preview->downtime = preview->data_at_risk = NULL;
    return true;
}

// A draft for what is there now.
static bool add_old(struct planner *planner, struct draft *heir, struct fault *fault)
{
    const char *address = free_address(planner, heir->change->address);
    struct draft *old = planner_add(planner, address);
    struct change *change = old->change;
    old->schema = heir->schema;
    old->observed = old->decided = old->ours = true;
    old->state = OBSERVE_PRESENT;
    change->type = heir->change->type;
    change->name = name_of(address);
    change->found = heir->change->found;
    change->record = renamed_record(planner, heir, address);
    change->action = CHANGE_DELETE;
    change->where = heir->change->where;
    heir->old = old;
    old->renaming = renaming_of(planner, old, heir->change->address);
    return ask_preview(planner, old, fault);
}

// One that an earlier run left may still have the name.
static void take_up(struct planner *planner, struct draft *old, struct draft *heir)
{
    if (old->change->called == NULL || heir->change->action != CHANGE_CREATE)
        return;
    heir->old = old;
    old->renaming = renaming_of(planner, old, heir->change->address);
}

// What comes after the heir, whatever the reason: one pass, since those edges lie in the
// order of what they lead to. Its checks too: an unhealthy new one keeps the old one.
static bool *find_followers(const struct planner *planner, size_t edge_count,
                            const struct draft *heir)
{
    const struct graph *graph = &planner->graph;
    bool *follows = calloc(planner->draft_count + 1, sizeof *follows);
    if (follows == NULL)
        abort();
    follows[heir->node] = true;
    for (size_t i = 0; i < edge_count; i++)
        if (follows[graph->edges[i].from])
            follows[graph->edges[i].to] = true;
    return follows;
}

static bool was_needed(const struct record *record, const char *address)
{
    for (size_t i = 0; record != NULL && i < record->need_count; i++)
        if (strcmp(record->needs[i], address) == 0)
            return true;
    return false;
}

static void keep_for(struct planner *planner, struct change *old, const char *address)
{
    if (old->action != CHANGE_DELETE)
        return;
    old->action = CHANGE_NONE;
    old->skipped_action = CHANGE_DELETE;
    old->reason = old->skipped =
        arena_format(planner->arena, "%s, which is left out, still uses it", address);
}

// The old one waits for all that follows its heir.
static void wait_for_followers(struct planner *planner, size_t edge_count,
                               struct draft *old)
{
    struct graph *graph = &planner->graph;
    const struct draft *heir = old->heir;
    bool *follows = find_followers(planner, edge_count, heir);
    for (size_t i = 0; i < planner->draft_count; i++) {
        const struct draft *draft = &planner->drafts[i];
        const struct change *change = draft->change;
        bool removed = change->resource == NULL;
        if (draft->heir != NULL)
            continue;
        if (follows[i] && !removed) {
            graph_add_edge(graph, i, old->node, GRAPH_NEED);
            if (change->skipped != NULL && change->skipped_action != CHANGE_CHECK)
                keep_for(planner, old->change, change->address);
        } else if (removed && was_needed(change->record, heir->change->address)) {
            graph_add_edge(graph, i, old->node, GRAPH_SOFT);
        }
    }
    free(follows);
}

static bool refuse(const struct change *change, struct fault *fault)
{
    fault_set(fault, FAULT_ERROR, "%s cannot be created before the old one is gone",
              change->address);
    fault_where(fault, "%s", change->where != NULL ? change->where : change->address);
    fault_why(fault, "%s", change->preview->alone_because);
    return fault_next(fault, "take create_before_destroy out for this change");
}

static struct draft *find_heir(const struct planner *planner, const struct draft *draft)
{
    const struct change *change = draft->change;
    const char *address = change->resource == NULL && change->action == CHANGE_DELETE
                              ? heir_address(planner->arena, change->address)
                              : NULL;
    struct draft *heir = address != NULL ? planner_find(planner, address) : NULL;
    return heir != NULL && heir->change->resource != NULL ? heir : NULL;
}

bool depose_plan(struct planner *planner, struct fault *fault)
{
    if (planner->options->only_looks)
        return true;
    size_t count = planner->draft_count, edge_count = planner->graph.edge_count;
    for (size_t i = 0; i < count; i++) {
        struct draft *draft = &planner->drafts[i];
        if (draft->change->action != CHANGE_REPLACE || !draft->change->create_first)
            continue;
        if (draft->change->preview->alone_because != NULL)
            return refuse(draft->change, fault);
        if (!add_old(planner, draft, fault))
            return false;
    }
    planner->graph.node_count = planner->draft_count;
    for (size_t i = 0; i < planner->draft_count; i++) {
        struct draft *draft = &planner->drafts[i];
        draft->heir = find_heir(planner, draft);
        if (draft->heir == NULL)
            continue;
        draft->change->heir = draft->heir->change->address;
        draft->change->reason =
            arena_format(planner->arena, "%s takes its place", draft->change->heir);
        draft->change->is_half = i >= count;
        if (i < count)
            take_up(planner, draft, draft->heir);
    }
    for (size_t i = 0; i < planner->draft_count; i++)
        if (planner->drafts[i].heir != NULL)
            wait_for_followers(planner, edge_count, &planner->drafts[i]);
    return true;
}

const struct change *depose_step(const struct node *node)
{
    const struct draft *old = node->draft->old;
    return old != NULL && !node->halved ? old->renaming : NULL;
}

void depose_record(struct apply *apply, struct transaction *transaction,
                   struct draft *heir)
{
    const struct vault *vault = apply->engine->vault;
    if (heir->change->action != CHANGE_REPLACE)
        return; // an earlier run did
    if (heir->change->record != NULL)
        state_remove(transaction, heir->change->address);
    state_put(transaction, vault, heir->old->change->record);
    heir->change->record = NULL;
    heir->change->found = NULL;
}

bool depose_is_off(const struct draft *draft)
{
    const struct draft *heir = draft->heir;
    return heir != NULL && heir->old == draft && heir->change->action != CHANGE_REPLACE &&
           heir->change->action != CHANGE_CREATE;
}
