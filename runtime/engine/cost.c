// SPDX-License-Identifier: MIT
#include "engine/cost.h"

#include <string.h>

#include "engine/planner.h"

// Both sums on their way.
struct summing {
    const struct engine *engine;
    struct plan *plan;
    const char *currency;
};

static bool convert_at_once(const struct engine *engine, struct money amount,
                            const char *currency, struct money *converted)
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

bool cost_convert(const struct engine *engine, struct money amount, const char *currency,
                  struct money *converted)
{
    // Lists of reference rates are the euro's: two others meet there.
    struct money euro;
    return convert_at_once(engine, amount, currency, converted) ||
           (convert_at_once(engine, amount, "EUR", &euro) &&
            convert_at_once(engine, euro, currency, converted));
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

static void add_prices(struct cost_lines *lines, struct cost_line line, size_t count)
{
    for (size_t i = 0; i < count; i++, line.price++)
        lines->items[lines->count++] = line;
}

void cost_list(struct plan *plan, struct cost_lines *lines)
{
    size_t most = 0;
    for (size_t i = 0; i < plan->change_count; i++) {
        const struct preview *preview = plan->changes[i].preview;
        most += 2 * preview->price_before_count + preview->price_count;
    }
    lines->items = arena_alloc(&plan->arena, (most + 1) * sizeof *lines->items);
    lines->count = 0;
    for (size_t i = 0; i < plan->change_count; i++) {
        const struct change *change = &plan->changes[i];
        const struct preview *preview = change->preview;
        struct cost_line before = {change, preview->prices_before, false};
        struct cost_line kept = {change, preview->prices_before, true};
        struct cost_line after = {change, preview->prices, true};
        bool stays = change->action != CHANGE_DELETE && change->action != CHANGE_FORGET;
        // What is left alone, left out or only forgotten costs what it cost before.
        bool undeclared = (change->resource == NULL && stays) ||
                          change->skipped != NULL || change->stays;
        if (change->action != CHANGE_CREATE)
            add_prices(lines, before, preview->price_before_count);
        if (undeclared)
            add_prices(lines, kept, preview->price_before_count);
        else if (stays)
            add_prices(lines, after, preview->price_count);
    }
}

static bool add_line(const struct summing *summing, const struct cost_line *line,
                     struct fault *fault)
{
    struct plan *plan = summing->plan;
    struct money *sum = line->is_after ? &plan->cost_after : &plan->cost_before;
    struct money amount;
    bool priced =
        line->price->known &&
        cost_convert(summing->engine, line->price->monthly, summing->currency, &amount);
    if (!priced && line->is_after)
        add_unpriced(plan, line->price);
    if (priced && !money_add(sum, amount, fault))
        return fault_while(fault, "adding up %s", line->price->what);
    return true;
}

bool cost_sum(const struct engine *engine, struct plan *plan, struct fault *fault)
{
    struct summing summing = {engine, plan,
                              engine->currency != NULL ? engine->currency : "EUR"};
    struct cost_lines lines;
    plan->cost_before = money_zero(summing.currency);
    plan->cost_after = money_zero(summing.currency);
    plan->cost_is_known = true;
    cost_list(plan, &lines);
    for (size_t i = 0; i < lines.count; i++)
        if (!add_line(&summing, &lines.items[i], fault))
            return false;
    return true;
}

static bool is_foreign(const char *currency, const char *own)
{
    return currency[0] != '\0' && strcmp(currency, own) != 0;
}

// Prices, budgets, revenue: whatever had to be compared in another currency than its own.
static bool was_converted(const struct plan *plan)
{
    const char *own = plan->cost_after.currency;
    const struct resource_set *wanted = plan->planner->wanted;
    const struct engine_revenue *revenue = plan->planner->engine->revenue;
    for (size_t i = 0; i < wanted->budget_count; i++)
        if (is_foreign(wanted->budgets[i].max.currency, own))
            return true;
    for (size_t i = 0; i < plan->change_count; i++) {
        const struct preview *preview = plan->changes[i].preview;
        for (size_t j = 0; j < preview->price_count; j++)
            if (is_foreign(preview->prices[j].monthly.currency, own))
                return true;
    }
    return revenue != NULL && revenue->is_known &&
           is_foreign(revenue->monthly.currency, own);
}

const char *cost_stale(const struct engine *engine, const struct plan *plan)
{
    bool told = engine->rates_stale != NULL && was_converted(plan);
    return told ? engine->rates_stale : NULL;
}
