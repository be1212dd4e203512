// SPDX-License-Identifier: MIT
#include "engine/apply_record.h"

#include <string.h>

#include "base/clock.h"
#include "engine/apply_trace.h"

static size_t list_needs(const struct apply *apply, const struct draft *draft,
                         const char **needs)
{
    size_t count = 0;
    for (size_t i = 0; i < draft->change->need_count; i++) {
        const struct change *need = &apply->plan->changes[draft->change->needs[i]];
        // The order of a rolling run is none that lasts.
        bool wave = draft->rolling != NULL && draft->need_is_order[i];
        if (need->resource != NULL && need->action != CHANGE_CHECK && !wave)
            needs[count++] = need->address;
    }
    return count;
}

static const char *incarnation_of(const struct apply *apply, const struct draft *draft)
{
    const struct draft *host = planner_host(apply->planner, draft);
    return host != NULL ? planner_incarnation(apply->planner, host) : NULL;
}

// The world does not show secrets: what was put there last is remembered, as a digest.
static const struct value *with_secrets(struct apply *apply, const struct draft *draft,
                                        const struct value *attributes)
{
    const struct schema *schema = draft->schema;
    for (size_t i = 0; attributes != NULL && i < schema->attribute_count; i++) {
        const char *name = schema->attributes[i].name;
        const struct value *given = value_find(draft->change->wanted, name);
        bool secret = given != NULL && value_is_known(given) &&
                      (value_has_secret(given) || schema->attributes[i].secret);
        if (secret && !schema->attributes[i].local &&
            value_is_null(value_find(attributes, name)))
            attributes = value_with(apply->arena, attributes, name, given);
    }
    return attributes;
}

static bool is_ours(const struct draft *draft)
{
    const struct change *change = draft->change;
    if (draft->ours || change->action == CHANGE_CREATE ||
        change->action == CHANGE_REPLACE)
        return true;
    return change->record != NULL && change->record->created_by_us;
}

void apply_record_row(struct apply *apply, struct transaction *transaction,
                      const struct draft *draft, const struct value *attributes)
{
    const struct change *change = draft->change;
    const struct resource *resource = change->resource;
    const char **needs =
        arena_alloc(apply->arena, (change->need_count + 1) * sizeof *needs);
    struct record record = {
        .address = change->address,
        .type = change->type,
        .host = change->host,
        .playbook = resource->playbook,
        .incarnation = incarnation_of(apply, draft),
        .created_by_us = is_ours(draft),
        .protect = resource->protect,
        .stage = resource->stage,
        .tags = resource->tags,
        .ignore = resource->ignore,
        .restarts = resource->restarts,
        .reloads = resource->reloads,
        .phase = resource->phase,
        .wanted = resource->attributes,
        .attributes = with_secrets(apply, draft, attributes),
        .needs = needs,
        .changed_at_ms = clock_now_ms(),
    };
    record.need_count = list_needs(apply, draft, needs);
    state_put(transaction, apply->engine->vault, &record);
}

static bool texts_equal(const char *left, const char *right)
{
    if (left == NULL || right == NULL)
        return left == right;
    return strcmp(left, right) == 0;
}

static bool needs_equal(const struct apply *apply, const struct draft *draft)
{
    const struct change *change = draft->change;
    const struct record *record = change->record;
    const char **needs =
        arena_alloc(apply->arena, (change->need_count + 1) * sizeof *needs);
    size_t count = list_needs(apply, draft, needs);
    if (count != record->need_count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(needs[i], record->needs[i]) != 0)
            return false;
    return true;
}

static bool lists_equal(const struct value *left, const struct value *right)
{
    if (left == NULL || right == NULL)
        return left == right;
    return value_equal(left, right);
}

// What the row only tells of the declaration.
static bool labels_equal(const struct record *record, const struct resource *resource)
{
    return texts_equal(record->stage, resource->stage) &&
           record->phase == resource->phase &&
           lists_equal(record->tags, resource->tags) &&
           lists_equal(record->ignore, resource->ignore) &&
           lists_equal(record->restarts, resource->restarts) &&
           lists_equal(record->reloads, resource->reloads);
}

// The next connection begins with the login that worked, and the last one to a host that
// is not declared any more is made as it was declared.
static bool has_new_way(const struct draft *draft)
{
    const struct change *change = draft->change;
    const struct record *record = change->record;
    return draft->schema->is_host &&
           (!value_equal(record->wanted, change->resource->attributes) ||
            !texts_equal(value_find_text(record->attributes, "last_login", NULL),
                         value_find_text(change->found, "last_login", NULL)));
}

bool apply_record_needs_row(const struct apply *apply, const struct draft *draft)
{
    const struct change *change = draft->change;
    const struct record *record = change->record;
    if (change->resource == NULL || draft->state != OBSERVE_PRESENT ||
        change->skipped != NULL)
        return false;
    if (record == NULL || record->attributes == NULL)
        return change->action == CHANGE_NONE || draft->ours;
    if (change->action != CHANGE_NONE)
        return false;
    // What a cut-off run began is done: the row still says what was before it.
    if (change->open != NULL)
        return true;
    if (draft->schema->is_core &&
        !value_equal(record->wanted, change->resource->attributes))
        return true;
    // How it is reached differs from nothing in the world, and who has no playbook at
    // hand reads it here.
    if (draft->schema->is_host &&
        !value_equal(record->wanted, change->resource->attributes))
        return true;
    const char *incarnation = incarnation_of(apply, draft);
    return record->protect != change->resource->protect ||
           !labels_equal(record, change->resource) ||
           !texts_equal(record->playbook, change->resource->playbook) ||
           (incarnation != NULL && !texts_equal(record->incarnation, incarnation)) ||
           has_new_way(draft) || !needs_equal(apply, draft);
}

void apply_record_settle(struct apply *apply, struct transaction *transaction,
                         const char *address)
{
    const struct journal_open *open = &apply->planner->open;
    const struct draft *draft = planner_find(apply->planner, address);
    if (draft->change->open == NULL)
        return;
    for (size_t i = 0; i < open->step_count; i++)
        if (strcmp(open->steps[i].address, address) == 0)
            journal_finish(transaction, open->steps[i].id, RECORD_RESOLVED, NULL);
    draft->change->open = NULL;
}

// What cut-off runs remembered of it, the newest. Settling their steps does not lose it.
static const struct value *note_of(const struct apply *apply, const char *address)
{
    const struct journal_open *open = &apply->planner->open;
    const struct value *note = NULL;
    for (size_t i = 0; i < open->step_count; i++)
        if (open->steps[i].note != NULL && strcmp(open->steps[i].address, address) == 0)
            note = open->steps[i].note;
    return note;
}

void apply_record_intent(struct apply *apply, struct transaction *transaction,
                         struct step *step)
{
    const struct change *change = step->change;
    const struct value *note = note_of(apply, change->address);
    step->record.run = apply->run;
    step->record.address = change->address;
    step->record.type = change->type;
    step->record.host = change->host;
    step->record.action = change->action == CHANGE_FORGET ? "forget" : step->action;
    step->record.label = arena_format(apply->arena, "r%llds%zu", (long long) apply->run,
                                      ++apply->step_count);
    apply_trace_step(apply, step);
    journal_intend(transaction, apply->engine->vault, &step->record);
    // This run may be cut off before it remembers anything itself.
    if (note != NULL)
        journal_note(transaction, step->record.id, note);
    step->record.note = note;
}

static enum record_outcome outcome_of(const struct step *step)
{
    switch (step->outcome) {
    case STEP_DONE:
        return RECORD_DONE;
    case STEP_UNCERTAIN:
        return RECORD_UNCERTAIN;
    default:
        return RECORD_FAILED;
    }
}

static const char *failure_of(const struct apply *apply, const struct step *step)
{
    if (step->outcome == STEP_DONE)
        return NULL;
    if (step->outcome == STEP_SKIPPED)
        return fault_is_set(&step->fault) ? step->fault.what
                                          : "not begun: a step before it failed";
    if (step->fault.why[0] == '\0')
        return step->fault.what;
    return arena_format(apply->arena, "%s: %s", step->fault.what, step->fault.why);
}

void apply_record_result(struct apply *apply, struct transaction *transaction,
                         struct step *step)
{
    struct draft *draft = planner_find(apply->planner, step->change->address);
    struct change *change = draft->change;
    const struct value *found = value_copy(apply->arena, step->found);
    bool deletes = strcmp(step->action, "delete") == 0;
    bool creates = strcmp(step->action, "create") == 0;
    journal_finish(transaction, step->record.id, outcome_of(step),
                   failure_of(apply, step));
    step->found = found;
    // An old one that gave up its name is on its way out: its row stays as it is.
    bool renamed = change->resource == NULL && !deletes;
    if (step->outcome == STEP_SKIPPED || renamed)
        return;
    if (deletes) {
        if (step->outcome == STEP_DONE) {
            state_remove(transaction, change->address);
            change->found = NULL;
            change->record = NULL;
        }
        return;
    }
    if (step->outcome == STEP_DONE && found == NULL)
        found = step->found = step->want;
    if (found != NULL) {
        change->found = found;
        draft->state = OBSERVE_PRESENT;
        draft->done = step->outcome == STEP_DONE;
        apply_record_row(apply, transaction, draft, found);
    } else if (creates && change->host == NULL && change->record == NULL) {
        // It may be half there: whatever is found of it later is ours.
        apply_record_row(apply, transaction, draft, NULL);
    }
}

static bool host_is_gone(const struct apply *apply, const char *address)
{
    const struct draft *host = planner_find(apply->planner, address);
    return host == NULL || host->goes_with != NULL;
}

static bool needs_no_step(const struct change *change)
{
    return (change->action == CHANGE_NONE && change->skipped == NULL) ||
           change->action == CHANGE_FORGET;
}

struct transaction *apply_record_tidy(struct apply *apply)
{
    struct planner *planner = apply->planner;
    struct transaction *transaction = NULL;
    const struct journal_open *open = &planner->open;
    struct database *database = apply->engine->database;
    for (size_t i = 0; i < apply->plan->change_count; i++) {
        struct draft *draft = planner->in_order[i];
        const struct change *change = draft->change;
        bool settles = change->open != NULL && needs_no_step(change);
        bool row = apply_record_needs_row(apply, draft);
        if (!settles && !row)
            continue;
        if (transaction == NULL)
            transaction = transaction_new(database);
        if (row)
            apply_record_row(apply, transaction, draft, change->found);
        if (settles)
            apply_record_settle(apply, transaction, change->address);
    }
    for (size_t i = 0; i < open->handler_count; i++) {
        if (!host_is_gone(apply, open->handlers[i].host))
            continue;
        if (transaction == NULL)
            transaction = transaction_new(database);
        journal_clear(transaction, open->handlers[i].host, open->handlers[i].name);
    }
    return transaction;
}

static const char *cost_text(struct apply *apply, struct money amount)
{
    char exact[MONEY_TEXT_SIZE];
    return arena_format(apply->arena, "%s %s", money_format_exact(amount, exact),
                        amount.currency);
}

void apply_record_end(struct apply *apply, struct transaction *transaction,
                      const char *outcome)
{
    const struct engine_result *result = apply->result;
    struct arena *arena = apply->arena;
    struct value_entry told[9] = {
        {"done", value_integer(arena, (int64_t) result->done_count)},
        {"failed", value_integer(arena, (int64_t) result->failed_count)},
        {"skipped", value_integer(arena, (int64_t) result->skipped_count)},
        {"unchanged", value_integer(arena, (int64_t) result->unchanged_count)},
        {"checks_passed", value_integer(arena, (int64_t) result->check_passed_count)},
        {"checks_failed", value_integer(arena, (int64_t) result->check_failed_count)},
        {"checks_warned", value_integer(arena, (int64_t) result->check_warned_count)},
    };
    size_t count = 7 + apply_trace_end(apply, told + 7);
    struct record_run run = {
        .id = apply->run,
        .outcome = outcome,
        .ended_at_ms = clock_now_ms(),
        .cost_before = cost_text(apply, apply->plan->cost_before),
        .cost_after = cost_text(apply, apply->plan->cost_after),
        .summary = value_map(arena, told, count),
    };
    journal_end_run(transaction, &run);
}
