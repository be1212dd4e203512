// SPDX-License-Identifier: MIT
#include "engine/apply_limit.h"

#include <stdint.h>
#include <string.h>

#define HOSTS "hosts"

const char *apply_limit_name(struct apply *apply, const struct apply_lane *lane,
                             const struct node *node)
{
    if (lane != NULL)
        return HOSTS;
    const char *type = node->draft->change->type;
    return arena_copy(apply->arena, type, strcspn(type, "."));
}

// 0: as many as all together.
static size_t most_of(const struct apply *apply, const char *name)
{
    const struct engine *engine = apply->engine;
    for (size_t i = 0; i < engine->limit_count; i++)
        if (strcmp(engine->limits[i].name, name) == 0)
            return (size_t) engine->limits[i].most;
    return 0;
}

static size_t running(const struct apply *apply, const char *name)
{
    return (size_t) (uintptr_t) map_find(&apply->running, name);
}

bool apply_limit_allows(struct apply *apply, const struct apply_lane *lane,
                        const struct node *node)
{
    if (apply->engine->limit_count == 0)
        return true;
    const char *name = apply_limit_name(apply, lane, node);
    size_t most = most_of(apply, name);
    return most == 0 || running(apply, name) < most;
}

void apply_limit_take(struct apply *apply, const char *name)
{
    map_put(&apply->running, name, (void *) (uintptr_t) (running(apply, name) + 1));
}

void apply_limit_give(struct apply *apply, const char *name)
{
    map_put(&apply->running, name, (void *) (uintptr_t) (running(apply, name) - 1));
}
