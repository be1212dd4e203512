// SPDX-License-Identifier: MIT
//
// A change cannot do without another one when that makes what it refers to, comes after
// or is on; or when it gives a value that is not known before. A change in place of
// something that is there holds nothing up.
#include "engine/select.h"

#include <stdlib.h>
#include <string.h>

#include "value/address.h"

static bool has_tag(const struct value *tags, const char *tag)
{
    for (size_t i = 0; tags != NULL && tags->kind == VALUE_LIST && i < tags->list.count;
         i++)
        if (value_is_text(tags->list.items[i], tag))
            return true;
    return false;
}

static bool is_on_host(const struct change *change, const char *name)
{
    const char *host = change->host != NULL ? change->host : change->address;
    return strncmp(host, "host/", 5) == 0 && address_matches(host + 5, name);
}

// A group is a tag of its hosts.
static bool is_in_group(const struct planner *planner, const struct draft *draft,
                        const char *name)
{
    const struct draft *host = planner_host(planner, draft);
    const struct change *change = host != NULL ? host->change : NULL;
    if (change == NULL)
        return false;
    return has_tag(change->resource != NULL ? change->resource->tags
                   : change->record != NULL ? change->record->tags
                                            : NULL,
                   name);
}

static bool is_of_phase(const char *number, int phase)
{
    size_t digits = strspn(number, "0123456789");
    return digits > 0 && number[digits] == '\0' && atoi(number) == phase;
}

static bool matches(const struct planner *planner, const struct draft *draft,
                    const char *selector)
{
    const struct change *change = draft->change;
    const struct resource *resource = change->resource;
    const struct record *record = change->record;
    if (strncmp(selector, "tag=", 4) == 0)
        return has_tag(resource != NULL ? resource->tags
                       : record != NULL ? record->tags
                                        : NULL,
                       selector + 4);
    if (strncmp(selector, "group=", 6) == 0)
        return is_in_group(planner, draft, selector + 6);
    if (strncmp(selector, "host=", 5) == 0)
        return is_on_host(change, selector + 5);
    if (strncmp(selector, "phase=", 6) == 0)
        return is_of_phase(selector + 6, resource != NULL ? resource->phase
                                         : record != NULL ? record->phase
                                                          : 0);
    return address_matches(change->address, selector);
}

static bool refuse(const struct planner *planner, const char *flag, const char *selector,
                   struct fault *fault)
{
    const char **names =
        arena_alloc(planner->arena, (planner->draft_count + 1) * sizeof *names);
    for (size_t i = 0; i < planner->draft_count; i++)
        names[i] = planner->drafts[i].change->address;
    const char *near = schema_nearest(selector, names, planner->draft_count);
    fault_set(fault, FAULT_USAGE, "%s=%s selects nothing", flag, selector);
    fault_why(fault, "nothing that is declared or recorded matches");
    if (near != NULL)
        return fault_next(fault, "did you mean %s?", near);
    return fault_next(fault,
                      "an address or a glob of it, tag=NAME, host=NAME, group=NAME, "
                      "phase=N or @FILE; pipster state list");
}

static bool mark(struct planner *planner, const char *flag, const char *selector,
                 bool left_out, struct fault *fault)
{
    bool any = false;
    for (size_t i = 0; i < planner->draft_count; i++) {
        struct draft *draft = &planner->drafts[i];
        if (!matches(planner, draft, selector))
            continue;
        any = true;
        draft->left_out = left_out;
        draft->left_out_by = left_out ? flag : NULL;
    }
    return any || refuse(planner, flag, selector, fault);
}

bool select_mark(struct planner *planner, struct fault *fault)
{
    const struct engine_options *options = planner->options;
    const char *by = "--only";
    if (options->undoes != 0)
        by = arena_format(planner->arena, "the undo of run %lld",
                          (long long) options->undoes);
    for (size_t i = 0; options->only_count > 0 && i < planner->draft_count; i++) {
        planner->drafts[i].left_out = true;
        planner->drafts[i].left_out_by = by;
    }
    for (size_t i = 0; i < options->only_count; i++)
        if (!mark(planner, "--only", options->only[i], false, fault))
            return false;
    for (size_t i = 0; i < options->except_count; i++)
        if (!mark(planner, "--except", options->except[i], true, fault))
            return false;
    return true;
}

static bool does(const struct draft *draft)
{
    return plan_does(draft->change) || draft->change->action == CHANGE_CHECK ||
           draft->change->skipped != NULL; // it could not even be read
}

struct seeking {
    const char *address;
    bool found;
};

static void seek_unknown(void *context, const struct value *value)
{
    struct seeking *seeking = context;
    if (value->kind == VALUE_UNKNOWN && value->reference.address != NULL &&
        strcmp(value->reference.address, seeking->address) == 0)
        seeking->found = true;
}

// Whether `draft` can be carried out only after `needed`, on which it depends.
static bool cannot_without(const struct draft *draft, const struct draft *needed)
{
    struct seeking seeking = {.address = needed->change->address};
    enum change_action action = needed->change->action;
    if (needed->unreached) // what it would be is not known
        return true;
    if (action == CHANGE_CREATE || action == CHANGE_REPLACE)
        return true;
    if (draft->change->wanted != NULL)
        value_walk(draft->change->wanted, seek_unknown, &seeking);
    return seeking.found;
}

// A walk over what one draft depends on.
struct needs {
    const struct planner *planner;
    struct draft *draft;
    void (*visit)(struct draft *draft, struct draft *needed);
};

static void visit(const struct needs *needs, const char *address)
{
    struct draft *needed = planner_find(needs->planner, address);
    if (needed != NULL && needed != needs->draft && does(needed) &&
        cannot_without(needs->draft, needed))
        needs->visit(needs->draft, needed);
}

static void visit_reference(void *context, const struct value *value)
{
    if (value->kind == VALUE_REFERENCE)
        visit(context, value->reference.address);
}

static void visit_needs(struct needs *needs)
{
    const struct resource *resource = needs->draft->change->resource;
    if (resource == NULL)
        return;
    if (resource->host != NULL)
        visit(needs, resource->host);
    for (size_t i = 0; i < resource->after_count; i++)
        visit(needs, resource->after[i]);
    if (resource->attributes != NULL)
        value_walk(resource->attributes, visit_reference, needs);
}

static void take_along(struct draft *draft, struct draft *needed)
{
    if (!needed->left_out || needed->unreached ||
        strcmp(needed->left_out_by, "--except") == 0)
        return;
    needed->left_out = false;
    needed->needed_by = draft->change->address;
}

static void hold(struct draft *draft, struct draft *needed)
{
    if (draft->held_by == NULL && (needed->left_out || needed->held_by != NULL))
        draft->held_by = needed->change->address;
}

// What is needed lies before what needs it: one pass from the end takes along, one from
// the beginning holds up.
static void spread(struct planner *planner)
{
    size_t count = planner->draft_count;
    for (size_t i = count; i-- > 0;) {
        struct draft *draft = &planner->drafts[planner->graph.order[i]];
        struct needs needs = {planner, draft, take_along};
        if (!draft->left_out && does(draft))
            visit_needs(&needs);
    }
    for (size_t i = 0; i < count; i++) {
        struct draft *draft = &planner->drafts[planner->graph.order[i]];
        struct needs needs = {planner, draft, hold};
        if (!draft->left_out && does(draft))
            visit_needs(&needs);
    }
}

static bool is_removal(const struct draft *draft)
{
    return draft->change->resource == NULL && (draft->change->action == CHANGE_DELETE ||
                                               draft->change->action == CHANGE_FORGET);
}

// Things that were recorded as needing another, one after the other on a host apart.
static bool depended_on(const struct draft *draft, const struct draft *needed)
{
    const char *host = draft->change->host;
    bool beside = host != NULL && needed->change->host != NULL &&
                  strcmp(host, needed->change->host) == 0;
    return !beside;
}

static bool hold_needed(struct planner *planner, const struct draft *draft)
{
    const struct record *record = draft->change->record;
    bool held = false;
    for (size_t i = 0; i < record->need_count; i++) {
        struct draft *needed = planner_find(planner, record->needs[i]);
        if (needed == NULL || !is_removal(needed) || needed->left_out ||
            needed->held_by != NULL || !depended_on(draft, needed))
            continue;
        needed->held_by = draft->change->address;
        held = true;
    }
    return held;
}

// Rows that go with their machine go, or stay, as that does. What is still needed by
// something left out is not removed either.
static void spread_removals(struct planner *planner)
{
    bool more = true;
    for (size_t i = 0; i < planner->draft_count; i++) {
        struct draft *draft = &planner->drafts[i];
        const struct draft *machine =
            draft->goes_with != NULL ? planner_find(planner, draft->goes_with) : NULL;
        if (machine == NULL || machine == draft || !is_removal(draft))
            continue;
        draft->left_out = machine->left_out;
        draft->left_out_by = machine->left_out_by;
    }
    while (more) {
        more = false;
        for (size_t i = 0; i < planner->draft_count; i++) {
            const struct draft *draft = &planner->drafts[i];
            bool stays = draft->left_out || draft->held_by != NULL;
            if (stays && does(draft) && draft->change->record != NULL)
                more = hold_needed(planner, draft) || more;
        }
    }
}

static const char *why_held(struct planner *planner, const struct draft *draft)
{
    const struct draft *other = planner_find(planner, draft->held_by);
    bool unreached = other != NULL && other->unreached;
    if (draft->change->resource == NULL)
        return arena_format(planner->arena, "%s, which is left out, needs it",
                            draft->held_by);
    return arena_format(planner->arena,
                        unreached ? "needs %s, whose host does not answer"
                                  : "needs %s, which is left out",
                        draft->held_by);
}

static void skip(struct planner *planner, struct draft *draft)
{
    struct change *change = draft->change;
    if (change->skipped != NULL)
        return;
    change->skipped_action = change->action;
    change->action = CHANGE_NONE;
    if (draft->left_out)
        change->skipped =
            arena_format(planner->arena, "left out by %s", draft->left_out_by);
    else
        change->skipped = why_held(planner, draft);
    change->reason = change->skipped;
}

void select_hold(struct planner *planner)
{
    const struct engine_options *options = planner->options;
    if (options->only_count + options->except_count == 0 &&
        planner->plan->unreached_count == 0)
        return;
    spread(planner);
    spread_removals(planner);
    for (size_t i = 0; i < planner->draft_count; i++) {
        struct draft *draft = &planner->drafts[i];
        if (does(draft) && (draft->left_out || draft->held_by != NULL))
            skip(planner, draft);
        else if (does(draft) && draft->needed_by != NULL)
            draft->change->reason = arena_format(planner->arena, "%s (%s needs it)",
                                                 draft->change->reason, draft->needed_by);
    }
}
