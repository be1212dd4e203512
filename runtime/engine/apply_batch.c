// SPDX-License-Identifier: MIT
#include "engine/apply_batch.h"

#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "base/crashpoint.h"
#include "engine/apply_handler.h"
#include "engine/apply_limit.h"
#include "engine/apply_record.h"
#include "engine/depose.h"
#include "engine/sealed.h"
#include "store/measurement.h"

struct apply_batch {
    struct step_batch seam;
    struct apply *apply;
    struct apply_lane *lane;
    struct node **nodes;
    size_t node_count;
    struct step *steps;
    struct node **step_nodes; // in step with steps
    bool *begun;              // in step with steps: told to the watch
    int64_t *begun_ms;
    int64_t *ended_ms;          // 0: not heard of its end yet
    const char *limit;          // what it counts against
    bool handed_over, answered; // what the provider was given, and gave back
    struct apply_owed **owed;   // in step with the seam's handlers
};

static struct apply_batch *new_batch(struct apply *apply, struct apply_lane *lane,
                                     struct node **nodes, size_t count)
{
    struct arena *arena = apply->arena;
    struct apply_batch *batch = arena_alloc(arena, sizeof *batch);
    batch->apply = apply;
    batch->lane = lane;
    batch->nodes = arena_alloc(arena, (count + 1) * sizeof *batch->nodes);
    if (count > 0)
        memcpy(batch->nodes, nodes, count * sizeof *batch->nodes);
    batch->node_count = count;
    size_t most = count; // steps, which are large
    for (size_t i = 0; i < count; i++)
        most += nodes[i]->draft->change->action == CHANGE_REPLACE;
    batch->steps = arena_alloc(arena, most * sizeof *batch->steps);
    batch->step_nodes = arena_alloc(arena, most * sizeof *batch->step_nodes);
    batch->begun = arena_alloc(arena, most * sizeof *batch->begun);
    batch->begun_ms = arena_alloc(arena, most * sizeof *batch->begun_ms);
    batch->ended_ms = arena_alloc(arena, most * sizeof *batch->ended_ms);
    for (size_t i = 0; i < count; i++) {
        nodes[i]->batch = batch;
        nodes[i]->state = NODE_RUNNING;
    }
    return batch;
}

static void add_step(struct apply_batch *batch, struct node *node,
                     const struct change *change, const char *action)
{
    struct step *step = &batch->steps[batch->seam.count];
    bool creates = strcmp(action, "create") == 0, deletes = strcmp(action, "delete") == 0;
    step->change = change;
    step->action = action;
    step->have = creates ? NULL : change->found;
    step->want = deletes ? NULL : change->wanted;
    batch->step_nodes[batch->seam.count++] = node;
}

static void add_steps(struct apply_batch *batch, struct node *node)
{
    const struct change *change = node->draft->change, *old = depose_step(node);
    if (old != NULL) {
        add_step(batch, node, old, "update");
        return;
    }
    switch (change->action) {
    case CHANGE_CREATE:
        add_step(batch, node, change, "create");
        break;
    case CHANGE_UPDATE:
        add_step(batch, node, change, "update");
        break;
    case CHANGE_DELETE:
        add_step(batch, node, change, "delete");
        break;
    case CHANGE_REPLACE:
        // In the cloud the two halves are two calls, each with its own result.
        if (!node->halved)
            add_step(batch, node, change, "delete");
        if (node->halved || batch->lane != NULL)
            add_step(batch, node, change, "create");
        break;
    case CHANGE_CHECK:
        add_step(batch, node, change, "check");
        break;
    case CHANGE_NONE:
    case CHANGE_FORGET:
        break;
    }
}

static void tell_begun(struct apply_batch *batch, size_t index)
{
    const struct engine_watch *watch = &batch->apply->engine->watch;
    if (batch->begun[index])
        return;
    batch->begun[index] = true;
    batch->begun_ms[index] = clock_monotonic_ms();
    if (watch->step_begun != NULL)
        watch->step_begun(watch->context, batch->steps[index].change);
}

static void tell_ended(struct apply_batch *batch, size_t index)
{
    const struct engine_watch *watch = &batch->apply->engine->watch;
    const struct step *step = &batch->steps[index];
    if (step->outcome != STEP_SKIPPED)
        tell_begun(batch, index);
    int64_t ended =
        batch->ended_ms[index] > 0 ? batch->ended_ms[index] : clock_monotonic_ms();
    int64_t ms = batch->begun[index] ? ended - batch->begun_ms[index] : 0;
    if (watch->step_ended != NULL)
        watch->step_ended(watch->context, step->change, step, ms);
}

static void on_event(struct step_batch *seam, struct step *step, const char *event,
                     const char *text)
{
    struct apply_batch *batch = seam->owner;
    const struct engine_watch *watch = &batch->apply->engine->watch;
    size_t index = (size_t) (step - batch->steps);
    if (strcmp(event, "begin") == 0)
        tell_begun(batch, index);
    else if (strcmp(event, "end") == 0 && batch->ended_ms[index] == 0)
        batch->ended_ms[index] = clock_monotonic_ms();
    else if (strcmp(event, "line") == 0 && watch->step_line != NULL)
        watch->step_line(watch->context, step->change, text);
}

struct noting {
    void (*done)(void *context, const struct fault *fault);
    void *context;
};

static void on_noted(void *context)
{
    const struct noting *noting = context;
    struct fault none;
    fault_clear(&none);
    noting->done(noting->context, &none);
}

static void on_note_failed(void *context, const struct fault *fault)
{
    const struct noting *noting = context;
    noting->done(noting->context, fault);
}

static void on_note(struct step_batch *seam, struct step *step, const struct value *note,
                    void (*done)(void *context, const struct fault *fault), void *context)
{
    struct apply_batch *batch = seam->owner;
    struct apply *apply = batch->apply;
    struct noting *noting = arena_alloc(apply->arena, sizeof *noting);
    struct transaction *transaction = transaction_new(apply->engine->database);
    *noting = (struct noting){done, context};
    journal_note(transaction, step->record.id, note);
    apply_commit((struct apply_commit){apply, on_noted, on_note_failed, noting},
                 transaction);
}

// Which step's failure stopped the batch.
static const char *failed_before(const struct apply_batch *batch, size_t index)
{
    while (index-- > 0)
        if (batch->steps[index].outcome != STEP_DONE &&
            batch->steps[index].outcome != STEP_SKIPPED)
            return batch->steps[index].change->address;
    return "a step before it";
}

// A step of a host is commands, and those before the one that failed were carried out.
static bool is_half_done(const struct apply_batch *batch, const struct step *step)
{
    bool ran = batch->lane != NULL && step->fault.kind == FAULT_ERROR &&
               strcmp(step->action, "check") != 0;
    return ran || step->outcome == STEP_UNCERTAIN;
}

static void finish_node(struct apply_batch *batch, struct node *node, size_t last_step)
{
    struct apply *apply = batch->apply;
    const struct step *step = &batch->steps[last_step];
    bool half = batch->lane == NULL && strcmp(step->action, "delete") == 0 &&
                node->draft->change->action == CHANGE_REPLACE;
    half = half || step->change != node->draft->change;
    if (step->outcome == STEP_DONE && half) {
        node->halved = true;
        node->state = NODE_WAITING;
        array_insert(&apply->ready, 0, node);
    } else if (step->outcome == STEP_DONE) {
        node->planned = true;
        node->needless = !step->changed;
        apply_finish(apply, node, NODE_DONE, NULL);
    } else if (step->outcome == STEP_SKIPPED) {
        node->skipped_because = failed_before(batch, last_step);
        apply_finish(apply, node, NODE_SKIPPED, NULL);
    } else {
        apply->may_have_changed = apply->may_have_changed || is_half_done(batch, step);
        apply_finish(apply, node, NODE_FAILED, &step->fault);
    }
}

static void release(struct apply_batch *batch)
{
    struct array *batches = &batch->apply->batches;
    for (size_t i = batches->count; i-- > 0;)
        if (batches->items[i] == batch)
            array_remove(batches, i);
    batch->apply->units--;
    apply_limit_give(batch->apply, batch->limit);
    if (batch->lane != NULL) {
        batch->lane->busy = false;
        batch->lane->dirty = true;
    }
}

// One without a step of its own still passes on what happened before it.
static void finish_rider(struct apply *apply, struct node *node)
{
    const struct draft *draft = node->draft;
    for (size_t i = 0; i < draft->change->need_count; i++) {
        const struct node *need = &apply->nodes[draft->change->needs[i]];
        if (need->state == NODE_DONE || draft->need_is_order[i])
            continue;
        node->skipped_because = need->state == NODE_FAILED ? need->draft->change->address
                                                           : need->skipped_because;
        apply_finish(apply, node, NODE_SKIPPED, NULL);
        return;
    }
    apply_finish(apply, node, NODE_DONE, NULL);
}

// A replacement's two steps are one node: it ends as the first that was not done, else as
// the last.
static void finish_nodes(struct apply_batch *batch)
{
    size_t next = 0;
    for (size_t i = 0; i < batch->node_count; i++) {
        struct node *node = batch->nodes[i];
        size_t decisive = SIZE_MAX;
        while (next < batch->seam.count && batch->step_nodes[next] == node) {
            if (decisive == SIZE_MAX || batch->steps[decisive].outcome == STEP_DONE)
                decisive = next;
            next++;
        }
        node->batch = NULL;
        if (decisive == SIZE_MAX)
            finish_rider(batch->apply, node);
        else
            finish_node(batch, node, decisive);
    }
}

static void tell_handlers(struct apply_batch *batch)
{
    struct apply *apply = batch->apply;
    const struct engine_watch *watch = &apply->engine->watch;
    for (size_t i = 0; i < batch->seam.handler_count; i++) {
        const struct step_handler *handler = &batch->seam.handlers[i];
        bool failed = !handler->done && fault_is_set(&handler->fault);
        batch->owed[i]->ran = handler->done;
        batch->owed[i]->failed = failed;
        if (failed)
            apply_fail(apply, &handler->fault);
        if ((handler->done || failed) && watch->handler_ended != NULL)
            watch->handler_ended(watch->context, handler->host, handler->name,
                                 failed ? &handler->fault : NULL);
    }
}

static void on_results_committed(void *context)
{
    struct apply_batch *batch = context;
    for (size_t i = 0; i < batch->seam.count; i++) {
        tell_ended(batch, i);
        apply_handler_note(batch->apply, batch->steps[i].change, &batch->steps[i]);
        if (batch->steps[i].outcome == STEP_DONE && batch->steps[i].changed)
            batch->apply->may_have_changed = true;
    }
    tell_handlers(batch);
    if (batch->lane != NULL &&
        apply_handler_is_behind(batch->apply, batch->lane->host->change->address))
        crashpoint("handler-before");
    finish_nodes(batch);
    release(batch);
}

// Its intents are nowhere, so it is not begun.
static void on_intents_lost(void *context, const struct fault *fault)
{
    struct apply_batch *batch = context;
    (void) fault;
    for (size_t i = 0; i < batch->node_count; i++) {
        batch->nodes[i]->batch = NULL;
        batch->nodes[i]->state = NODE_WAITING;
    }
    release(batch);
}

// What was done is done: the results are kept elsewhere (apply_stop_keep).
static void on_results_lost(void *context, const struct fault *fault)
{
    (void) fault;
    on_results_committed(context);
}

static void on_applied(struct step_batch *seam)
{
    struct apply_batch *batch = seam->owner;
    struct apply *apply = batch->apply;
    struct transaction *transaction = transaction_new(apply->engine->database);
    batch->answered = true;
    for (size_t i = 0; i < seam->count; i++)
        apply_record_result(apply, transaction, &batch->steps[i]);
    for (size_t i = 0; i < seam->handler_count; i++)
        if (seam->handlers[i].done)
            journal_clear(transaction, seam->handlers[i].host, seam->handlers[i].name);
    for (size_t i = 0; i < batch->node_count; i++) {
        struct draft *draft = batch->nodes[i]->draft;
        if (draft->change->action == CHANGE_NONE && apply_record_needs_row(apply, draft))
            apply_record_row(apply, transaction, draft, draft->change->found);
    }
    apply_commit(
        (struct apply_commit){apply, on_results_committed, on_results_lost, batch},
        transaction);
}

static void hand_over(struct apply_batch *batch)
{
    struct apply *apply = batch->apply;
    struct step_batch *seam = &batch->seam;
    const struct provider *provider = apply->engine->provider;
    seam->steps = arena_alloc(apply->arena, (seam->count + 1) * sizeof *seam->steps);
    for (size_t i = 0; i < seam->count; i++)
        seam->steps[i] = &batch->steps[i];
    if (batch->lane != NULL) {
        seam->host = batch->lane->host->change->address;
        seam->host_attributes =
            planner_host_attributes(apply->planner, batch->lane->host);
    } else if (seam->count > 0) {
        tell_begun(batch, 0);
    }
    seam->arena = apply->arena;
    seam->owner = batch;
    seam->note = on_note;
    seam->event = on_event;
    batch->handed_over = true;
    provider->apply(provider->context, seam);
}

static void on_intents_committed(void *context)
{
    struct apply_batch *batch = context;
    if (!batch->apply->given_up)
        hand_over(batch);
}

// What was handed over goes on out there; what was not is as if it had never begun.
static void leave_step(struct apply_batch *batch, size_t index)
{
    struct step *step = &batch->steps[index];
    const char *address = step->change->address;
    step->outcome = batch->handed_over ? STEP_UNCERTAIN : STEP_SKIPPED;
    step->found = NULL;
    if (batch->handed_over)
        fault_set(&step->fault, FAULT_ERROR,
                  "%s was still running, and was not waited for", address);
    else
        fault_set(&step->fault, FAULT_ERROR, "%s was not begun: the run was stopped",
                  address);
    fault_next(&step->fault, "the next run asks what became of it");
}

void apply_batch_leave(struct apply_batch *batch, struct transaction *transaction)
{
    struct apply *apply = batch->apply;
    for (size_t i = 0; i < batch->seam.count && !batch->answered; i++) {
        struct step *step = &batch->steps[i];
        bool journalled = step->record.id > 0;
        leave_step(batch, i);
        if (journalled)
            apply_record_result(apply, transaction, step);
        tell_ended(batch, i);
        apply_handler_note(apply, step->change, step);
        apply->result->unsettled_count += journalled && batch->handed_over;
        apply->may_have_changed = apply->may_have_changed || journalled;
    }
    if (batch->seam.count == 0 && batch->handed_over)
        apply->result->unsettled_count++; // handlers alone: they stay owed
    for (size_t i = 0; i < batch->node_count; i++)
        batch->nodes[i]->state = batch->handed_over ? NODE_FAILED : NODE_WAITING;
}

static void attach_handlers(struct apply_batch *batch)
{
    struct apply *apply = batch->apply;
    struct step_batch *seam = &batch->seam;
    bool is_host = batch->node_count > 0 && batch->lane != NULL &&
                   batch->nodes[0]->draft == batch->lane->host;
    if (batch->lane == NULL || is_host)
        return;
    batch->owed =
        arena_alloc(apply->arena, (apply->owed.count + 1) * sizeof *batch->owed);
    seam->handler_count = apply_handler_due(apply, batch->lane, batch, batch->owed);
    seam->handlers =
        arena_alloc(apply->arena, (seam->handler_count + 1) * sizeof *seam->handlers);
    for (size_t i = 0; i < seam->handler_count; i++) {
        seam->handlers[i].host = batch->owed[i]->host;
        seam->handlers[i].name = batch->owed[i]->name;
        seam->handlers[i].script = batch->owed[i]->script;
        seam->handlers[i].after_removals = batch->owed[i]->after_removals;
    }
}

// What the world already is as wanted: at most its row is written.
static void finish_unchanged(struct apply_batch *batch)
{
    struct apply *apply = batch->apply;
    struct transaction *transaction = NULL;
    for (size_t i = 0; i < batch->node_count; i++) {
        struct draft *draft = batch->nodes[i]->draft;
        bool row = apply_record_needs_row(apply, draft);
        if ((row || draft->change->open != NULL) && transaction == NULL)
            transaction = transaction_new(apply->engine->database);
        if (row)
            apply_record_row(apply, transaction, draft, draft->change->found);
        if (draft->change->open != NULL)
            apply_record_settle(apply, transaction, draft->change->address);
        batch->nodes[i]->batch = NULL;
        apply_finish(apply, batch->nodes[i], NODE_DONE, NULL);
    }
    if (transaction != NULL)
        apply_commit((struct apply_commit){.apply = apply}, transaction);
}

static void occupy(struct apply_batch *batch)
{
    batch->apply->units++;
    batch->limit = apply_limit_name(batch->apply, batch->lane,
                                    batch->node_count > 0 ? batch->nodes[0] : NULL);
    apply_limit_take(batch->apply, batch->limit);
    array_add(&batch->apply->batches, batch);
    if (batch->lane != NULL)
        batch->lane->busy = true;
}

bool apply_batch_start(struct apply *apply, struct apply_lane *lane, struct node **nodes,
                       size_t count)
{
    struct apply_batch *batch = new_batch(apply, lane, nodes, count);
    struct transaction *transaction = NULL;
    batch->seam.done = on_applied;
    for (size_t i = 0; i < count; i++)
        add_steps(batch, nodes[i]);
    if (batch->seam.count > 0)
        transaction = transaction_new(apply->engine->database);
    const struct node *last = NULL;
    for (size_t i = 0; i < batch->seam.count; i++) {
        struct node *node = batch->step_nodes[i];
        apply_record_settle(apply, transaction, batch->steps[i].change->address);
        apply_record_intent(apply, transaction, &batch->steps[i]);
        if (batch->steps[i].change != node->draft->change)
            depose_record(apply, transaction, node->draft);
        if (node != last)
            apply_handler_owe(apply, transaction, node->draft->change);
        last = node;
    }
    attach_handlers(batch);
    if (batch->seam.count == 0 && batch->seam.handler_count == 0) {
        finish_unchanged(batch);
        return false;
    }
    occupy(batch);
    if (transaction == NULL) {
        crashpoint("handler-before");
        hand_over(batch);
    } else {
        apply_commit(
            (struct apply_commit){apply, on_intents_committed, on_intents_lost, batch},
            transaction);
    }
    return true;
}

static void on_checked(struct step_batch *seam)
{
    struct apply_batch *batch = seam->owner;
    struct step *step = &batch->steps[0];
    struct change *change = batch->nodes[0]->draft->change;
    change->found = value_copy(batch->apply->arena, step->found);
    step->found = change->found;
    batch->nodes[0]->checked = step;
    batch->nodes[0]->draft->done = step->outcome == STEP_DONE;
    tell_ended(batch, 0);
    finish_nodes(batch);
    release(batch);
}

void apply_batch_check(struct apply *apply, struct apply_lane *lane, struct node *node)
{
    struct record_measurements last;
    struct fault fault;
    fault_clear(&fault);
    if (!measurement_load_newest(apply->engine->database, apply->arena, 2,
                                 node->draft->change->address, &last, &fault)) {
        apply_finish(apply, node, NODE_FAILED, &fault);
        return;
    }
    struct apply_batch *batch = new_batch(apply, lane, &node, 1);
    batch->seam.done = on_checked;
    add_step(batch, node, node->draft->change, "check");
    batch->steps[0].last = last;
    occupy(batch);
    hand_over(batch);
}

// Our own steps.

static void on_own_committed(void *context)
{
    struct apply_batch *batch = context;
    tell_ended(batch, 0);
    batch->apply->may_have_changed = true;
    batch->nodes[0]->batch = NULL;
    apply_finish(batch->apply, batch->nodes[0], NODE_DONE, NULL);
}

static void on_own_lost(void *context, const struct fault *fault)
{
    struct apply_batch *batch = context;
    (void) fault;
    batch->nodes[0]->batch = NULL;
    batch->nodes[0]->state = NODE_WAITING;
}

// What it is already stays; a run tells nothing of it.
static void finish_same(struct apply *apply, struct node *node)
{
    struct draft *draft = node->draft;
    draft->change->action = CHANGE_NONE;
    draft->done = true;
    apply_finish(apply, node, NODE_DONE, NULL);
}

// The value to seal, or NULL when the node is finished without.
static const struct value *take_secret(struct apply *apply, struct node *node)
{
    const struct value *secret = NULL;
    struct fault fault;
    bool is_new = false;
    fault_clear(&fault);
    if (!sealed_make(apply, node->draft, &secret, &is_new, &fault)) {
        apply_finish(apply, node, NODE_FAILED, &fault);
        return NULL;
    }
    if (!is_new)
        finish_same(apply, node);
    return is_new ? secret : NULL;
}

void apply_batch_own(struct apply *apply, struct node *node)
{
    struct draft *draft = node->draft;
    struct change *change = draft->change;
    const struct schema *schema = draft->schema;
    bool forgets = change->action == CHANGE_FORGET;
    bool removes = forgets || change->action == CHANGE_DELETE;
    bool is_secret = schema != NULL && schema->is_core;
    const struct value *secret = is_secret && !removes ? take_secret(apply, node) : NULL;
    if (is_secret && !removes && secret == NULL)
        return;
    struct apply_batch *batch = new_batch(apply, NULL, &node, 1);
    struct step *step = &batch->steps[0];
    struct transaction *transaction = transaction_new(apply->engine->database);
    add_step(batch, node, change,
             removes                           ? "delete"
             : change->action == CHANGE_UPDATE ? "update"
                                               : "create");
    tell_begun(batch, 0);
    apply_record_settle(apply, transaction, change->address);
    apply_record_intent(apply, transaction, step);
    step->changed = true;
    if (is_secret && removes) {
        sealed_remove(transaction, change->address);
    } else if (is_secret) {
        sealed_put(apply, transaction, draft, secret);
        step->found = sealed_found(apply, change, secret);
    }
    apply_record_result(apply, transaction, step);
    apply_commit((struct apply_commit){apply, on_own_committed, on_own_lost, batch},
                 transaction);
}
