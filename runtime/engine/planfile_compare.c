// SPDX-License-Identifier: MIT
#include "engine/planfile_compare.h"

#include <string.h>

#include "value/json.h"

struct comparing {
    struct arena arena;
    const struct map *begun;
    struct fault *fault;
};

static const char *done_to(enum change_action action)
{
    switch (action) {
    case CHANGE_CREATE:
        return "created";
    case CHANGE_UPDATE:
        return "changed";
    case CHANGE_REPLACE:
        return "replaced";
    case CHANGE_DELETE:
        return "destroyed";
    case CHANGE_FORGET:
        return "forgotten";
    default:
        return "left as it is";
    }
}

static bool refuse_where(const struct comparing *of, const struct change *change,
                         const char *why)
{
    fault_where(of->fault, "%s", change->where != NULL ? change->where : change->address);
    return fault_why(of->fault, "%s", why);
}

static bool equal(const char *left, const char *right)
{
    return left == right || (left != NULL && right != NULL && strcmp(left, right) == 0);
}

static bool is_begun(const struct comparing *of, const struct change *change)
{
    return of->begun != NULL && map_has(of->begun, change->address);
}

// What is left of something begun may be named otherwise: a replacement whose first half
// is done, a thing that is there but not finished.
static bool is_remainder(enum change_action approved, enum change_action now)
{
    if (approved == CHANGE_REPLACE)
        return now == CHANGE_CREATE || now == CHANGE_UPDATE;
    return approved == CHANGE_CREATE && now == CHANGE_UPDATE;
}

static bool refuse_new(const struct comparing *of, const struct change *now)
{
    fault_set(of->fault, FAULT_STALE, "%s would be %s, which was not approved",
              now->address, done_to(now->action));
    return refuse_where(of, now, now->reason);
}

static bool check_action(const struct comparing *of, const struct change *approved,
                         const struct change *now)
{
    enum change_action action = now->action;
    bool gone_by_itself = action == CHANGE_FORGET && approved->action == CHANGE_DELETE;
    bool same = approved->skipped == NULL && approved->action == action;
    if (same || gone_by_itself ||
        (is_begun(of, now) && is_remainder(approved->action, action)))
        return true;
    fault_set(of->fault, FAULT_STALE, "%s would be %s, and it was approved that it is %s",
              now->address, done_to(action), done_to(approved->action));
    return refuse_where(of, now, now->reason);
}

static const char *shown(struct arena *arena, const struct value *value)
{
    if (value_is_null(value))
        return "nothing";
    if (!value_is_known(value))
        return "known after apply";
    bool is_text = value->kind == VALUE_STRING;
    if (value_find(value, "$content") != NULL || (is_text && value->string.length > 72))
        return "a text";
    return json_text(arena, value);
}

static bool refuse_before(struct comparing *of, const struct change *change,
                          const struct change_field *then, const struct change_field *now)
{
    fault_set(of->fault, FAULT_STALE, "%s of %s has changed since the plan was made",
              now->name, change->address);
    if (then->secret || now->secret)
        return refuse_where(of, change, "it is a secret, and another than it was then");
    return refuse_where(of, change,
                        arena_format(&of->arena, "it was %s then, and is %s now",
                                     shown(&of->arena, then->before),
                                     shown(&of->arena, now->before)));
}

static bool refuse_after(struct comparing *of, const struct change *change,
                         const struct change_field *then, const struct change_field *now)
{
    fault_set(of->fault, FAULT_STALE, "%s of %s would become another one", now->name,
              change->address);
    if (then->secret || now->secret)
        return refuse_where(of, change, "it is a secret, and another than was approved");
    return refuse_where(of, change,
                        arena_format(&of->arena, "%s was approved, and it is %s now",
                                     shown(&of->arena, then->after),
                                     shown(&of->arena, now->after)));
}

static bool check_field(struct comparing *of, const struct planfile_change *approved,
                        const struct planfile_change *now, size_t index)
{
    const struct change *change = now->change;
    const struct change_field *field = &change->fields[index];
    const struct planfile_field *digests = &now->fields[index];
    bool compares = !is_begun(of, change);
    for (size_t i = 0; i < approved->change->field_count; i++) {
        const struct change_field *then = &approved->change->fields[i];
        const struct planfile_field *known = &approved->fields[i];
        if (strcmp(then->name, field->name) != 0)
            continue;
        if (compares && !equal(known->before, digests->before))
            return refuse_before(of, change, then, field);
        if (known->later || (!digests->later && equal(known->after, digests->after)))
            return true;
        return refuse_after(of, change, then, field);
    }
    fault_set(of->fault, FAULT_STALE, "%s of %s would be changed, which was not approved",
              field->name, change->address);
    return refuse_where(of, change, change->reason);
}

static bool check_facts(const struct comparing *of,
                        const struct planfile_change *approved,
                        const struct planfile_change *now)
{
    bool same_action = approved->change->action == now->change->action;
    for (size_t i = 0; same_action && i < now->facts.count; i++) {
        const struct planfile_mark *fact = &now->facts.items[i];
        const struct planfile_mark *then =
            planfile_find_mark(&approved->facts, fact->name);
        if (then != NULL && equal(then->digest, fact->digest))
            continue;
        fault_set(of->fault, FAULT_STALE, "%s of %s has changed since the plan was made",
                  fact->name, now->change->address);
        return refuse_where(of, now->change,
                            "what was approved was meant for what was there then");
    }
    return true;
}

static bool sum_of(const struct change *change, struct money *sum)
{
    const struct preview *preview = change->preview;
    struct fault ignored;
    *sum = money_zero("");
    for (size_t i = 0; preview != NULL && i < preview->price_count; i++)
        if (!preview->prices[i].known ||
            !money_add(sum, preview->prices[i].monthly, &ignored))
            return false;
    return true;
}

// Nor may it cost more, take longer, or put more at risk.
static bool check_cost_and_risk(struct comparing *of, const struct change *approved,
                                const struct change *now)
{
    struct money then, price;
    char was[MONEY_TEXT_SIZE], is[MONEY_TEXT_SIZE];
    const struct preview *before = approved->preview, *after = now->preview;
    bool known = sum_of(approved, &then) && sum_of(now, &price);
    bool comparable = known && (then.units == 0 || price.units == 0 ||
                                strcmp(then.currency, price.currency) == 0);
    if (comparable && price.units > then.units) {
        fault_set(of->fault, FAULT_STALE, "%s costs more than was approved",
                  now->address);
        return refuse_where(
            of, now,
            arena_format(&of->arena, "it was %s a month then, and is %s now",
                         money_format(then, was), money_format(price, is)));
    }
    if (after == NULL || before == NULL)
        return true;
    if (after->data_at_risk != NULL &&
        !equal(after->data_at_risk, before->data_at_risk)) {
        fault_set(of->fault, FAULT_STALE, "%s puts more data at risk than was approved",
                  now->address);
        return refuse_where(of, now, after->data_at_risk);
    }
    if (after->downtime != NULL && before->downtime == NULL) {
        fault_set(of->fault, FAULT_STALE, "%s takes a downtime that was not approved",
                  now->address);
        return refuse_where(of, now, after->downtime);
    }
    return true;
}

static bool check_change(struct comparing *of, const struct planfile_change *approved,
                         const struct planfile_change *now)
{
    const struct change *change = now->change;
    if (approved == NULL)
        return refuse_new(of, change);
    if (!check_action(of, approved->change, change))
        return false;
    if (!is_begun(of, change) && !check_facts(of, approved, now))
        return false;
    for (size_t i = 0; i < change->field_count; i++)
        if (change->action != CHANGE_FORGET && !check_field(of, approved, now, i))
            return false;
    return change->action == CHANGE_FORGET ||
           check_cost_and_risk(of, approved->change, change);
}

static bool check_handlers(const struct comparing *of, const struct planfile *approved,
                           const struct planfile *now)
{
    for (size_t i = 0; i < now->handlers.count; i++) {
        const struct planfile_mark *handler = &now->handlers.items[i];
        const struct planfile_mark *then =
            planfile_find_mark(&approved->handlers, handler->name);
        if (then != NULL && equal(then->digest, handler->digest))
            continue;
        fault_set(of->fault, FAULT_STALE, "%s would be done, which was not approved",
                  handler->name);
        return then == NULL ? false
                            : fault_why(of->fault, "its commands are others by now");
    }
    return true;
}

bool planfile_compare(const struct planfile *approved, const struct planfile *now,
                      const struct map *begun, struct fault *fault)
{
    struct comparing of = {.begun = begun, .fault = fault};
    struct map known; // address → struct planfile_change
    bool same = true;
    arena_init(&of.arena, 0);
    map_init(&known);
    for (size_t i = 0; i < approved->change_count; i++)
        map_put(&known, approved->changes[i].change->address, &approved->changes[i]);
    for (size_t i = 0; i < now->change_count && same; i++) {
        const struct change *change = now->changes[i].change;
        if (plan_does(change))
            same = check_change(&of, map_find(&known, change->address), &now->changes[i]);
    }
    same = same && check_handlers(&of, approved, now);
    map_clear(&known);
    arena_clear(&of.arena);
    return same;
}
