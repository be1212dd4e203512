// SPDX-License-Identifier: MIT
#include "engine/apply_ask.h"

#include "engine/apply_lane.h"
#include "engine/refresh.h"
#include "engine/resolve.h"

struct asking {
    struct apply *apply;
    struct apply_lane *lane;
};

static void on_asked(void *context)
{
    struct asking *asking = context;
    asking->apply->units--;
    asking->lane->busy = false;
    asking->lane->dirty = true;
}

void apply_ask_forget(struct node *node)
{
    struct draft *draft = node->draft;
    if (!draft->undecided)
        return;
    draft->state = OBSERVE_UNDECIDED;
    draft->change->found = NULL;
}

// Whether all it needs is done, but for those asked about with it.
static bool is_next(const struct apply *apply, const struct node *node,
                    struct draft *const *asked, size_t count)
{
    const struct change *change = node->draft->change;
    size_t among = 0;
    for (size_t i = 0; i < change->need_count; i++) {
        const struct node *need = &apply->nodes[change->needs[i]];
        for (size_t k = 0; k < count; k++)
            among += asked[k] == need->draft;
    }
    return node->skipped_because == NULL && node->waiting == among;
}

static bool can_be_asked(struct apply *apply, struct apply_lane *lane, struct node *node)
{
    struct draft *draft = node->draft;
    struct fault ignored; // told when the step is prepared
    const struct value *wanted = NULL;
    bool stirred =
        draft->schema != NULL && draft->schema->follows && lane->carried > 0;
    if (draft->change->resource == NULL || !(draft->undecided || stirred) ||
        draft->asked_at == lane->carried + 1)
        return false;
    if (draft->change->skipped != NULL ||
        !resolve_value(apply->planner, draft->change->resource->attributes, &wanted,
                       &ignored) ||
        !value_is_known(wanted))
        return false;
    draft->change->wanted = wanted;
    return true;
}

bool apply_ask_start(struct apply *apply, struct apply_lane *lane)
{
    size_t count = 0;
    struct draft **asked =
        arena_alloc(apply->arena, (lane->nodes.count + 1) * sizeof *asked);
    for (size_t i = lane->first; i < lane->nodes.count; i++) {
        struct node *node = lane->nodes.items[i];
        bool open = node->state == NODE_WAITING;
        if (!open || node->draft->change->action == CHANGE_CHECK)
            continue;
        if (!is_next(apply, node, asked, count) || !can_be_asked(apply, lane, node))
            break;
        node->draft->asked_at = lane->carried + 1;
        asked[count++] = node->draft;
    }
    if (count == 0)
        return false;
    struct asking *asking = arena_alloc(apply->arena, sizeof *asking);
    *asking = (struct asking){apply, lane};
    apply->units++;
    lane->busy = true;
    refresh_start_host(apply->planner, lane->host, asked, count, on_asked, asking);
    return true;
}
