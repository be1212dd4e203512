// SPDX-License-Identifier: MIT
#include "engine/apply_wave.h"

#include "engine/apply_handler.h"

static bool has_failed(const struct apply_lane *lane)
{
    for (size_t i = 0; i < lane->nodes.count; i++)
        if (((const struct node *) lane->nodes.items[i])->state == NODE_FAILED)
            return true;
    return false;
}

// On a host that was never reached nothing will run any more.
static bool is_reached(const struct apply_lane *lane)
{
    for (size_t i = 0; i < lane->nodes.count; i++) {
        const struct node *node = lane->nodes.items[i];
        if (node->draft == lane->host)
            return node->state == NODE_DONE;
    }
    return true;
}

static size_t hosts_before(const struct draft *host)
{
    return host->wave * host->rolling->serial;
}

const char *apply_wave_stopped(struct apply *apply, const struct node *node)
{
    const struct draft *host = node->draft;
    size_t failed = 0;
    if (host->rolling == NULL)
        return NULL;
    for (size_t i = 0; i < hosts_before(host); i++) {
        const char *address = host->rolling->hosts[i];
        const struct apply_lane *lane = map_find(&apply->lanes, address);
        const struct draft *earlier = planner_find(apply->planner, address);
        bool unreached = earlier != NULL && earlier->unreached;
        if ((unreached || (lane != NULL && has_failed(lane))) &&
            ++failed > host->rolling->max_fail)
            return address;
    }
    return NULL;
}

bool apply_wave_waits(struct apply *apply, const struct node *node)
{
    const struct draft *host = node->draft;
    if (host->rolling == NULL)
        return false;
    struct apply_owed **due =
        arena_alloc(apply->arena, (apply->owed.count + 1) * sizeof *due);
    for (size_t i = 0; i < hosts_before(host); i++) {
        const struct apply_lane *lane = map_find(&apply->lanes, host->rolling->hosts[i]);
        if (lane != NULL && is_reached(lane) &&
            (lane->busy || apply_handler_due(apply, lane, NULL, due) > 0))
            return true;
    }
    return false;
}
