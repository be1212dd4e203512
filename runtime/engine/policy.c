// SPDX-License-Identifier: MIT
#include "engine/policy.h"

#include <stdio.h>

#include "engine/share.h"
#include "value/address.h"

static bool matches_any(const char *text, const char *const *patterns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (address_matches(text, patterns[i]))
            return true;
    return false;
}

// Whether the guard is about this change at all.
static bool concerns(const struct resource_guard *guard, const struct change *change)
{
    if (guard->type_count > 0 &&
        !matches_any(change->type, guard->types, guard->type_count))
        return false;
    return guard->on_count == 0 ||
           matches_any(change->address, guard->on, guard->on_count) ||
           (change->host != NULL &&
            matches_any(change->host, guard->on, guard->on_count));
}

static bool makes_or_changes(const struct change *change)
{
    return change->action == CHANGE_CREATE || change->action == CHANGE_UPDATE ||
           change->action == CHANGE_REPLACE;
}

static const char *verb_of(const struct change *change)
{
    switch (change->action) {
    case CHANGE_CREATE:
        return "create";
    case CHANGE_REPLACE:
        return "replace";
    case CHANGE_DELETE:
        return "destroy";
    default:
        return "change";
    }
}

// All guards end like this: why is the playbook's own reason, where it gave one.
static bool block(const struct resource_guard *guard, const char *why,
                  const char *otherwise, struct fault *fault)
{
    fault_where(fault, "%s", guard->where);
    fault_why(fault, "%s%s%s", why, guard->because != NULL ? "; " : "",
              guard->because != NULL ? guard->because : "");
    return fault_next(fault, "%s; or, this once, --override REASON", otherwise);
}

static bool judge_forbidden(const struct resource_guard *guard,
                            const struct change *change, struct fault *fault)
{
    if (!makes_or_changes(change))
        return true;
    fault_set(fault, FAULT_BLOCKED, "%s may not be: the plan would %s it",
              change->address, verb_of(change));
    return block(guard, "a guard forbids its type", "leave it out, or change the guard",
                 fault);
}

static const char *missing_label(const struct resource_guard *guard,
                                 const struct change *change)
{
    const struct value *labels = value_find(change->wanted, "labels");
    if (labels != NULL && !value_is_known(labels))
        return NULL; // judged when it is known
    for (size_t i = 0; i < guard->label_count; i++)
        if (value_is_null(value_find(labels, guard->labels[i])))
            return guard->labels[i];
    return NULL;
}

static bool judge_labels(const struct resource_guard *guard, const struct change *change,
                         struct fault *fault)
{
    const struct resource *resource = change->resource;
    bool can = resource != NULL && resource->schema != NULL &&
               schema_find(resource->schema, "labels") != NULL;
    const char *missing =
        can && makes_or_changes(change) ? missing_label(guard, change) : NULL;
    if (missing == NULL)
        return true;
    fault_set(fault, FAULT_BLOCKED, "%s has no label \"%s\"", change->address, missing);
    if (change->where == NULL)
        return block(guard, "a guard requires it", "add the label", fault);
    char next[512];
    snprintf(next, sizeof next, "add labels = { [\"%s\"] = … } at %s", missing,
             change->where);
    return block(guard, "a guard requires it", next, fault);
}

static bool judge_downtime(const struct resource_guard *guard,
                           const struct change *change, struct fault *fault)
{
    const struct preview *preview = change->preview;
    if (guard->is_open || !plan_does(change) || preview == NULL ||
        preview->downtime == NULL)
        return true;
    bool is_short = preview->downtime_ms > 0 && preview->downtime_ms <= guard->over_ms;
    if (is_short)
        return true;
    fault_set(fault, FAULT_BLOCKED, "%s would be down: %s", change->address,
              preview->downtime);
    return block(guard,
                 guard->over_ms > 0 ? "a guard forbids so long a downtime"
                                    : "a guard forbids any downtime",
                 "leave this change out with --except, or wait for the guard's window",
                 fault);
}

// As a budget: what lowers the cost, or changes nothing, is warned of only.
static bool judge_share(struct planner *planner, const struct resource_guard *guard,
                        struct fault *fault)
{
    const struct plan *plan = planner->plan;
    const struct plan_revenue *revenue = &plan->revenue;
    char after[MONEY_TEXT_SIZE], of[MONEY_TEXT_SIZE], limit[MONEY_TEXT_SIZE];
    char share[SHARE_TEXT_SIZE];
    struct money max;
    if (planner->options->destroy)
        return true;
    if (!revenue->is_known || !share_of(guard->text, revenue->monthly, &max)) {
        planner_warn(planner, "the budget of %s of the revenue (%s) is not judged: %s",
                     guard->text, guard->where, revenue->unknown);
        return true;
    }
    if (money_compare(plan->cost_after, max) <= 0)
        return true;
    share_format(plan->cost_after, revenue->monthly, share);
    money_format(plan->cost_after, after);
    if (plan_is_empty(plan) || money_compare(plan->cost_after, plan->cost_before) < 0) {
        planner_warn(planner,
                     "%s a month is %s of the revenue: over the budget of %s "
                     "(%s)",
                     after, share, guard->text, guard->where);
        return true;
    }
    fault_set(fault, FAULT_BLOCKED,
              "this would cost %s a month: %s of the revenue, over the budget of %s",
              after, share, guard->text);
    fault_where(fault, "%s", guard->where);
    fault_why(fault, "the revenue is %s a month, and %s of it is %s",
              money_format(revenue->monthly, of), guard->text, money_format(max, limit));
    return fault_next(fault,
                      "declare something cheaper, or raise the share at %s; or, "
                      "this once, --override REASON",
                      guard->where);
}

static bool judge_rule(struct planner *planner, const struct resource_guard *guard,
                       struct fault *fault)
{
    const struct provider *provider = planner->engine->provider;
    const char *because = NULL;
    if (provider->judge == NULL)
        return fault_set(fault, FAULT_INTERNAL, "nobody knows the rule %s", guard->text);
    if (!provider->judge(provider->context, planner->plan, guard->rule, planner->arena,
                         &because, fault))
        return fault_while(fault, "asking the guard \"%s\"", guard->text);
    if (because == NULL)
        return true;
    fault_set(fault, FAULT_BLOCKED, "the guard \"%s\" forbids this plan", guard->text);
    return block(guard, because, "change what it complains of", fault);
}

typedef bool (*judge_change_fn)(const struct resource_guard *guard,
                                const struct change *change, struct fault *fault);

bool policy_judge(struct planner *planner, const struct resource_guard *guard,
                  struct fault *fault)
{
    static const judge_change_fn judges[] = {
        [GUARD_FORBID] = judge_forbidden,
        [GUARD_LABELS] = judge_labels,
        [GUARD_DOWNTIME] = judge_downtime,
    };
    const struct plan *plan = planner->plan;
    if (guard->kind == GUARD_SHARE)
        return judge_share(planner, guard, fault);
    if (guard->kind == GUARD_RULE)
        return judge_rule(planner, guard, fault);
    for (size_t i = 0; i < plan->change_count; i++) {
        const struct change *change = &plan->changes[i];
        if (concerns(guard, change) && !judges[guard->kind](guard, change, fault))
            return false;
    }
    return true;
}
