// SPDX-License-Identifier: MIT
#include "engine/cost.h"

#include <string.h>

// Both sums on their way.
struct summing {
    const struct engine *engine;
    struct plan *plan;
    const char *currency;
};

bool cost_convert(const struct engine *engine, struct money amount, const char *currency,
                  struct money *converted)
{
    *converted = amount;
    if (amount.currency[0] == '\0' || strcmp(amount.currency, currency) == 0)
        return true;
    for (size_t i = 0; i < engine->rate_count; i++) {
        const struct engine_rate *rate = &engine->rates[i];
        bool forth =
            strcmp(rate->from, amount.currency) == 0 && strcmp(rate->to, currency) == 0;
        bool back =
            strcmp(rate->to, amount.currency) == 0 && strcmp(rate->from, currency) == 0;
        if (forth) {
            *converted = money_convert(amount, rate->rate, currency);
            return true;
        }
        if (back && rate->rate > 0) {
            *converted = money_scale(amount, MONEY_UNIT, rate->rate);
            memcpy(converted->currency, currency, strnlen(currency, 3) + 1);
            converted->currency[3] = '\0';
            return true;
        }
    }
    return false;
}

static void add_unpriced(struct plan *plan, const struct price_line *line)
{
    struct price_line *grown =
        arena_alloc(&plan->arena, (plan->unpriced_count + 1) * sizeof *grown);
    for (size_t i = 0; i < plan->unpriced_count; i++)
        grown[i] = plan->unpriced[i];
    grown[plan->unpriced_count++] = *line;
    plan->unpriced = grown;
    plan->cost_is_known = false;
}

static bool add_lines(const struct summing *summing, const struct price_line *lines,
                      size_t count, bool is_after, struct fault *fault)
{
    struct plan *plan = summing->plan;
    struct money *sum = is_after ? &plan->cost_after : &plan->cost_before;
    for (size_t i = 0; i < count; i++) {
        struct money amount;
        bool priced = lines[i].known && cost_convert(summing->engine, lines[i].monthly,
                                                     summing->currency, &amount);
        if (!priced && is_after)
            add_unpriced(plan, &lines[i]);
        if (priced && !money_add(sum, amount, fault))
            return fault_while(fault, "adding up %s", lines[i].what);
    }
    return true;
}

bool cost_sum(const struct engine *engine, struct plan *plan, struct fault *fault)
{
    struct summing summing = {engine, plan,
                              engine->currency != NULL ? engine->currency : "EUR"};
    plan->cost_before = money_zero(summing.currency);
    plan->cost_after = money_zero(summing.currency);
    plan->cost_is_known = true;
    for (size_t i = 0; i < plan->change_count; i++) {
        const struct change *change = &plan->changes[i];
        const struct preview *preview = change->preview;
        bool stays = change->action != CHANGE_DELETE && change->action != CHANGE_FORGET;
        bool was = change->action != CHANGE_CREATE;
        // What is left alone, left out or only forgotten costs what it cost before.
        bool undeclared = (change->resource == NULL && stays) ||
                          change->skipped != NULL || change->stays;
        if (was && !add_lines(&summing, preview->prices_before,
                              preview->price_before_count, false, fault))
            return false;
        if (undeclared && !add_lines(&summing, preview->prices_before,
                                     preview->price_before_count, true, fault))
            return false;
        if (stays && !undeclared &&
            !add_lines(&summing, preview->prices, preview->price_count, true, fault))
            return false;
    }
    return true;
}
