// SPDX-License-Identifier: MIT
#include "engine/guard.h"

#include <string.h>

#include "base/text.h"
#include "engine/cost.h"
#include "engine/policy.h"

static bool is_protected_row(const struct planner *planner, const struct record *record)
{
    return record->protect && record->created_by_us &&
           !planner_may_destroy(planner, record->address);
}

static bool keep(struct planner *planner, const char *address, const char *reason)
{
    if (map_has(&planner->kept, address) || planner_may_destroy(planner, address))
        return false;
    map_put(&planner->kept, address, (void *) reason);
    return true;
}

// What carries something kept, and whatever else is on the same host.
static bool keep_around(struct planner *planner, const struct record *record)
{
    const char *reason =
        arena_format(planner->arena, "%s, which is kept, needs it", record->address);
    bool grown = false;
    for (size_t i = 0; i < record->need_count; i++)
        grown |= keep(planner, record->needs[i], reason);
    if (record->host == NULL)
        return grown;
    grown |= keep(planner, record->host, reason);
    reason = arena_format(planner->arena, "it is on %s, which is kept", record->host);
    for (size_t i = 0; i < planner->rows.count; i++) {
        const struct record *other = &planner->rows.rows[i];
        if (other->host != NULL && strcmp(other->host, record->host) == 0)
            grown |= keep(planner, other->address, reason);
    }
    return grown;
}

void guard_keep(struct planner *planner)
{
    if (!planner->options->destroy)
        return;
    for (size_t i = 0; i < planner->rows.count; i++)
        if (is_protected_row(planner, &planner->rows.rows[i]))
            keep(planner, planner->rows.rows[i].address,
                 "it is protected; --allow-destroy lifts that");
    bool grown = planner->kept.count > 0;
    while (grown) {
        grown = false;
        for (size_t i = 0; i < planner->rows.count; i++)
            if (map_has(&planner->kept, planner->rows.rows[i].address))
                grown |= keep_around(planner, &planner->rows.rows[i]);
    }
}

// A machine is protected with what it carries.
static const char *carried(const struct planner *planner, const struct draft *machine)
{
    for (size_t i = 0; i < planner->rows.count; i++) {
        const struct record *record = &planner->rows.rows[i];
        if (record->host == NULL || !is_protected_row(planner, record))
            continue;
        const struct draft *host = planner_find(planner, record->host);
        if (host != NULL && planner_machine(planner, host) == machine)
            return record->address;
    }
    return NULL;
}

static bool judge_protection(struct planner *planner, struct fault *fault)
{
    struct plan *plan = planner->plan;
    struct text names;
    const struct change *first = NULL;
    const char *why = NULL;
    text_init(&names, 1024);
    for (size_t i = 0; i < plan->change_count; i++) {
        struct change *change = &plan->changes[i];
        const struct draft *draft = planner->in_order[i];
        bool loses = change->action == CHANGE_DELETE ||
                     change->action == CHANGE_REPLACE || change->rebuilds;
        if (!loses)
            continue;
        bool itself = planner_is_protected(planner, draft);
        const char *cargo =
            change->host == NULL && !planner_may_destroy(planner, change->address)
                ? carried(planner, draft)
                : NULL;
        if (!itself && cargo == NULL)
            continue;
        change->blocked_by_protection = true;
        text_format(&names, "%s%s", names.length > 0 ? "," : "", change->address);
        if (first == NULL) {
            first = change;
            why = itself ? change->reason
                         : arena_format(planner->arena, "it carries %s", cargo);
        }
    }
    if (first != NULL) {
        fault_set(fault, FAULT_BLOCKED, "%s is protected, and the plan would %s it",
                  first->address,
                  first->action == CHANGE_DELETE ? "destroy"
                  : first->rebuilds              ? "rebuild"
                                                 : "replace");
        fault_where(fault, "%s", first->where != NULL ? first->where : first->address);
        fault_why(fault, "%s", why);
        fault_next(fault, "if it may be lost: --allow-destroy=%s", names.bytes);
    }
    text_clear(&names);
    return first == NULL;
}

// The dearest line of the plan, for the reason.
static const struct price_line *dearest(const struct plan *plan)
{
    const struct price_line *best = NULL;
    for (size_t i = 0; i < plan->change_count; i++) {
        const struct preview *preview = plan->changes[i].preview;
        for (size_t k = 0; k < preview->price_count; k++) {
            const struct price_line *line = &preview->prices[k];
            if (line->known &&
                (best == NULL || line->monthly.units > best->monthly.units))
                best = line;
        }
    }
    return best;
}

static bool judge_budget(struct planner *planner, const struct resource_budget *budget,
                         struct fault *fault)
{
    struct plan *plan = planner->plan;
    struct money max;
    char after[MONEY_TEXT_SIZE], limit[MONEY_TEXT_SIZE], over[MONEY_TEXT_SIZE];
    char part[MONEY_TEXT_SIZE];
    if (!cost_convert(planner->engine, budget->max, plan->cost_after.currency, &max)) {
        fault_set(fault, FAULT_ERROR, "the budget of %s cannot be judged", budget->text);
        fault_where(fault, "%s", budget->where);
        fault_why(fault, "there is no exchange rate from %s to %s", budget->max.currency,
                  plan->cost_after.currency);
        return fault_next(fault, "add the rate to pipster.lua, or write the budget in %s",
                          plan->cost_after.currency);
    }
    if (money_compare(plan->cost_after, max) <= 0)
        return true;
    money_format(plan->cost_after, after);
    money_format(max, limit);
    bool lowers = money_compare(plan->cost_after, plan->cost_before) < 0;
    if (plan_is_empty(plan) || lowers) {
        planner_warn(planner, "%s a month is over the budget of %s (%s)", after,
                     budget->text, budget->where);
        return true;
    }
    struct money excess = plan->cost_after;
    if (!money_subtract(&excess, max, fault))
        return fault_while(fault, "judging a budget");
    const struct price_line *line = dearest(plan);
    fault_set(fault, FAULT_BLOCKED,
              "this would cost %s a month: %s over the budget of %s", after,
              money_format(excess, over), budget->text);
    fault_where(fault, "%s", budget->where);
    if (line != NULL)
        fault_why(fault, "the budget is %s a month; the dearest part is %s at %s", limit,
                  line->what, money_format(line->monthly, part));
    else
        fault_why(fault, "the budget is %s a month", limit);
    return fault_next(fault,
                      "raise the budget at %s, or declare something cheaper; or, this "
                      "once, --override REASON",
                      budget->where);
}

// Whoever said why may go on. What is protected stays so.
static bool is_overridden(struct planner *planner, const struct fault *fault)
{
    const char *reason = planner->options->override;
    if (fault->kind != FAULT_BLOCKED || reason == NULL)
        return false;
    planner_warn(planner, "%s (%s): overridden, \"%s\"", fault->what, fault->where,
                 reason);
    return true;
}

bool guard_judge(struct planner *planner, struct fault *fault)
{
    const struct resource_set *wanted = planner->wanted;
    struct plan *plan = planner->plan;
    if (!judge_protection(planner, fault))
        return false;
    for (size_t i = 0; i < wanted->budget_count; i++)
        if (!judge_budget(planner, &wanted->budgets[i], fault) &&
            !is_overridden(planner, fault))
            return false;
    for (size_t i = 0; i < wanted->guard_count; i++)
        if (!policy_judge(planner, &wanted->guards[i], fault) &&
            !is_overridden(planner, fault))
            return false;
    fault_clear(fault);
    if (wanted->budget_count > 0 && !plan->cost_is_known)
        planner_warn(planner, "%zu price%s not known: the budget was judged without",
                     plan->unpriced_count, plan->unpriced_count == 1 ? " is" : "s are");
    return true;
}
