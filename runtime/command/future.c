// SPDX-License-Identifier: MIT
#include "command/future.h"

#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "command/written_file.h"
#include "engine/forecast_read.h"
#include "engine/rule_past.h"
#include "engine/rule_rates.h"
#include "store/revenue.h"
#include "store/rule.h"
#include "view/json_view.h"

static void add_note(struct future *future, const char *note)
{
    if (future->note_count < FUTURE_NOTES)
        future->notes[future->note_count++] = note;
}

static const char *date_text(struct future *future, int64_t unix_ms)
{
    char text[CALENDAR_TEXT_SIZE];
    return arena_text(&future->bench.arena,
                      calendar_format(calendar_date_of(unix_ms), text));
}

static bool choose_playbook(struct future *future, const char *playbook,
                            struct fault *fault)
{
    struct workbench *bench = &future->bench;
    bench->playbook = bench->tip;
    if (playbook != NULL)
        return project_playbook(&bench->project, &bench->arena, playbook,
                                &bench->playbook, fault);
    if (bench->playbook != NULL)
        return true;
    fault_set(fault, FAULT_USAGE, "pipster %s wants a playbook: none was run yet",
              bench->options->verb);
    return fault_next(fault, "name the one whose rules are to be judged: "
                             "playbooks/phase1.lua");
}

static void take_rates(struct future *future)
{
    const struct engine *engine = &future->bench.engine;
    struct arena *arena = &future->bench.arena;
    future->rates =
        rule_rates_list(arena, engine->rates, engine->rate_count, &future->rate_count);
    const char *date = engine->rate_count > 0 ? engine->rates[0].date : NULL;
    if (date != NULL && *date != '\0')
        add_note(future,
                 arena_format(arena, "Exchange rates of %s, all the time.", date));
    if (engine->rates_stale != NULL)
        add_note(future, arena_format(arena, "Beware: %s.", engine->rates_stale));
}

static bool take_assumed(struct future *future, struct fault *fault)
{
    const struct options *options = future->bench.options;
    struct arena *arena = &future->bench.arena;
    future->assumed =
        arena_alloc(arena, (options->assume_count + 1) * sizeof *future->assumed);
    const char *words = "";
    for (size_t i = 0; i < options->assume_count; i++) {
        if (!forecast_read_figure(arena, options->assume[i], &future->assumed[i], fault))
            return false;
        words =
            arena_format(arena, "%s%s%s", words, i > 0 ? ", " : "", options->assume[i]);
    }
    future->assumed_count = options->assume_count;
    if (future->assumed_count > 0)
        add_note(future, arena_format(arena, "Assumed all the time: %s.", words));
    return true;
}

static bool check_currency(const struct options *options, struct fault *fault)
{
    const char *currency = options->currency;
    if (currency == NULL ||
        (strlen(currency) == 3 && strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3))
        return true;
    fault_set(fault, FAULT_USAGE, "\"%s\" is no currency", currency);
    return fault_next(fault, "--currency takes three letters: EUR, USD");
}

bool future_open(struct future *future, const struct options *options,
                 const char *playbook, struct fault *fault)
{
    *future = (struct future){.now_ms = clock_now_ms()};
    map_init(&future->price.kept);
    if (options->json)
        json_view_version(stdout);
    if (!workbench_open(&future->bench, options, WORKBENCH_READ, fault) ||
        !check_currency(options, fault) || !choose_playbook(future, playbook, fault) ||
        !rule_price_open(&future->price, &future->bench, fault))
        return false;
    future->currency =
        options->currency != NULL ? options->currency : future->bench.project.currency;
    take_rates(future);
    return take_assumed(future, fault);
}

void future_close(struct future *future)
{
    rule_price_close(&future->price);
    workbench_close(&future->bench);
}

static bool read_customers(struct future *future, struct fault *fault)
{
    const char *text = future->bench.options->customers;
    size_t length = strlen(text);
    if (length == 0 || length > 9 || strspn(text, "0123456789") != length) {
        fault_set(fault, FAULT_USAGE, "\"%s\" is no number of customers", text);
        return fault_next(fault, "--customers 52");
    }
    return forecast_read_value(&future->bench.arena, "customers", text, NULL,
                               &future->customers, fault);
}

// Everything that is not told by flags is that of the newest accepted reading.
static bool read_newest(struct future *future, const struct record_revenue **newest,
                        struct fault *fault)
{
    const struct options *options = future->bench.options;
    struct rule_figure *revenue = &future->revenue, *customers = &future->customers;
    if (!revenue_load_accepted(future->bench.database, &future->bench.arena,
                               future->now_ms, newest, fault))
        return false;
    const struct record_revenue *read = *newest;
    if (read == NULL)
        return true;
    if (options->currency == NULL)
        future->currency = read->cautious.currency;
    *revenue = (struct rule_figure){.is_known = true, .value = read->cautious.units};
    memcpy(revenue->currency, read->cautious.currency, sizeof revenue->currency);
    if (read->customers >= 0)
        *customers =
            (struct rule_figure){.is_known = true, .value = read->customers * MONEY_UNIT};
    if (options->mrr == NULL && read->fresh_until_ms < future->now_ms)
        add_note(future, arena_format(&future->bench.arena,
                                      "The newest reading is of %s and old by now: "
                                      "pipster revenue reads anew.",
                                      date_text(future, read->as_of_ms)));
    return true;
}

static void name_figure(struct rule_figure *figure, const char *name, const char *unknown)
{
    figure->name = name;
    figure->unknown = unknown;
    figure->lowest = figure->highest = figure->value;
}

static const char *tell_begin(struct future *future)
{
    struct arena *arena = &future->bench.arena;
    char text[MONEY_TEXT_SIZE];
    struct money money = {future->revenue.value, ""};
    memcpy(money.currency, future->revenue.currency, sizeof money.currency);
    const char *revenue =
        future->revenue.is_known ? money_format(money, text) : "unknown revenue";
    if (!future->customers.is_known)
        return arena_text(arena, revenue);
    return arena_format(arena, "%s and %lld customers", revenue,
                        (long long) (future->customers.value / MONEY_UNIT));
}

bool future_take_revenue(struct future *future, struct fault *fault)
{
    const struct options *options = future->bench.options;
    const struct record_revenue *newest = NULL;
    if (!read_newest(future, &newest, fault))
        return false;
    if (options->mrr != NULL &&
        !forecast_read_value(&future->bench.arena, "revenue", options->mrr,
                             future->currency, &future->revenue, fault))
        return fault_next(fault, "--mrr 640, --mrr '$640' or --mrr '640 USD'");
    if (options->customers != NULL && !read_customers(future, fault))
        return false;
    if (future->revenue.value < 0)
        return fault_set(fault, FAULT_USAGE, "a revenue is not less than nothing");
    name_figure(&future->revenue, "revenue", "--mrr tells what comes in a month");
    name_figure(&future->customers, "customers", "--customers tells how many there are");
    future->begin = tell_begin(future);
    return true;
}

bool future_take_pasts(struct future *future, struct forecast_input *input,
                       struct fault *fault)
{
    const struct resource_set *declared = &future->price.declared;
    struct arena *arena = &future->bench.arena;
    struct database *database = future->bench.database;
    struct record_evaluations found;
    struct record_amendments amendments;
    size_t count = declared->rule_count;
    struct rule_past *pasts = arena_alloc(arena, (count + 1) * sizeof *pasts);
    bool *in_force = arena_alloc(arena, (count + 1) * sizeof *in_force);
    if (!rule_load_evaluations(database, arena, future->now_ms, 1, NULL, &found, fault) ||
        !rule_load_amendments(database, arena, false, &amendments, fault))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct rule *rule = &declared->rules[i];
        const struct record_evaluation *last =
            rule_find_evaluation(&found, rule->file, rule->name);
        if (last != NULL)
            rule_past_read(last->past, &pasts[i]);
        rule_past_adapt(rule, &pasts[i]);
        in_force[i] = rule_find_amendment(&amendments, rule->file, rule->name) != NULL;
    }
    input->pasts = pasts;
    input->in_force = in_force;
    return true;
}

static bool is_assumed(const struct future *future, const char *name)
{
    for (size_t i = 0; i < future->assumed_count; i++)
        if (strcmp(future->assumed[i].name, name) == 0)
            return true;
    return false;
}

struct forecast_point future_point(struct future *future, int64_t from_ms,
                                   const struct rule_figure *figures, size_t count)
{
    struct rule_figure *all = arena_alloc(
        &future->bench.arena, (count + future->assumed_count + 1) * sizeof *all);
    struct forecast_point point = {.from_ms = from_ms, .figures = all};
    for (size_t i = 0; i < count; i++)
        if (!is_assumed(future, figures[i].name))
            all[point.figure_count++] = figures[i];
    for (size_t i = 0; i < future->assumed_count; i++)
        all[point.figure_count++] = future->assumed[i];
    return point;
}

static bool draw(struct future *future, const struct forecast_shown *shown,
                 struct fault *fault)
{
    const char *path = future->bench.options->svg;
    struct text plot;
    if (path == NULL)
        return true;
    text_init(&plot, 0);
    forecast_view_plot(&plot, shown);
    bool written = plot.overflow
                       ? fault_set(fault, FAULT_ERROR, "the plot is too long")
                       : written_file_put(&plot, path, &future->bench.arena, fault);
    text_clear(&plot);
    if (written)
        terminal_print(&future->bench.err, TERMINAL_PLAIN, "Written: %s\n", path);
    return written;
}

// A term that nothing tells, in a rule that nothing else keeps from proposing.
static bool lacks_a_figure(const struct forecast *forecast, size_t rule_count)
{
    for (size_t i = 0; i < rule_count; i++) {
        const struct rule_verdict *verdict = &forecast->verdicts[i];
        if (verdict->state != RULE_ACCEPTED && verdict->when.truth != RULE_FALSE &&
            (verdict->when.truth == RULE_UNKNOWN ||
             (verdict->evidence.count > 0 && verdict->evidence.truth == RULE_UNKNOWN)))
            return true;
    }
    return false;
}

bool future_show(struct future *future, struct forecast_input *input, const char *title,
                 struct fault *fault)
{
    const struct resource_set *declared = &future->price.declared;
    struct forecast forecast;
    input->engine = &future->bench.engine;
    input->rules = declared->rules;
    input->rule_count = declared->rule_count;
    input->rates = future->rates;
    input->rate_count = future->rate_count;
    input->price = rule_price_of;
    input->context = &future->price;
    if (!forecast_make(input, &future->bench.arena, &forecast, fault))
        return false;
    struct forecast_shown shown = {.forecast = &forecast,
                                   .rules = declared->rules,
                                   .rule_count = declared->rule_count,
                                   .title = title,
                                   .notes = future->notes,
                                   .note_count = future->note_count};
    if (lacks_a_figure(&forecast, declared->rule_count))
        shown.hint = "What nobody knows keeps a rule closed. Assume it: --assume cpu=85% "
                     "--assume soc2=yes";
    if (future->bench.options->json)
        forecast_view_json(stdout, &shown);
    else
        forecast_view_print(&future->bench.out, &shown);
    workbench_print_timing(&future->bench);
    return draw(future, &shown, fault);
}
