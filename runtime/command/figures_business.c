// SPDX-License-Identifier: MIT
#include "command/figures_business.h"

#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "command/revenue_reading.h"
#include "engine/churn.h"
#include "store/revenue.h"
#include "value/reading.h"

// The slope is that of about a month, and never of less than a week.
#define SLOPE_DAYS       30
#define SLOPE_LEAST_DAYS 7
#define SLOPE_MOST_DAYS  95

static const char *day(struct arena *arena, int64_t at_ms)
{
    char text[CALENDAR_TEXT_SIZE];
    return arena_text(arena, calendar_format(calendar_date_of(at_ms), text));
}

static struct rule_figure *add(struct figures *figures, const char *name)
{
    struct rule_figure *figure = &figures->business[figures->business_count++];
    *figure = (struct rule_figure){.name = name};
    return figure;
}

static void set(struct rule_figure *figure, int64_t units, int64_t as_of_ms)
{
    figure->is_known = true;
    figure->value = figure->lowest = figure->highest = units;
    figure->as_of_ms = as_of_ms;
}

static void set_money(struct rule_figure *figure, struct money amount, int64_t as_of_ms)
{
    set(figure, amount.units, as_of_ms);
    memcpy(figure->currency, amount.currency, sizeof figure->currency);
}

// Why the newest reading is not to be relied on, or NULL.
static const char *distrust(const struct figures *figures,
                            const struct record_revenue *newest)
{
    if (newest == NULL)
        return "nobody told it: pipster revenue set 640 --customers 52, or declare a "
               "source";
    if (!newest->accepted)
        return arena_format(figures->arena,
                            "the reading of %s is too far from the one before: look at "
                            "it, then pipster revenue accept",
                            day(figures->arena, newest->as_of_ms));
    if (reading_is_stale(newest, figures->now_ms))
        return arena_format(figures->arena,
                            "the reading of %s is too old: pipster revenue",
                            day(figures->arena, newest->as_of_ms));
    return NULL;
}

// What a plan read since the last run counts too.
static bool read_revenue(struct workbench *bench, struct figures *figures,
                         struct fault *fault)
{
    struct revenue_reading reading;
    if (!revenue_reading_make(bench, REVENUE_READING_KNOWN, &reading, fault))
        return false;
    figures->revenue_unknown = distrust(figures, reading.newest);
    figures->revenue = figures->revenue_unknown == NULL ? reading.newest : NULL;
    return true;
}

// The accepted reading nearest to a month before, or NULL.
static bool find_before(const struct figures *figures,
                        const struct record_revenue **before, struct fault *fault)
{
    const struct record_revenue *now = figures->revenue;
    struct record_revenues rows;
    *before = NULL;
    if (!revenue_load_between(figures->database, figures->arena,
                              now->as_of_ms - SLOPE_MOST_DAYS * CALENDAR_DAY_MS,
                              now->as_of_ms - SLOPE_LEAST_DAYS * CALENDAR_DAY_MS, &rows,
                              fault))
        return false;
    int64_t wanted_ms = now->as_of_ms - SLOPE_DAYS * CALENDAR_DAY_MS;
    for (size_t i = 0; i < rows.count; i++) {
        const struct record_revenue *row = &rows.rows[i];
        bool same = strcmp(row->cautious.currency, now->cautious.currency) == 0;
        if (row->accepted && same &&
            (*before == NULL ||
             llabs(row->as_of_ms - wanted_ms) < llabs((*before)->as_of_ms - wanted_ms)))
            *before = row;
    }
    return true;
}

static void set_before(struct rule_figure *figure, int64_t units,
                       const struct record_revenue *before)
{
    if (before == NULL || !figure->is_known)
        return;
    figure->before = units;
    figure->before_ms = before->as_of_ms;
}

static void add_customers(struct figures *figures, const struct record_revenue *before)
{
    const struct record_revenue *now = figures->revenue;
    struct rule_figure *figure = add(figures, "customers");
    figure->unknown = figures->revenue_unknown;
    if (now != NULL && now->customers < 0)
        figure->unknown = "the source of the revenue tells no customers: pipster revenue "
                          "set … --customers N";
    else if (now != NULL)
        set(figure, now->customers * MONEY_UNIT, now->as_of_ms);
    if (before != NULL && before->customers >= 0)
        set_before(figure, before->customers * MONEY_UNIT, before);
}

// Those that count, of the last months, oldest first; the one that may not be stored yet
// comes last.
static bool list_accepted(const struct figures *figures, struct record_revenues *found,
                          struct fault *fault)
{
    const struct record_revenue *now = figures->revenue;
    struct record_revenues rows;
    if (!revenue_load_between(figures->database, figures->arena,
                              now->as_of_ms - SLOPE_MOST_DAYS * CALENDAR_DAY_MS,
                              now->as_of_ms, &rows, fault))
        return false;
    struct record_revenue *listed =
        arena_alloc(figures->arena, (rows.count + 1) * sizeof *listed);
    *found = (struct record_revenues){listed, 0};
    for (size_t i = 0; i < rows.count; i++)
        if (rows.rows[i].accepted && rows.rows[i].read_at_ms < now->read_at_ms)
            listed[found->count++] = rows.rows[i];
    listed[found->count++] = *now;
    return true;
}

// That customers became fewer says only how many left at least.
static bool add_churn(struct figures *figures, struct fault *fault)
{
    struct rule_figure *figure = add(figures, "churn");
    struct record_revenues rows;
    struct churn churn;
    char least[CHURN_TEXT_SIZE];
    figure->unknown = figures->revenue_unknown;
    if (figures->revenue == NULL)
        return true;
    if (!list_accepted(figures, &rows, fault))
        return false;
    bool is_found = churn_find(&rows, &churn);
    figure->unknown = "no source tells it, and there is no reading of a month before";
    if (is_found && churn.is_told && churn.of > 0)
        set(figure,
            money_scale((struct money){100 * MONEY_UNIT, ""}, churn.lost, churn.of).units,
            figures->revenue->as_of_ms);
    else if (is_found)
        figure->unknown = arena_format(
            figures->arena,
            "no source tells it; by the number of customers it is %s %% of a "
            "month at least",
            churn_percent(&churn, least));
    return true;
}

static void add_revenue(struct figures *figures, const struct record_revenue *before)
{
    static const char *const names[] = {"revenue", "gross", "at_risk"};
    const struct record_revenue *now = figures->revenue;
    for (size_t i = 0; i < 3; i++) {
        struct rule_figure *figure = add(figures, names[i]);
        figure->unknown = figures->revenue_unknown;
        if (now == NULL)
            continue;
        const struct money amounts[] = {now->cautious, now->gross, now->at_risk};
        set_money(figure, amounts[i], now->as_of_ms);
        if (before == NULL)
            continue;
        const int64_t then[] = {before->cautious.units, before->gross.units,
                                before->at_risk.units};
        set_before(figure, then[i], before);
    }
}

static void add_costs(struct figures *figures, const struct money *all)
{
    struct rule_figure *cost = add(figures, "cost"), *share = add(figures, "share");
    struct rule_figure *each = add(figures, "cost_per_customer");
    struct money monthly;
    cost->unknown = each->unknown = share->unknown =
        "not everything has a price: pipster cost";
    if (all == NULL)
        return;
    set_money(cost, *all, figures->now_ms);
    if (figures->revenue == NULL) {
        share->unknown = each->unknown = figures->revenue_unknown;
        return;
    }
    share->unknown = "there is no rate between the currencies of cost and revenue";
    if (figures_monthly(figures, cost->currency, &monthly) && monthly.units > 0) {
        __int128 percent = (__int128) cost->value * 100 * MONEY_UNIT / monthly.units;
        set(share, percent > INT64_MAX ? INT64_MAX : (int64_t) percent,
            figures->revenue->as_of_ms);
    } else if (figures_monthly(figures, cost->currency, &monthly)) {
        share->unknown = "nothing comes in";
    }
    each->unknown = "there are no customers";
    if (figures->revenue->customers > 0)
        set_money(each, money_scale(*all, 1, figures->revenue->customers),
                  figures->revenue->as_of_ms);
}

bool figures_business_read(struct workbench *bench, const struct money *cost,
                           struct figures *figures, struct fault *fault)
{
    const struct record_revenue *before = NULL;
    if (!read_revenue(bench, figures, fault) ||
        (figures->revenue != NULL && !find_before(figures, &before, fault)))
        return false;
    add_revenue(figures, before);
    add_customers(figures, before);
    if (!add_churn(figures, fault))
        return false;
    add_costs(figures, cost);
    return true;
}
