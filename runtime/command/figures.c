// SPDX-License-Identifier: MIT
#include "command/figures.h"

#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "command/figures_measured.h"
#include "command/revenue_reading.h"
#include "engine/churn.h"
#include "engine/rule_look.h"
#include "engine/rule_term.h"
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

bool figures_monthly(const struct figures *figures, const char *currency,
                     struct money *monthly)
{
    if (figures->revenue == NULL)
        return false;
    *monthly = figures->revenue->cautious;
    if (strcmp(monthly->currency, currency) == 0)
        return true;
    const struct rule_rate *rate =
        rule_look_rate(figures->rates, figures->rate_count, monthly->currency, currency);
    if (rate != NULL)
        *monthly = money_convert(*monthly, rate->rate, currency);
    return rate != NULL;
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

static void take_rates(const struct project *project, struct figures *figures)
{
    figures->rates =
        arena_alloc(figures->arena, (project->rate_count + 1) * sizeof *figures->rates);
    for (size_t i = 0; i < project->rate_count; i++) {
        const struct engine_rate *known = &project->rates[i];
        struct rule_rate *rate = &figures->rates[figures->rate_count];
        if (strlen(known->from) != 3 || strlen(known->to) != 3)
            continue;
        memcpy(rate->from, known->from, sizeof rate->from);
        memcpy(rate->to, known->to, sizeof rate->to);
        rate->rate = known->rate;
        figures->rate_count++;
    }
}

bool figures_gather(struct workbench *bench, const struct money *cost, int64_t now_ms,
                    struct figures *figures, struct fault *fault)
{
    const struct record_revenue *before = NULL;
    *figures = (struct figures){
        .arena = &bench->arena, .database = bench->database, .now_ms = now_ms};
    if (!read_revenue(bench, figures, fault) ||
        (figures->revenue != NULL && !find_before(figures, &before, fault)) ||
        !answer_load(bench->database, &bench->arena, now_ms, &figures->answers, fault) ||
        !figures_state_read(bench, now_ms, &figures->state, fault))
        return false;
    take_rates(&bench->project, figures);
    add_revenue(figures, before);
    add_customers(figures, before);
    if (!add_churn(figures, fault))
        return false;
    add_costs(figures, cost);
    return true;
}

static void read_answer(const struct figures *figures, const char *name,
                        struct rule_figure *figure)
{
    const struct record_answer *answer = answer_find(&figures->answers, name);
    *figure = (struct rule_figure){.name = name};
    figure->unknown = arena_format(figures->arena,
                                   "nobody answered: pipster review answer %s yes", name);
    if (answer == NULL)
        return;
    const char *date = day(figures->arena, answer->answered_ms);
    bool yes = strcmp(answer->value, "yes") == 0, no = strcmp(answer->value, "no") == 0;
    if (!answer_counts(answer, figures->now_ms))
        figure->unknown = arena_format(figures->arena,
                                       "the answer of %s is too old: pipster review "
                                       "answer %s yes",
                                       date, name);
    else if (!yes && !no)
        figure->unknown =
            arena_format(figures->arena, "the answer of %s is neither yes nor no", date);
    else
        set(figure, yes, answer->answered_ms);
}

struct listing {
    const struct figures *figures;
    const struct rule *rule;
    struct rule_figure *items;
    size_t count;
};

static bool is_listed(const struct listing *listing, const char *name)
{
    for (size_t i = 0; i < listing->count; i++)
        if (strcmp(listing->items[i].name, name) == 0)
            return true;
    return false;
}

static bool list(struct listing *listing, const struct rule_condition *condition,
                 struct fault *fault)
{
    for (size_t i = 0; i < condition->count; i++)
        for (size_t k = 0; k < condition->any[i].count; k++) {
            const struct rule_term *term = &condition->any[i].items[k];
            if (is_listed(listing, term->figure))
                continue;
            struct rule_figure *figure = &listing->items[listing->count++];
            const struct rule_figure *shown =
                figures_state_find(&listing->figures->state, term->figure);
            if (shown != NULL)
                *figure = *shown;
            else if (term->kind == RULE_ANSWER)
                read_answer(listing->figures, term->figure, figure);
            else if (!figures_measured_read(listing->figures, listing->rule, term->figure,
                                            figure, fault))
                return false;
        }
    return true;
}

static size_t count_terms(const struct rule_condition *condition)
{
    size_t count = 0;
    for (size_t i = 0; i < condition->count; i++)
        count += condition->any[i].count;
    return count;
}

bool figures_input(const struct figures *figures, const struct rule *rule,
                   struct rule_input *input, struct fault *fault)
{
    const struct rule_condition *const conditions[] = {
        &rule->when, &rule->evidence, &rule->release, &rule->fit, &rule->metric};
    size_t most = figures->business_count;
    for (size_t i = 0; i < 5; i++)
        most += count_terms(conditions[i]);
    struct listing listing = {figures, rule, NULL, figures->business_count};
    listing.items = arena_alloc(figures->arena, (most + 1) * sizeof *listing.items);
    memcpy(listing.items, figures->business,
           figures->business_count * sizeof *listing.items);
    for (size_t i = 0; i < 5; i++)
        if (!list(&listing, conditions[i], fault))
            return false;
    *input = (struct rule_input){.now_ms = figures->now_ms,
                                 .figures = listing.items,
                                 .figure_count = listing.count,
                                 .rates = figures->rates,
                                 .rate_count = figures->rate_count};
    return true;
}
