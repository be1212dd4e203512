// SPDX-License-Identifier: MIT
#include "command/review_facts.h"

#include <math.h>
#include <string.h>

#include "base/calendar.h"
#include "command/figures.h"
#include "store/journal.h"
#include "store/measurement.h"

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
    struct record_measurements measured;
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

// What all costs a month, as the newest run left it. *unknown says why it is not known.
static bool read_cost(struct reading *reading, struct money *cost, const char **unknown,
                      struct fault *fault)
{
    struct workbench *bench = reading->bench;
    struct record_run *runs = NULL;
    size_t count = 0, at = 0;
    if (!journal_load_runs(bench->database, &bench->arena, RUNS, &runs, &count, fault))
        return false;
    while (at < count && runs[at].cost_after == NULL)
        at++;
    *unknown = NULL;
    if (at == count)
        *unknown =
            bench->engine.is_exported ? "an exported state has no runs in it" : NEVER_RUN;
    else if (strcmp(runs[at].outcome, "done") != 0)
        *unknown = "the last run was not carried out whole; pipster run goes on";
    else if (!money_parse_budget(runs[at].cost_after, cost, fault))
        return fault_while(fault, "reading the cost of run %lld",
                           (long long) runs[at].id);
    return true;
}

static void add_business(struct reading *reading, const struct figures *figures,
                         const char *cost_unknown)
{
    static const char *const of_cost[] = {"cost", "share", "cost_per_customer"};
    for (size_t i = 0; i < figures->business_count; i++) {
        struct rule_figure *figure = add(reading, figures->business[i].name);
        *figure = figures->business[i];
        for (size_t k = 0; cost_unknown != NULL && k < 3; k++)
            if (strcmp(figure->name, of_cost[k]) == 0)
                figure->unknown = cost_unknown;
    }
    for (size_t i = 0; i < figures->state.count; i++)
        *add(reading, figures->state.items[i].name) = figures->state.items[i];
}

bool review_facts_read(struct workbench *bench, int64_t now_ms,
                       struct review_facts *facts, struct rule_input *input,
                       struct fault *fault)
{
    struct reading reading = {.bench = bench, .facts = facts, .now_ms = now_ms};
    struct figures figures;
    struct money cost;
    const char *unknown = NULL;
    *facts = (struct review_facts){0};
    if (!read_cost(&reading, &cost, &unknown, fault) ||
        !figures_gather(bench, unknown == NULL ? &cost : NULL, now_ms, &figures, fault) ||
        !measurement_load_newest(bench->database, &bench->arena, 1, NULL,
                                 &reading.measured, fault))
        return fault_while(fault, "reading what the state shows");
    facts->answers = figures.answers;
    add_business(&reading, &figures, unknown);
    add_all_measured(&reading);
    *input = (struct rule_input){.now_ms = now_ms,
                                 .figures = facts->figures,
                                 .figure_count = facts->figure_count,
                                 .rates = figures.rates,
                                 .rate_count = figures.rate_count};
    return true;
}
