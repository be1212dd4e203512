// SPDX-License-Identifier: MIT
#include "engine/apply.h"

#include <string.h>

#include "base/clock.h"
#include "engine/apply_batch.h"
#include "engine/apply_check.h"
#include "engine/apply_handler.h"
#include "engine/apply_lane.h"
#include "engine/apply_limit.h"
#include "engine/apply_record.h"
#include "engine/apply_wave.h"
#include "engine/apply_stop.h"
#include "engine/depose.h"
#include "engine/moved.h"
#include "engine/resolve.h"

#define PARALLEL 10

bool apply_may_start(const struct apply *apply)
{
    const volatile int *interrupted = apply->engine->interrupted;
    return !apply->lost && (interrupted == NULL || !*interrupted);
}

void apply_fail(struct apply *apply, const struct fault *fault)
{
    apply->result->failed_count++;
    if (!fault_is_set(&apply->fault) || fault->kind == FAULT_ROLLED_BACK)
        apply->fault = *fault;
}

static void tell_skipped(struct apply *apply, const struct node *node)
{
    const struct engine_watch *watch = &apply->engine->watch;
    struct step step = {.change = node->draft->change, .outcome = STEP_SKIPPED};
    fault_set(&step.fault, FAULT_ERROR, "%s was not begun: %s failed",
              node->draft->change->address, node->skipped_because);
    if (watch->step_ended != NULL)
        watch->step_ended(watch->context, step.change, &step, 0);
}

static void count_node(struct apply *apply, const struct node *node,
                       const struct fault *fault)
{
    struct engine_result *result = apply->result;
    const struct change *change = node->draft->change;
    bool is_check = change->action == CHANGE_CHECK;
    if (node->state == NODE_SKIPPED)
        result->skipped_count += is_check || plan_does(change);
    else if (node->state == NODE_FAILED && is_check)
        result->check_failed_count++;
    else if (node->state == NODE_DONE && is_check)
        apply_check_count(apply, node);
    else if (node->state == NODE_DONE && plan_does(change) && !node->needless)
        result->done_count++;
    else if (node->state == NODE_DONE && change->resource != NULL)
        result->unchanged_count++;
    if (node->state == NODE_DONE && node->planned && !is_check)
        result->needless_count += node->needless || !plan_does(change);
    if (node->state != NODE_FAILED)
        return;
    apply_fail(apply, fault);
    if (is_check)
        result->failed_count--;
}

void apply_finish(struct apply *apply, struct node *node, enum node_state state,
                  const struct fault *fault)
{
    bool begun = node->state == NODE_RUNNING;
    node->state = state;
    if (state == NODE_FAILED)
        node->failure = arena_text(apply->arena, fault->what);
    count_node(apply, node, fault);
    const struct engine_watch *watch = &apply->engine->watch;
    bool needless = node->planned && node->checked == NULL &&
                    !plan_does(node->draft->change);
    if (state == NODE_DONE && needless && watch->needless != NULL)
        watch->needless(watch->context, node->draft->change);
    if (state == NODE_SKIPPED && !begun && node->draft->change->action != CHANGE_NONE)
        tell_skipped(apply, node);
    array_add(&apply->finished, node);
}

// One transaction on its way.
struct committing {
    struct apply_commit commit;
};

static void on_committed(void *context, const struct fault *fault)
{
    struct committing *committing = context;
    struct apply_commit *commit = &committing->commit;
    struct apply *apply = commit->apply;
    apply->transactions--;
    if (!fault_is_set(fault)) {
        if (commit->done != NULL)
            commit->done(commit->context);
        return;
    }
    if (!apply->lost)
        apply->lost_fault = *fault;
    apply->lost = true;
    if (commit->failed != NULL)
        commit->failed(commit->context, fault);
}

void apply_commit(struct apply_commit commit, struct transaction *transaction)
{
    struct committing *committing = arena_alloc(commit.apply->arena, sizeof *committing);
    committing->commit = commit;
    commit.apply->transactions++;
    transaction_start(transaction, on_committed, committing);
}

static bool is_own(const struct node *node)
{
    const struct change *change = node->draft->change;
    const struct schema *schema = node->draft->schema;
    return change->action == CHANGE_FORGET ||
           (schema != NULL && (schema->is_core || schema->is_cost) && plan_does(change));
}

// All that it needs is finished. It may have been done in one batch with that.
static void make_ready(struct apply *apply, struct node *node)
{
    struct change *change = node->draft->change;
    if (node->state != NODE_WAITING)
        return;
    if (depose_is_off(node->draft))
        change->action = CHANGE_NONE;
    const char *failed = apply_wave_stopped(apply, node);
    if (failed == NULL && apply_wave_waits(apply, node)) {
        array_add(&apply->held, node);
        return;
    }
    if (failed != NULL && node->skipped_because == NULL)
        node->skipped_because = failed;
    if (node->skipped_because != NULL)
        apply_finish(apply, node, NODE_SKIPPED, NULL);
    else if (change->action == CHANGE_NONE)
        apply_finish(apply, node, NODE_DONE, NULL);
    else if (node->lane != NULL && change->action != CHANGE_FORGET)
        node->lane->dirty = true;
    else
        array_add(&apply->ready, node);
}

static void tell_followers(struct apply *apply, const struct node *node)
{
    for (size_t i = 0; i < node->follower_count; i++) {
        struct node *follower = &apply->nodes[node->followers[i].node];
        bool carries = !follower->draft->need_is_order[node->followers[i].need];
        if (carries && node->state != NODE_DONE && follower->skipped_because == NULL)
            follower->skipped_because = node->state == NODE_FAILED
                                            ? node->draft->change->address
                                            : node->skipped_because;
        if (--follower->waiting == 0)
            make_ready(apply, follower);
    }
    if (node->lane != NULL)
        node->lane->dirty = true;
}

static void settle_finished(struct apply *apply)
{
    for (size_t i = 0; i < apply->finished.count; i++)
        tell_followers(apply, apply->finished.items[i]);
    apply->finished.count = 0;
}

static size_t parallel(const struct apply *apply)
{
    return apply->engine->parallel > 0 ? (size_t) apply->engine->parallel : PARALLEL;
}

static void start_node(struct apply *apply, struct node *node)
{
    if (node->draft->change->blocked_by_protection) {
        struct fault fault;
        fault_set(&fault, FAULT_BLOCKED, "%s is protected", node->draft->change->address);
        apply_finish(apply, node, NODE_FAILED, &fault);
    } else if (is_own(node)) {
        apply_batch_own(apply, node);
    } else if (apply_lane_prepare(apply, node, true)) {
        if (node->draft->change->action == CHANGE_CHECK)
            apply_batch_check(apply, NULL, node);
        else
            apply_batch_start(apply, NULL, &node, 1);
    }
}

static void start_ready(struct apply *apply)
{
    struct array *ready = &apply->ready;
    size_t at = 0, kept = 0;
    while (at < ready->count && apply->units < parallel(apply) &&
           apply_may_start(apply)) {
        struct node *node = ready->items[at++];
        if (!apply_limit_allows(apply, NULL, node)) {
            ready->items[kept++] = node;
            continue;
        }
        start_node(apply, node);
        settle_finished(apply);
    }
    if (at == kept)
        return;
    memmove(ready->items + kept, ready->items + at,
            (ready->count - at) * sizeof *ready->items);
    ready->count -= at - kept;
}

// Hosts whose turn in a rolling run may have come.
static void release_held(struct apply *apply)
{
    size_t count = apply->held.count;
    for (size_t i = 0; i < count; i++) {
        struct node *node = apply->held.items[0];
        array_remove(&apply->held, 0);
        make_ready(apply, node);
    }
}

static void start_all(struct apply *apply)
{
    bool more = true;
    while (more && apply_may_start(apply)) {
        settle_finished(apply);
        release_held(apply);
        settle_finished(apply);
        start_ready(apply);
        more = false;
        for (size_t i = 0; i < apply->lanes.count; i++) {
            struct apply_lane *lane = apply->lanes.entries[i].value;
            if (!lane->dirty || apply->units >= parallel(apply) ||
                !apply_limit_allows(apply, lane, NULL) || !apply_may_start(apply))
                continue;
            lane->dirty = apply_lane_start(apply, lane);
            more = more || lane->dirty;
        }
        more = more || apply->finished.count > 0;
    }
    settle_finished(apply);
}

static bool wait_once(struct apply *apply, struct fault *fault)
{
    const struct provider *provider = apply->engine->provider;
    bool turned = apply->units > 0 && provider->turn(provider->context);
    if (!turned && apply->transactions > 0) {
        database_wait(apply->engine->database);
        return true;
    }
    if (apply->engine->database != NULL)
        database_dispatch(apply->engine->database);
    if (turned)
        return true;
    return fault_set(fault, FAULT_INTERNAL, "a step was begun that never ended");
}

static bool carry_out(struct apply *apply, struct fault *fault)
{
    for (size_t i = 0; i < apply->plan->change_count; i++)
        if (apply->plan->changes[i].need_count == 0)
            make_ready(apply, &apply->nodes[i]);
    for (;;) {
        start_all(apply);
        if (apply->units == 0 && apply->transactions == 0)
            return true;
        if (apply_stop_is_due(apply)) {
            apply_stop_now(apply);
            return true;
        }
        if (!wait_once(apply, fault))
            return false;
    }
}

static struct apply_lane *find_lane(struct apply *apply, struct draft *host)
{
    const char *address = host->change->address;
    struct apply_lane *lane = map_find(&apply->lanes, address);
    if (lane == NULL) {
        lane = arena_alloc(apply->arena, sizeof *lane);
        lane->host = host;
        lane->dirty = true;
        array_init(&lane->nodes);
        map_put(&apply->lanes, address, lane);
    }
    return lane;
}

static void link_followers(struct apply *apply)
{
    size_t count = apply->plan->change_count;
    for (size_t i = 0; i < count; i++) {
        const struct change *change = &apply->plan->changes[i];
        for (size_t k = 0; k < change->need_count; k++)
            apply->nodes[change->needs[k]].follower_count++;
        apply->nodes[i].waiting = change->need_count;
    }
    for (size_t i = 0; i < count; i++) {
        struct node *node = &apply->nodes[i];
        node->followers = arena_alloc(apply->arena, (node->follower_count + 1) *
                                                        sizeof *node->followers);
        node->follower_count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        const struct change *change = &apply->plan->changes[i];
        for (size_t k = 0; k < change->need_count; k++) {
            struct node *need = &apply->nodes[change->needs[k]];
            need->followers[need->follower_count++] = (struct follower){i, k};
        }
    }
}

static void apply_init(struct apply *apply)
{
    size_t count = apply->plan->change_count;
    array_init(&apply->ready);
    array_init(&apply->finished);
    array_init(&apply->held);
    array_init(&apply->owed);
    array_init(&apply->batches);
    map_init(&apply->running);
    map_init(&apply->lanes);
    apply->nodes = arena_alloc(apply->arena, (count + 1) * sizeof *apply->nodes);
    for (size_t i = 0; i < count; i++) {
        struct node *node = &apply->nodes[i];
        node->draft = apply->planner->in_order[i];
        struct draft *host = planner_host(apply->planner, node->draft);
        if (host == NULL || node->draft->goes_with != NULL)
            continue;
        node->lane = find_lane(apply, host);
        array_add(&node->lane->nodes, node);
    }
    link_followers(apply);
    apply_handler_load(apply);
    for (size_t i = 0; i < apply->owed.count; i++) {
        const struct apply_owed *owed = apply->owed.items[i];
        find_lane(apply, planner_find(apply->planner, owed->host));
    }
}

static void apply_clear(struct apply *apply)
{
    for (size_t i = 0; i < apply->lanes.count; i++)
        array_clear(&((struct apply_lane *) apply->lanes.entries[i].value)->nodes);
    map_clear(&apply->lanes);
    array_clear(&apply->batches);
    map_clear(&apply->running);
    array_clear(&apply->owed);
    array_clear(&apply->held);
    array_clear(&apply->finished);
    array_clear(&apply->ready);
}

static bool journal_run(struct apply *apply, struct fault *fault)
{
    const struct engine_run *asked = apply->asked;
    struct record_run run = {
        .playbook = apply->plan->playbook,
        .verb = asked->verb,
        .who = asked->who,
        .plan = asked->plan,
        .resumes = asked->resumes,
        .options = asked->options,
        .begun_at_ms = apply->begun_at_ms,
    };
    if (!journal_begin_run(apply->engine->database, &run, fault))
        return false;
    apply->run = apply->result->run = run.id;
    return true;
}

static bool begin_run(struct apply *apply, struct fault *fault)
{
    const struct engine_run *asked = apply->asked;
    struct database *database = apply->engine->database;
    if (!moved_write(apply->planner, fault))
        return false;
    struct transaction *tidy = database != NULL ? apply_record_tidy(apply) : NULL;
    // That a saved plan was carried out is remembered, also when nothing was left to do.
    if (tidy == NULL && plan_is_empty(apply->plan) && asked->plan == NULL)
        return true;
    if (database == NULL) {
        if (tidy == NULL && plan_is_empty(apply->plan))
            return true;
        return fault_set(fault, FAULT_INTERNAL, "a run needs a database");
    }
    // Of a saved plan nothing is written before its use is: the state may not move on
    // under a plan that can still be carried out.
    bool tidy_first = tidy != NULL && asked->plan == NULL;
    if (tidy_first && !transaction_commit(tidy, fault))
        return fault_while(fault, "beginning a run");
    if (!journal_run(apply, fault))
        return false;
    return tidy == NULL || tidy_first || transaction_commit(tidy, fault) ||
           fault_while(fault, "beginning a run");
}

// What an interruption, or a lost database, left undone.
static bool count_leftovers(struct apply *apply, struct fault *fault)
{
    for (size_t i = 0; i < apply->plan->change_count; i++) {
        const struct node *node = &apply->nodes[i];
        if (node->state != NODE_WAITING)
            continue;
        if (!apply->result->interrupted && !apply->lost)
            return fault_set(fault, FAULT_INTERNAL, "%s was never begun",
                             node->draft->change->address);
        apply->result->skipped_count++;
    }
    return true;
}

static const char *outcome_of(const struct apply *apply)
{
    const struct engine_result *result = apply->result;
    if (result->interrupted)
        return "interrupted";
    if (apply->lost)
        return "partial";
    if (!fault_is_set(&apply->fault))
        return "done";
    return apply->may_have_changed ? "partial" : "failed";
}

static bool end_run(struct apply *apply, struct fault *fault)
{
    bool telling = false;
    if (apply->run == 0 && !apply_check_is_telling(apply, &telling, fault))
        return false;
    if (telling && !journal_run(apply, fault))
        return false;
    if (apply->run == 0)
        return true;
    struct transaction *transaction = transaction_new(apply->engine->database);
    apply_handler_clear(apply, transaction);
    apply_check_record(apply, transaction);
    apply_record_end(apply, transaction, outcome_of(apply));
    apply_commit((struct apply_commit){.apply = apply}, transaction);
    apply_stop_drain(apply);
    return !apply->lost || apply_stop_keep(apply, fault);
}

static bool list_outputs(struct apply *apply, struct fault *fault)
{
    const struct resource_set *wanted = apply->planner->wanted;
    struct engine_result *result = apply->result;
    result->output_count = wanted->output_count;
    result->outputs =
        arena_alloc(apply->arena, (wanted->output_count + 1) * sizeof *result->outputs);
    for (size_t i = 0; i < wanted->output_count; i++) {
        result->outputs[i].name = wanted->outputs[i].name;
        if (!resolve_value(apply->planner, wanted->outputs[i].value,
                           &result->outputs[i].value, fault))
            return fault_while(fault, "working out the output %s",
                               wanted->outputs[i].name);
    }
    return true;
}

static bool judge(struct apply *apply, struct fault *fault)
{
    struct engine_result *result = apply->result;
    size_t failed = result->failed_count + result->check_failed_count;
    bool keeps_kind = apply->fault.kind == FAULT_ROLLED_BACK;
    if (result->interrupted)
        return apply_stop_tell(apply, fault);
    if (failed == 0)
        return true;
    *fault = apply->fault;
    if (apply->may_have_changed && !keeps_kind)
        fault->kind = FAULT_PARTIAL;
    if (failed > 1 || result->skipped_count > 0)
        fault_while(fault, "%zu failed and %zu were not begun", failed,
                    result->skipped_count);
    return false;
}

bool apply_plan(struct engine *engine, struct plan *plan, const struct engine_run *run,
                struct engine_result *result, struct fault *fault)
{
    struct apply apply = {
        .engine = engine,
        .plan = plan,
        .planner = plan->planner,
        .result = result,
        .arena = &plan->arena,
        .asked = run,
        .begun_at_ms = clock_now_ms(),
    };
    apply_init(&apply);
    bool ok = begin_run(&apply, fault) && carry_out(&apply, fault);
    if (ok) {
        result->interrupted = engine->interrupted != NULL && *engine->interrupted;
        ok = count_leftovers(&apply, fault) && end_run(&apply, fault) &&
             list_outputs(&apply, fault) && judge(&apply, fault);
    }
    apply_clear(&apply);
    return ok;
}
