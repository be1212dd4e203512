// SPDX-License-Identifier: MIT
#include "engine/arrange.h"

#include <string.h>

static bool is_removed(const struct draft *draft)
{
    return draft->change->resource == NULL && (draft->change->action == CHANGE_DELETE ||
                                               draft->change->action == CHANGE_FORGET);
}

static bool same_host(const struct draft *left, const struct draft *right)
{
    const char *one = left->change->host, *other = right->change->host;
    return one != NULL && other != NULL && strcmp(one, other) == 0;
}

// `draft` was recorded as needing `needed`.
static void add_need(struct graph *graph, const struct draft *draft,
                     const struct draft *needed)
{
    bool goes = is_removed(draft), stays = draft->change->resource != NULL;
    if (draft == needed || draft->goes_with != NULL)
        return;
    bool before =
        goes && (is_removed(needed) || needed->change->action == CHANGE_REPLACE);
    bool lets_go = stays && is_removed(needed) && !same_host(draft, needed);
    if (before || lets_go)
        graph_add_edge(graph, draft->node, needed->node, GRAPH_SOFT);
}

static void add_recorded_needs(const struct planner *planner, struct graph *graph,
                               const struct draft *draft)
{
    const struct record *record = draft->change->record;
    for (size_t i = 0; record != NULL && i < record->need_count; i++) {
        const struct draft *needed = planner_find(planner, record->needs[i]);
        if (needed != NULL)
            add_need(graph, draft, needed);
    }
}

// The first declared thing on each host waits for what is removed from it, and so do all
// after it.
static void add_host(const struct planner *planner, struct graph *graph,
                     const struct map *firsts, const struct draft *draft)
{
    const struct draft *host = planner_host(planner, draft);
    if (host == NULL || host == draft)
        return;
    if (host->change->resource == NULL) {
        graph_add_edge(graph, draft->node, host->node, GRAPH_SOFT);
        return;
    }
    graph_add_edge(graph, host->node, draft->node, GRAPH_SOFT);
    const struct draft *first = map_find(firsts, draft->change->host);
    if (first != NULL && draft->change->action == CHANGE_DELETE)
        graph_add_edge(graph, draft->node, first->node, GRAPH_SOFT);
}

static void find_firsts(const struct planner *planner, struct map *firsts)
{
    for (size_t i = planner->removed_count; i < planner->draft_count; i++) {
        struct draft *draft = &planner->drafts[i];
        const char *host = draft->change->host;
        if (host != NULL && !map_has(firsts, host) && !draft->schema->is_check)
            map_put(firsts, host, draft);
    }
}

void arrange_removals(const struct planner *planner, struct graph *graph)
{
    struct map firsts; // host → the first declared draft on it
    map_init(&firsts);
    find_firsts(planner, &firsts);
    for (size_t i = 0; i < planner->draft_count; i++) {
        const struct draft *draft = &planner->drafts[i];
        add_recorded_needs(planner, graph, draft);
        if (!is_removed(draft))
            continue;
        const struct draft *machine = NULL;
        if (draft->goes_with != NULL)
            machine = planner_find(planner, draft->goes_with);
        // Rows go after their machine did: had it failed, they would still be true.
        if (machine != NULL && machine != draft)
            graph_add_edge(graph, machine->node, draft->node, GRAPH_SOFT);
        else
            add_host(planner, graph, &firsts, draft);
    }
    map_clear(&firsts);
}
