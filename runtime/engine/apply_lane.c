// SPDX-License-Identifier: MIT
#include "engine/apply_lane.h"

#include "engine/apply_ask.h"
#include "engine/apply_batch.h"
#include "engine/apply_handler.h"
#include "engine/decide.h"
#include "engine/refresh.h"
#include "engine/resolve.h"

static bool is_open(const struct node *node)
{
    return node->state == NODE_WAITING;
}

static bool is_check(const struct node *node)
{
    return node->draft->change->action == CHANGE_CHECK;
}

static bool is_host(const struct node *node)
{
    return node->draft->schema != NULL && node->draft->schema->is_host;
}

static bool wants_again(const struct change *change)
{
    return change->resource != NULL && change->skipped == NULL &&
           (change->verdict == VERDICT_MAY || !value_is_known(change->wanted));
}

bool apply_lane_prepare(struct apply *apply, struct node *node, bool alone)
{
    struct change *change = node->draft->change;
    struct fault fault;
    fault_clear(&fault);
    node->planned = node->planned || plan_does(change);
    if (node->halved || !wants_again(change))
        return true;
    if (!decide_again(apply->planner, node->draft, &fault)) {
        if (alone)
            apply_finish(apply, node, NODE_FAILED, &fault);
        return false;
    }
    const struct value *unknown = value_first_unknown(change->wanted);
    if (unknown == NULL)
        return true;
    if (alone) {
        fault_set(&fault, FAULT_ERROR, "%s needs %s.%s, which is not known",
                  change->address, unknown->reference.address, unknown->reference.path);
        if (change->where != NULL)
            fault_where(&fault, "%s", change->where);
        fault_why(&fault, "%s was carried out, and did not give it",
                  unknown->reference.address);
        apply_finish(apply, node, NODE_FAILED, &fault);
    }
    // Planned again, once what it needs was done.
    change->verdict = VERDICT_MAY;
    return false;
}

// A probe of everything that the plan could not see.
struct probe {
    struct apply *apply;
    struct apply_lane *lane;
};

static void on_probed(void *context)
{
    struct probe *probe = context;
    probe->apply->units--;
    probe->lane->busy = false;
    probe->lane->dirty = true;
}

static bool is_unseen(const struct node *node)
{
    const struct draft *draft = node->draft;
    return is_open(node) && draft->state == OBSERVE_UNKNOWN && !is_host(node) &&
           !is_check(node) && draft->change->skipped == NULL &&
           draft->change->resource != NULL;
}

static bool start_probe(struct apply *apply, struct apply_lane *lane)
{
    size_t count = 0;
    struct draft **drafts =
        arena_alloc(apply->arena, (lane->nodes.count + 1) * sizeof *drafts);
    for (size_t i = lane->first; i < lane->nodes.count; i++) {
        struct node *node = lane->nodes.items[i];
        struct change *change = node->draft->change;
        struct fault ignored; // told when the step is prepared
        if (!is_unseen(node))
            continue;
        const struct value *wanted = change->wanted;
        if (!resolve_value(apply->planner, change->resource->attributes, &wanted,
                           &ignored))
            wanted = change->wanted;
        change->wanted = wanted;
        drafts[count++] = node->draft;
    }
    if (count == 0)
        return false;
    struct probe *probe = arena_alloc(apply->arena, sizeof *probe);
    *probe = (struct probe){apply, lane};
    apply->units++;
    lane->busy = lane->probed = true;
    refresh_start_host(apply->planner, lane->host, drafts, count, on_probed, probe);
    return true;
}

// Whether everything the node still waits for stands before it in the batch, and its
// failure would stop the batch.
static bool follows_batch(const struct apply *apply, const struct node *node,
                          struct node *const *batch, size_t count)
{
    const struct draft *draft = node->draft;
    size_t inside = 0;
    if (node->skipped_because != NULL)
        return false;
    for (size_t i = 0; i < draft->change->need_count; i++) {
        const struct node *need = &apply->nodes[draft->change->needs[i]];
        bool in_batch = false;
        for (size_t k = count; k-- > 0 && need->state == NODE_WAITING && !in_batch;)
            in_batch = batch[k] == need;
        inside += in_batch;
        const struct resource *resource = need->draft->change->resource;
        bool goes_on = resource != NULL && resource->keep_going;
        if (in_batch && goes_on && !draft->need_is_order[i])
            return false;
    }
    return inside == node->waiting;
}

// The largest run of ready steps that follow each other.
static size_t form_batch(struct apply *apply, struct apply_lane *lane,
                         struct node **batch)
{
    size_t count = 0;
    bool acts = false;
    for (size_t i = lane->first; i < lane->nodes.count; i++) {
        struct node *node = lane->nodes.items[i];
        const struct schema *schema = node->draft->schema;
        if (!is_open(node) || is_check(node))
            continue;
        if (!follows_batch(apply, node, batch, count)) {
            if (count == 0)
                continue;
            break;
        }
        bool lone = schema != NULL && (schema->is_host || schema->risky || schema->lone);
        if (lone && count > 0)
            break;
        if (acts)
            apply_ask_forget(node);
        if (!apply_lane_prepare(apply, node, count == 0)) {
            if (count == 0)
                continue;
            break;
        }
        batch[count++] = node;
        acts = acts || plan_does(node->draft->change);
        if (lone)
            break;
    }
    lane->carried += acts;
    return count;
}

static bool host_is_ready(const struct apply_lane *lane)
{
    for (size_t i = 0; i < lane->nodes.count; i++) {
        const struct node *node = lane->nodes.items[i];
        if (node->draft == lane->host)
            return node->state == NODE_DONE;
    }
    return true;
}

static struct node *ready_check(const struct apply_lane *lane)
{
    for (size_t i = lane->first; i < lane->nodes.count; i++) {
        struct node *node = lane->nodes.items[i];
        if (is_open(node) && is_check(node) && node->waiting == 0)
            return node;
    }
    return NULL;
}

static void skip_finished(struct apply_lane *lane)
{
    while (lane->first < lane->nodes.count) {
        const struct node *node = lane->nodes.items[lane->first];
        if (node->state == NODE_WAITING || node->state == NODE_RUNNING)
            return;
        lane->first++;
    }
}

// Whether a thing that is not the host itself is ready, and has to be seen first.
static bool must_probe(const struct apply_lane *lane)
{
    for (size_t i = lane->first; i < lane->nodes.count; i++) {
        const struct node *node = lane->nodes.items[i];
        if (is_unseen(node) && node->waiting == 0)
            return true;
    }
    return false;
}

bool apply_lane_start(struct apply *apply, struct apply_lane *lane)
{
    skip_finished(lane);
    if (lane->busy)
        return false;
    bool ready = host_is_ready(lane);
    if (ready && !lane->probed && must_probe(lane) && start_probe(apply, lane))
        return true;
    if (ready && apply_ask_start(apply, lane))
        return true;
    size_t open = lane->nodes.count - lane->first;
    struct node **batch = arena_alloc(apply->arena, (open + 1) * sizeof *batch);
    size_t count = form_batch(apply, lane, batch);
    if (count > 0) {
        apply_batch_start(apply, lane, batch, count);
        return true;
    }
    struct apply_owed **due =
        arena_alloc(apply->arena, (apply->owed.count + 1) * sizeof *due);
    if (ready && apply_handler_due(apply, lane, NULL, due) > 0)
        return apply_batch_start(apply, lane, NULL, 0);
    struct node *check = ready_check(lane);
    if (check == NULL)
        return false;
    if (apply_lane_prepare(apply, check, true))
        apply_batch_check(apply, lane, check);
    return true;
}
