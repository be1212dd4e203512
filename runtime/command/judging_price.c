// SPDX-License-Identifier: MIT
#include "command/judging_price.h"

#include <string.h>

#include "engine/share.h"

// Of each rule, whether its amendment is in the state.
static void read_in_force(struct judging_price *price, struct workbench *bench)
{
    const struct resource_set *declared = &price->plans.declared;
    price->in_force =
        arena_alloc(&bench->arena, (declared->rule_count + 1) * sizeof *price->in_force);
    for (size_t i = 0; i < declared->rule_count; i++)
        price->in_force[i] =
            rule_find_amendment(&bench->accepted, declared->rules[i].file,
                                declared->rules[i].name) != NULL;
}

bool judging_price_open(struct judging_price *price, struct workbench *bench,
                        int64_t now_ms, struct judging *judging, struct fault *fault)
{
    *price = (struct judging_price){0};
    if (!rule_price_open(&price->plans, bench, fault))
        return false;
    struct engine *engine = &bench->engine;
    const struct rule *rules = engine->rules;
    size_t count = engine->rule_count;
    read_in_force(price, bench);
    if (!rule_price_ask(&price->plans, price->in_force, &price->now, fault))
        return false;
    // An included playbook may say rules of its own: those of the playbook itself count.
    engine->rules = rules;
    engine->rule_count = count;
    return judging_make(bench, price->now.is_whole ? &price->now.monthly : NULL, now_ms,
                        judging, fault);
}

void judging_price_close(struct judging_price *price)
{
    if (price->plans.bench != NULL)
        rule_price_close(&price->plans);
}

// Why the playbook that is proposed cannot be included, or NULL.
static const char *missing(struct workbench *bench, const struct rule *rule)
{
    const char *path = NULL;
    struct fault ignored = {0};
    if (rule->include == NULL ||
        project_playbook(&bench->project, &bench->arena, rule->include, &path, &ignored))
        return NULL;
    return arena_format(&bench->arena, "%s is not there yet", rule->include);
}

static void tell_share(struct judging *judging, struct rule_shown *shown,
                       const struct money *monthly)
{
    char text[SHARE_TEXT_SIZE];
    struct arena *arena = judging->figures.arena;
    if (monthly != NULL)
        shown->share = arena_text(arena, share_format(shown->after, *monthly, text));
}

bool judging_price_ask(struct judging_price *price, struct judging *judging, size_t index,
                       struct fault *fault)
{
    struct rule_shown *shown = &judging->rules[index];
    const struct rule *rule = shown->rule;
    struct forecast_price then = price->now;
    struct money monthly;
    if (rule->amend != NULL || rule->include != NULL) {
        price->in_force[index] = !price->in_force[index];
        bool asked = rule_price_ask(&price->plans, price->in_force, &then, fault);
        price->in_force[index] = !price->in_force[index];
        if (!asked)
            return fault_while(fault, "pricing rule \"%s\"", rule->name);
        const char *absent = missing(judging->bench, rule);
        shown->is_more = absent != NULL;
        shown->is_priced = price->now.is_whole && (then.is_whole || shown->is_more);
        shown->unpriced =
            absent != NULL ? absent : "something in it has no price: pipster cost";
    }
    shown->before = price->now.monthly;
    shown->after = then.monthly;
    bool is_known = shown->is_priced ||
                    (rule->amend == NULL && rule->include == NULL && then.is_whole);
    bool comes_in = figures_monthly(&judging->figures, shown->after.currency, &monthly);
    tell_share(judging, shown, comes_in ? &monthly : NULL);
    rule_afford(rule, is_known ? &shown->after : NULL, comes_in ? &monthly : NULL,
                judging->figures.arena, &shown->verdict);
    return true;
}
