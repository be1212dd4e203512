// SPDX-License-Identifier: MIT
#include "command/figures.h"

#include <string.h>

#include "base/calendar.h"
#include "command/figures_business.h"
#include "command/figures_measured.h"
#include "engine/rule_look.h"
#include "engine/rule_rates.h"

static const char *day(struct arena *arena, int64_t at_ms)
{
    char text[CALENDAR_TEXT_SIZE];
    return arena_text(arena, calendar_format(calendar_date_of(at_ms), text));
}

static void set(struct rule_figure *figure, int64_t units, int64_t as_of_ms)
{
    figure->is_known = true;
    figure->value = figure->lowest = figure->highest = units;
    figure->as_of_ms = as_of_ms;
}

bool figures_gather(struct workbench *bench, const struct money *cost, int64_t now_ms,
                    struct figures *figures, struct fault *fault)
{
    *figures = (struct figures){
        .arena = &bench->arena, .database = bench->database, .now_ms = now_ms};
    figures->rates = rule_rates_list(&bench->arena, bench->project.rates,
                                     bench->project.rate_count, &figures->rate_count);
    return answer_load(bench->database, &bench->arena, now_ms, &figures->answers,
                       fault) &&
           figures_state_read(bench, now_ms, &figures->state, fault) &&
           figures_business_read(bench, cost, figures, fault);
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
