// SPDX-License-Identifier: MIT
#include "engine/wave.h"

#include <string.h>

static bool is_on(const struct draft *draft, const char *host)
{
    const char *on = draft->change->host;
    return strcmp(draft->change->address, host) == 0 ||
           (on != NULL && strcmp(on, host) == 0);
}

// All that is done on `earlier` comes before the first thing on `later`.
static void put_before(struct planner *planner, struct graph *graph, const char *earlier,
                       const struct draft *later)
{
    for (size_t i = 0; i < planner->draft_count; i++) {
        const struct draft *draft = &planner->drafts[i];
        if (is_on(draft, earlier) && draft->goes_with == NULL)
            graph_add_edge(graph, draft->node, later->node, GRAPH_ORDER);
    }
}

void wave_arrange(struct planner *planner, struct graph *graph)
{
    const struct resource_set *wanted = planner->wanted;
    for (size_t i = 0; i < wanted->rolling_count; i++) {
        const struct resource_rolling *rolling = &wanted->rollings[i];
        for (size_t k = 0; k < rolling->host_count; k++) {
            struct draft *host = planner_find(planner, rolling->hosts[k]);
            if (host == NULL)
                continue;
            host->rolling = rolling;
            host->wave = k / rolling->serial;
            size_t first = host->wave > 0 ? (host->wave - 1) * rolling->serial : 0;
            for (size_t j = first; j < host->wave * rolling->serial; j++)
                put_before(planner, graph, rolling->hosts[j], host);
        }
    }
}

bool wave_refuse(const struct planner *planner, const size_t *cycle, size_t count,
                 struct fault *fault)
{
    const struct resource_rolling *rolling = NULL;
    const char *first = NULL, *other = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct draft *draft = &planner->drafts[cycle[i]];
        const struct draft *host = planner_host(planner, draft);
        if (host == NULL || host->rolling == NULL)
            continue;
        rolling = host->rolling;
        if (first == NULL)
            first = draft->change->address;
        else
            other = draft->change->address;
    }
    if (rolling == NULL || other == NULL)
        return false;
    fault_set(fault, FAULT_USAGE, "the waves of rolling \"%s\" cannot be put in order",
              rolling->name);
    fault_where(fault, "%s", rolling->where);
    fault_why(fault,
              "%s and %s wait for each other: one needs the other, and its host "
              "is of an earlier wave",
              first, other);
    return fault_next(fault, "name the host that is needed first, or raise serial");
}
