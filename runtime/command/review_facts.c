// SPDX-License-Identifier: MIT
#include "command/review_facts.h"

#include <math.h>
#include <string.h>

#include "base/calendar.h"
#include "command/figures_state.h"
#include "engine/cost.h"
#include "store/answer.h"
#include "store/journal.h"
#include "store/measurement.h"
#include "store/revenue.h"

#define RUNS        500
#define QUARTER_MS  (92 * CALENDAR_DAY_MS)
#define HOUR_MS     INT64_C(3600000)
#define WIDEST      9e9 // times MONEY_UNIT it is still an int64
#define NEVER_RUN   "nothing was run yet; pipster run tells it"
#define NEVER_CHECK "no check of it was made yet; pipster run makes it"

struct reading {
    struct workbench *bench;
    struct review_facts *facts;
    int64_t now_ms;
    struct record_run *runs; // newest first
    size_t run_count;
    struct record_measurements measured;
    const struct record_revenue *revenue;
};

static struct rule_figure *add(struct reading *reading, const char *name)
{
    struct rule_figure *figure = &reading->facts->figures[reading->facts->figure_count++];
    *figure = (struct rule_figure){.name = name, .as_of_ms = reading->now_ms};
    return figure;
}

static void add_unknown(struct reading *reading, const char *name, const char *why)
{
    add(reading, name)->unknown = why;
}

static void add_units(struct reading *reading, const char *name, int64_t units,
                      const char *currency, int64_t as_of_ms)
{
    struct rule_figure *figure = add(reading, name);
    figure->is_known = true;
    figure->value = figure->lowest = figure->highest = units;
    figure->as_of_ms = as_of_ms;
    memcpy(figure->currency, currency, strlen(currency) + 1);
}

static void add_number(struct reading *reading, const char *name, double number,
                       int64_t as_of_ms)
{
    if (number < -WIDEST || number > WIDEST)
        add_unknown(reading, name, "it is too large to be compared");
    else
        add_units(reading, name, llround(number * (double) MONEY_UNIT), "", as_of_ms);
}

// The newest run that says what all costs.
static bool add_cost(struct reading *reading, struct money *cost, bool *known,
                     struct fault *fault)
{
    size_t at = 0;
    *known = false;
    while (at < reading->run_count && reading->runs[at].cost_after == NULL)
        at++;
    if (at == reading->run_count) {
        add_unknown(reading, "cost", NEVER_RUN);
        return true;
    }
    const struct record_run *run = &reading->runs[at];
    if (strcmp(run->outcome, "done") != 0) {
        add_unknown(reading, "cost",
                    "the last run was not carried out whole; pipster run goes on");
        return true;
    }
    if (!money_parse_budget(run->cost_after, cost, fault))
        return fault_while(fault, "reading the cost of run %lld", (long long) run->id);
    *known = true;
    add_units(reading, "cost", cost->units, cost->currency, run->begun_at_ms);
    return true;
}

static void add_share(struct reading *reading, struct money cost, bool cost_is_known)
{
    const struct record_revenue *revenue = reading->revenue;
    struct money in;
    if (!cost_is_known)
        add_unknown(reading, "share", NEVER_RUN);
    else if (revenue == NULL || reading->now_ms > revenue->fresh_until_ms)
        add_unknown(reading, "share", "the revenue is not known");
    else if (!cost_convert(&reading->bench->engine, revenue->cautious, cost.currency,
                           &in))
        add_unknown(reading, "share", "there is no rate for it in pipster.lua");
    else if (in.units <= 0)
        add_unknown(reading, "share", "nothing comes in yet");
    else
        add_units(reading, "share", money_scale(cost, 100 * MONEY_UNIT, in.units).units,
                  "", revenue->as_of_ms);
}

static void add_revenue(struct reading *reading)
{
    static const char *const names[] = {"revenue", "gross", "at_risk", "customers"};
    const struct record_revenue *row = reading->revenue;
    const char *why = NULL;
    if (row == NULL)
        why = "no revenue was read yet; pipster revenue reads it";
    else if (reading->now_ms > row->fresh_until_ms)
        why = "the last reading is too old; pipster revenue reads it anew";
    for (size_t i = 0; why != NULL && i < 4; i++)
        add_unknown(reading, names[i], why);
    if (why != NULL)
        return;
    const struct money amounts[] = {row->cautious, row->gross, row->at_risk};
    for (size_t i = 0; i < 3; i++)
        add_units(reading, names[i], amounts[i].units, amounts[i].currency,
                  row->as_of_ms);
    if (row->customers < 0)
        add_unknown(reading, "customers", "its source does not tell it");
    else
        add_units(reading, "customers", row->customers * MONEY_UNIT, "", row->as_of_ms);
}

// Of all checks that measured it the one that is worst off.
static const struct record_measurement *worst(const struct reading *reading,
                                              const char *name, bool lowest)
{
    const struct record_measurement *found = NULL;
    for (size_t i = 0; i < reading->measured.count; i++) {
        const struct record_measurement *row = &reading->measured.rows[i];
        if (strcmp(row->name, name) == 0 &&
            (found == NULL ||
             (lowest ? row->value < found->value : row->value > found->value)))
            found = row;
    }
    return found;
}

static void add_measured(struct reading *reading, const char *name, bool lowest)
{
    const struct record_measurement *row = worst(reading, name, lowest);
    if (row == NULL)
        add_unknown(reading, name, NEVER_CHECK);
    else if (reading->now_ms - row->at_ms > QUARTER_MS)
        add_unknown(reading, name, "it was measured too long ago; pipster run");
    else
        add_number(reading, name, row->value, row->at_ms);
}

// An age that was measured, in seconds, has gone on since.
static void add_age(struct reading *reading, const char *name, const char *measured,
                    int64_t unit_ms, const char *why)
{
    const struct record_measurement *row = worst(reading, measured, false);
    if (row == NULL) {
        add_unknown(reading, name, why);
        return;
    }
    double age_ms = row->value * 1000 + (double) (reading->now_ms - row->at_ms);
    add_number(reading, name, age_ms / (double) unit_ms, row->at_ms);
}

// Each rate in both directions.
static void add_rates(struct reading *reading)
{
    const struct engine *engine = &reading->bench->engine;
    struct review_facts *facts = reading->facts;
    for (size_t i = 0; i < engine->rate_count; i++) {
        const struct engine_rate *rate = &engine->rates[i];
        const char *pair[] = {rate->from, rate->to, rate->from};
        for (size_t way = 0; way < 2 && facts->rate_count < REVIEW_RATES; way++) {
            struct rule_rate *added = &facts->rates[facts->rate_count];
            struct money one = {MONEY_UNIT, ""}, worth;
            memcpy(one.currency, pair[way], strlen(pair[way]) + 1);
            if (!cost_convert(engine, one, pair[way + 1], &worth))
                continue;
            memcpy(added->from, pair[way], strlen(pair[way]) + 1);
            memcpy(added->to, pair[way + 1], strlen(pair[way + 1]) + 1);
            added->rate = worth.units;
            facts->rate_count++;
        }
    }
}

static bool read_state(struct reading *reading, struct fault *fault)
{
    struct workbench *bench = reading->bench;
    return journal_load_runs(bench->database, &bench->arena, RUNS, &reading->runs,
                             &reading->run_count, fault) &&
           measurement_load_newest(bench->database, &bench->arena, 1, NULL,
                                   &reading->measured, fault) &&
           revenue_load_accepted(bench->database, &bench->arena, reading->now_ms,
                                 &reading->revenue, fault) &&
           answer_load(bench->database, &bench->arena, reading->now_ms,
                       &reading->facts->answers, fault);
}

static void add_all_measured(struct reading *reading)
{
    static const char *const lowest[] = {"uptime_7d", "uptime_30d"};
    static const char *const highest[] = {"cpu", "memory", "disk", "p95_ms"};
    for (size_t i = 0; i < 2; i++)
        add_measured(reading, lowest[i], true);
    for (size_t i = 0; i < 4; i++)
        add_measured(reading, highest[i], false);
    add_age(reading, "backup_hours", "age", HOUR_MS, NEVER_CHECK);
    add_age(reading, "drill_days", "drill_age", CALENDAR_DAY_MS,
            "no backup was restored for trial; pipster drill restore does it");
}

bool review_facts_read(struct workbench *bench, int64_t now_ms,
                       struct review_facts *facts, struct rule_input *input,
                       struct fault *fault)
{
    struct reading reading = {.bench = bench, .facts = facts, .now_ms = now_ms};
    struct money cost;
    struct figures_state state;
    bool cost_is_known;
    *facts = (struct review_facts){0};
    if (!read_state(&reading, fault) ||
        !add_cost(&reading, &cost, &cost_is_known, fault) ||
        !figures_state_read(bench, now_ms, &state, fault))
        return fault_while(fault, "reading what the state shows");
    add_share(&reading, cost, cost_is_known);
    add_revenue(&reading);
    add_unknown(&reading, "churn", "nobody tells it");
    add_all_measured(&reading);
    for (size_t i = 0; i < state.count; i++)
        facts->figures[facts->figure_count++] = state.items[i];
    add_rates(&reading);
    *input = (struct rule_input){.now_ms = now_ms,
                                 .figures = facts->figures,
                                 .figure_count = facts->figure_count,
                                 .rates = facts->rates,
                                 .rate_count = facts->rate_count};
    return true;
}
