// SPDX-License-Identifier: MIT
#include "engine/decide.h"

#include <string.h>

#include "engine/diff.h"
#include "engine/lifecycle.h"
#include "engine/removed.h"
#include "engine/resolve.h"
#include "engine/sealed.h"
#include "engine/stage.h"

static const struct value *recorded_attributes(const struct draft *draft)
{
    const struct record *record = draft->change->record;
    return record != NULL ? record->attributes : NULL;
}

// What lives in our own state only: secrets and cost items.
static bool look_at_own(struct planner *planner, struct draft *draft, struct fault *fault)
{
    if (draft->schema->is_core)
        return sealed_look(planner, draft, fault);
    draft->change->found = recorded_attributes(draft);
    draft->state = draft->change->found != NULL ? OBSERVE_PRESENT : OBSERVE_ABSENT;
    return true;
}

static void take_diff(struct change *change, const struct diff *diff)
{
    change->fields = diff->fields;
    change->field_count = diff->field_count;
}

// It is done again, or done for the first time, or not at all.
static void decide_undecided(struct draft *draft)
{
    struct change *change = draft->change;
    change->verdict = VERDICT_MAY;
    change->because = draft->because != NULL ? draft->because : "only a run may ask";
    change->reason = "only a run may ask";
    if (recorded_attributes(draft) == NULL)
        return;
    change->action = CHANGE_UPDATE;
    change->found = recorded_attributes(draft);
    change->field_count = 0;
}

static void decide_create(struct planner *planner, struct draft *draft)
{
    struct change *change = draft->change;
    struct diff diff;
    change->action = CHANGE_CREATE;
    change->found = NULL;
    diff_create(planner->arena, draft->schema, change->wanted, &diff);
    take_diff(change, &diff);
    if (draft->state == OBSERVE_UNKNOWN) {
        change->verdict = VERDICT_MAY;
        change->because =
            draft->because != NULL ? draft->because : "it cannot be seen yet";
        change->reason = "new host";
        return;
    }
    if (draft->state == OBSERVE_UNDECIDED) {
        decide_undecided(draft);
        return;
    }
    change->recreated_after_drift = recorded_attributes(draft) != NULL;
    change->reason =
        change->recreated_after_drift ? "gone since the last run" : "not there yet";
}

static const char *note_because(const struct planner *planner, const struct diff *diff)
{
    if (diff->because == NULL)
        return NULL;
    return arena_format(planner->arena, "%s, which is known after apply", diff->because);
}

static void decide_present(struct planner *planner, struct draft *draft,
                           const char *replace_because)
{
    struct arena *arena = planner->arena;
    struct change *change = draft->change;
    struct diff diff;
    change->wanted = lifecycle_wanted(arena, change);
    diff_compare(arena, planner->engine->vault, draft->schema, change->wanted,
                 change->found, recorded_attributes(draft), &diff);
    lifecycle_births(planner, change, &diff);
    lifecycle_name(arena, change, &diff);
    take_diff(change, &diff);
    change->reason = diff_reason(arena, &diff);
    if (diff.field_count == 0) {
        change->action = CHANGE_NONE;
        change->reason = change->record == NULL ? "already there" : "nothing differs";
        return;
    }
    bool replaces = diff.must_replace || (!diff.differs && diff.may_replace) ||
                    replace_because != NULL;
    change->rebuilds =
        replaces && replace_because == NULL && lifecycle_rebuilds(change, draft->schema);
    change->action = replaces && !change->rebuilds ? CHANGE_REPLACE : CHANGE_UPDATE;
    change->create_first = change->action == CHANGE_REPLACE && change->host == NULL &&
                           change->resource->create_first;
    if (replace_because != NULL)
        change->reason = replace_because;
    else if (change->rebuilds)
        change->reason = arena_format(arena, "%s: rebuilt in place", change->reason);
    else if (replaces)
        change->reason =
            arena_format(arena, "%s, which cannot be changed in place", change->reason);
    if (!diff.differs) {
        change->verdict = VERDICT_MAY;
        change->because = note_because(planner, &diff);
    }
}

static void wait_for_stage(struct planner *planner, struct change *change,
                           const struct resource_deferral *deferral)
{
    change->action = CHANGE_NONE;
    change->deferred = deferral->stage;
    change->reason = arena_format(planner->arena,
                                  "stage \"%s\" is deferred: %s is known "
                                  "after apply",
                                  deferral->stage, deferral->waits_for);
}

static void compare_with_world(struct planner *planner, struct draft *draft,
                               const char *replace_because)
{
    struct change *change = draft->change;
    change->verdict = VERDICT_WILL;
    change->because = NULL;
    change->rebuilds = change->create_first = false;
    const struct resource_deferral *deferral =
        draft->schema->is_check ? stage_before(planner, change->resource) : NULL;
    if (deferral != NULL) {
        wait_for_stage(planner, change, deferral);
    } else if (draft->schema->is_check) {
        struct diff diff;
        diff_create(planner->arena, draft->schema, change->wanted, &diff);
        take_diff(change, &diff);
        change->action = CHANGE_CHECK;
        change->reason = "verified after everything before it";
    } else if (draft->state == OBSERVE_PRESENT) {
        decide_present(planner, draft, replace_because);
    } else {
        decide_create(planner, draft);
    }
}

static bool ask_preview(struct planner *planner, struct draft *draft, struct fault *fault)
{
    const struct provider *provider = planner->engine->provider;
    struct preview *preview = arena_alloc(planner->arena, sizeof *preview);
    struct change *change = draft->change;
    const struct schema *schema = draft->schema;
    change->preview = preview;
    bool unpriced = change->action == CHANGE_FORGET && !change->stays;
    // A look shows the fields of things on hosts: it must know which are for no eye.
    bool unseen = planner->options->only_looks &&
                  (change->host == NULL || change->field_count == 0);
    if (schema == NULL || schema->is_core || unpriced || unseen)
        return true;
    if (provider->preview(provider->context, planner->arena, change, preview, fault)) {
        lifecycle_hide(change);
        return true;
    }
    if (fault->where[0] == '\0' && change->where != NULL)
        fault_where(fault, "%s", change->where);
    return fault_while(fault, "planning %s", change->address);
}

// The provider may know better what is wanted (the type that is in stock), or that it
// takes a new one; then the comparison is made again with that.
static bool refine(struct planner *planner, struct draft *draft, struct fault *fault)
{
    struct change *change = draft->change;
    if (!ask_preview(planner, draft, fault))
        return false;
    const struct value *refined = change->preview->wanted;
    bool replaces =
        change->action == CHANGE_UPDATE && change->preview->replace_because != NULL;
    bool differs = refined != NULL && !value_equal(refined, change->wanted);
    if (!replaces && !differs)
        return true;
    size_t warnings = planner->plan->warning_count;
    if (differs)
        change->wanted = refined;
    compare_with_world(planner, draft,
                       replaces ? change->preview->replace_because : NULL);
    planner->plan->warning_count = warnings; // told once already
    return ask_preview(planner, draft, fault);
}

// What could not be read and is left out anyway holds nothing else up: it counts as it
// was last seen.
static bool leave_unread(struct planner *planner, struct draft *draft,
                         struct fault *fault)
{
    struct change *change = draft->change;
    change->found = recorded_attributes(draft);
    change->action = CHANGE_NONE;
    change->reason = change->skipped =
        arena_format(planner->arena, "left out by %s; it could not be read: %s",
                     draft->left_out_by, draft->fault->what);
    draft->state = change->found != NULL ? OBSERVE_PRESENT : OBSERVE_UNKNOWN;
    return ask_preview(planner, draft, fault);
}

static bool is_unreached(const struct planner *planner, const struct draft *draft)
{
    bool is_host = draft->schema != NULL && draft->schema->is_host;
    bool on_host = draft->change->host != NULL || is_host;
    return planner->options->leave_unreached && on_host && !draft->left_out &&
           draft->fault->kind == FAULT_UNREACHABLE;
}

// Its branch alone stands still: select_hold leaves out what cannot do without it.
static bool leave_unreached(struct planner *planner, struct draft *draft,
                            struct fault *fault)
{
    struct plan *plan = planner->plan;
    struct change *change = draft->change;
    const char *host = change->host != NULL ? change->host : change->address;
    if (change->host == NULL) {
        struct plan_unreached *longer =
            arena_alloc(planner->arena, (plan->unreached_count + 1) * sizeof *longer);
        if (plan->unreached_count > 0)
            memcpy(longer, plan->unreached, plan->unreached_count * sizeof *longer);
        longer[plan->unreached_count++] = (struct plan_unreached){host, draft->fault};
        plan->unreached = longer;
    }
    draft->unreached = draft->left_out = true;
    draft->left_out_by = arena_format(planner->arena, "%s, which does not answer", host);
    return leave_unread(planner, draft, fault);
}

// What is as it should be by now may become due by what changes before it on its host.
static void expect_to_follow(struct planner *planner, struct draft *draft)
{
    struct change *change = draft->change;
    if (!draft->schema->follows || change->action != CHANGE_NONE || draft->asked_at > 0)
        return;
    for (size_t i = 0; i < planner->draft_count; i++) {
        const struct change *other = planner->drafts[i].change;
        bool before = other->resource != NULL && other->host != NULL &&
                      other->resource->order < change->resource->order;
        if (!before || strcmp(other->host, change->host) != 0 ||
            !planner->drafts[i].decided || !plan_does(other))
            continue;
        draft->undecided = true;
        draft->state = OBSERVE_UNDECIDED;
        draft->because =
            arena_format(planner->arena, "%s may ask for it", other->address);
        compare_with_world(planner, draft, NULL);
        return;
    }
}

static bool decide_declared(struct planner *planner, struct draft *draft,
                            struct fault *fault)
{
    struct change *change = draft->change;
    if (!resolve_value(planner, change->resource->attributes, &change->wanted, fault)) {
        fault_where(fault, "%s", change->where != NULL ? change->where : "");
        return fault_while(fault, "planning %s", change->address);
    }
    if ((draft->schema->is_core || draft->schema->is_cost) && !draft->done &&
        !look_at_own(planner, draft, fault))
        return false;
    if (draft->state == OBSERVE_FAILED && !draft->schema->is_check) {
        if (draft->left_out)
            return leave_unread(planner, draft, fault);
        if (is_unreached(planner, draft))
            return leave_unreached(planner, draft, fault);
        *fault = *draft->fault;
        return false;
    }
    compare_with_world(planner, draft, NULL);
    expect_to_follow(planner, draft);
    // The source of a secret that is not to be touched need not answer.
    const struct engine_options *options = planner->options;
    bool stays = options->only_looks || (options->undoes != 0 && draft->left_out);
    if (draft->schema->is_core && !draft->done && !stays &&
        !sealed_compare(planner, draft, fault))
        return false;
    if (!refine(planner, draft, fault))
        return false;
    for (size_t i = 0; i < draft->change->preview->warning_count; i++)
        planner_warn(planner, "%s: %s", draft->change->address,
                     draft->change->preview->warnings[i]);
    return true;
}

static void forget(struct change *change, const char *reason)
{
    change->action = CHANGE_FORGET;
    change->reason = reason;
}

static void leave_where_it_is(struct planner *planner, struct draft *draft,
                              const struct resource_removal *removal)
{
    bool costs = draft->change->host == NULL && draft->state == OBSERVE_PRESENT;
    draft->change->stays = draft->goes_with == NULL;
    forget(draft->change,
           arena_format(planner->arena, "removed at %s: it stays%s", removal->where,
                        costs ? ", and what it costs goes on" : ""));
}

static void decide_leftover(struct planner *planner, struct draft *draft)
{
    struct change *change = draft->change;
    if (draft->state == OBSERVE_PRESENT && draft->ours) {
        change->action = CHANGE_DELETE;
        change->reason =
            arena_format(planner->arena, "left over from run %lld, not declared any more",
                         (long long) change->open->run);
    } else {
        change->action = CHANGE_NONE;
        change->reason = "an unfinished step of an earlier run, settled";
    }
}

static void decide_removed(struct planner *planner, struct draft *draft)
{
    struct arena *arena = planner->arena;
    struct change *change = draft->change;
    const char *kept = map_find(&planner->kept, change->address);
    const struct resource_deferral *deferral = stage_of(planner, draft);
    const struct resource_removal *removal = removed_find(planner, draft);
    if (kept != NULL) {
        change->action = CHANGE_NONE;
        change->blocked_by_protection = true;
        change->reason = kept;
    } else if (deferral != NULL) {
        wait_for_stage(planner, change, deferral);
    } else if (planner_is_foreign(planner, draft)) {
        change->action = CHANGE_NONE;
        change->reason =
            arena_format(arena, "left alone: declared by %s", change->record->playbook);
    } else if (change->record == NULL) {
        decide_leftover(planner, draft);
    } else if (removal != NULL) {
        leave_where_it_is(planner, draft, removal);
    } else if (draft->schema == NULL) {
        change->action = CHANGE_NONE;
        change->reason = "left alone: there is no such type any more";
        planner_warn(planner, "%s is left alone: this pipster has no type %s",
                     change->address, change->type);
    } else if (draft->goes_with != NULL || draft->void_record != NULL) {
        const char *machine = draft->goes_with != NULL ? draft->goes_with : change->host;
        forget(change, arena_format(arena, "goes with %s", machine));
    } else if (draft->state == OBSERVE_ABSENT) {
        forget(change, "already gone");
    } else if (!change->record->created_by_us && !draft->ours) {
        forget(change, "it was there before us, and stays as it is");
    } else {
        change->action = CHANGE_DELETE;
        change->reason = planner->options->destroy ? "destroyed"
                         : planner->options->undoes != 0
                             ? arena_format(arena, "run %lld made it",
                                            (long long) planner->options->undoes)
                             : "not declared any more";
    }
}

bool decide_draft(struct planner *planner, struct draft *draft, struct fault *fault)
{
    struct change *change = draft->change;
    draft->decided = true;
    if (change->resource != NULL)
        return decide_declared(planner, draft, fault);
    const struct schema *schema = draft->schema;
    if (schema != NULL && (schema->is_core || schema->is_cost)) {
        draft->state = OBSERVE_PRESENT;
        change->found = recorded_attributes(draft);
    }
    bool unread = draft->state == OBSERVE_FAILED && draft->left_out;
    if (unread && draft->goes_with == NULL)
        return leave_unread(planner, draft, fault);
    bool asked = draft->state == OBSERVE_FAILED && draft->goes_with == NULL &&
                 removed_find(planner, draft) == NULL &&
                 !map_has(&planner->kept, change->address) &&
                 !planner_is_left_alone(planner, draft);
    if (asked && is_unreached(planner, draft))
        return leave_unreached(planner, draft, fault);
    if (asked) {
        *fault = *draft->fault;
        return false;
    }
    decide_removed(planner, draft);
    if (!ask_preview(planner, draft, fault))
        return false;
    if (change->action != CHANGE_DELETE || change->preview->stays_because == NULL)
        return true;
    change->stays = true;
    forget(change, arena_format(planner->arena, "%s: it stays as it is",
                                change->preview->stays_because));
    planner_warn(planner, "%s is not destroyed: %s", change->address,
                 change->preview->stays_because);
    return ask_preview(planner, draft, fault);
}

bool decide_again(struct planner *planner, struct draft *draft, struct fault *fault)
{
    struct change *change = draft->change;
    enum change_action planned = change->action;
    if (!decide_draft(planner, draft, fault))
        return false;
    // What was done before, and is to be done again.
    if (draft->undecided && planned == CHANGE_UPDATE && change->action == CHANGE_CREATE) {
        change->action = CHANGE_UPDATE;
        change->reason = "it is to be done again";
    }
    bool less = change->action == planned || change->action == CHANGE_NONE ||
                change->action == CHANGE_UPDATE;
    if (less)
        return true;
    fault_set(fault, FAULT_STALE, "%s would have to be %s, which was not planned",
              change->address, change->action == CHANGE_REPLACE ? "replaced" : "created");
    fault_where(fault, "%s", change->where != NULL ? change->where : change->address);
    fault_why(fault, "%s", change->reason);
    return fault_next(fault, "plan again: what could not be known then is known now");
}
