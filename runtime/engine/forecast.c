// SPDX-License-Identifier: MIT
#include "engine/forecast.h"

#include <string.h>

#include "base/calendar.h"
#include "engine/cost.h"
#include "engine/rule_look.h"

#define OWN_FIGURES 3 // cost, share, cost_per_customer

enum told { TOLD_NOTHING, TOLD_BLOCKED, TOLD_OPEN };

struct going {
    const struct forecast_input *input;
    struct arena *arena;
    struct arena day;   // what was seen on one day
    struct arena *seen; // that, or on the last day what is handed out
    struct forecast *forecast;
    struct rule_past *pasts;
    bool *in_force;
    enum told *told; // of each rule, as it stands
    struct forecast_price cost;
    struct rule_input look; // of the day
    const struct rule_figure *revenue, *customers;
    bool has_share;
    struct money monthly; // the revenue in the currency of the costs
    size_t row, event_capacity;
};

// NULL: nobody knows it.
static const struct rule_figure *find(const struct rule_input *look, const char *name)
{
    const struct rule_figure *figure = rule_look_figure(look, name);
    return figure != NULL && figure->is_known ? figure : NULL;
}

static bool ask_price(struct going *going, struct forecast_price *price,
                      struct fault *fault)
{
    return going->input->price(going->input->context, going->in_force, price, fault);
}

static struct money money_of(const struct rule_figure *figure)
{
    struct money money = {figure->value, ""};
    memcpy(money.currency, figure->currency, sizeof money.currency);
    return money;
}

static void add_figure(struct rule_figure *figure, const char *name, int64_t now_ms,
                       const struct money *value)
{
    *figure = (struct rule_figure){.name = name,
                                   .is_known = value != NULL,
                                   .unknown = "costs, revenue or customers are not known",
                                   .as_of_ms = now_ms};
    if (value == NULL)
        return;
    figure->value = figure->lowest = figure->highest = value->units;
    memcpy(figure->currency, value->currency, sizeof figure->currency);
}

// What follows from the costs of the day, beside what came in.
static void take_costs(struct going *going, struct rule_figure *own)
{
    struct money cost = going->cost.monthly, share, each;
    int64_t customers = going->customers != NULL ? going->customers->value : 0;
    const struct money *whole = going->cost.is_whole ? &cost : NULL;
    bool shared = whole != NULL && going->has_share && going->monthly.units > 0;
    if (shared)
        share = (struct money){
            money_scale(cost, 100 * MONEY_UNIT, going->monthly.units).units, ""};
    bool divided = whole != NULL && customers > 0;
    if (divided)
        each = money_scale(cost, MONEY_UNIT, customers);
    add_figure(&own[0], "cost", going->look.now_ms, whole);
    add_figure(&own[1], "share", going->look.now_ms, shared ? &share : NULL);
    add_figure(&own[2], "cost_per_customer", going->look.now_ms, divided ? &each : NULL);
}

// Those of the newest point, as long as they count.
static void take_figures(struct going *going, const struct forecast_point *point,
                         int64_t now_ms, struct rule_figure *figures)
{
    const struct forecast_input *input = going->input;
    bool stale = input->stale_ms != 0 && now_ms - point->from_ms > input->stale_ms;
    for (size_t i = 0; i < point->figure_count; i++) {
        figures[i] = point->figures[i];
        figures[i].as_of_ms = point->from_ms;
        if (stale && figures[i].is_known) {
            figures[i].is_known = false;
            figures[i].unknown = "what is known is too old by then";
        }
    }
    going->look = (struct rule_input){.now_ms = now_ms,
                                      .figures = figures,
                                      .figure_count = point->figure_count,
                                      .rates = input->rates,
                                      .rate_count = input->rate_count};
    going->revenue = find(&going->look, "revenue");
    going->customers = find(&going->look, "customers");
    const char *currency = going->cost.monthly.currency;
    going->has_share =
        going->revenue != NULL &&
        cost_convert(input->engine, money_of(going->revenue),
                     *currency != '\0' ? currency : input->engine->currency,
                     &going->monthly);
    take_costs(going, figures + point->figure_count);
    going->look.figure_count += OWN_FIGURES;
}

static struct forecast_event *add_event(struct going *going, const struct rule *rule,
                                        enum forecast_what what)
{
    struct forecast *forecast = going->forecast;
    if (forecast->event_count == going->event_capacity) {
        size_t capacity = 2 * going->event_capacity + 8;
        struct forecast_event *grown =
            arena_alloc(going->arena, capacity * sizeof *grown);
        for (size_t i = 0; i < forecast->event_count; i++)
            grown[i] = forecast->events[i];
        forecast->events = grown;
        going->event_capacity = capacity;
    }
    struct forecast_event *event = &forecast->events[forecast->event_count++];
    *event = (struct forecast_event){.at_ms = going->look.now_ms,
                                     .row = going->row,
                                     .rule = rule,
                                     .what = what,
                                     .before = going->cost,
                                     .has_share = going->has_share,
                                     .monthly = going->monthly};
    return event;
}

static bool changes_nothing(const struct rule *rule)
{
    return rule->include == NULL && (rule->amend == NULL || rule->amend->map.count == 0);
}

// What is not done stays so day by day, and is told once.
static void tell(struct going *going, size_t number, enum told told,
                 const struct rule_verdict *verdict, const struct forecast_price *price)
{
    static const enum forecast_what words[] = {[TOLD_BLOCKED] = FORECAST_BLOCKED,
                                               [TOLD_OPEN] = FORECAST_TOLD,
                                               [TOLD_NOTHING] = FORECAST_ACCEPTED};
    bool is_known = told != TOLD_NOTHING && going->told[number] == told;
    going->told[number] = told;
    if (is_known || (told == TOLD_NOTHING && !verdict->is_proposed))
        return;
    struct forecast_event *event =
        add_event(going, &going->input->rules[number], words[told]);
    event->after = *price;
    event->why = arena_text(going->arena,
                            verdict->is_proposed ? verdict->warning : verdict->waits);
}

// It is open: what would it cost, and may it?
static bool go_up(struct going *going, size_t number, struct rule_verdict *verdict,
                  struct fault *fault)
{
    const struct rule *rule = &going->input->rules[number];
    struct forecast_price price;
    bool stays = changes_nothing(rule);
    going->in_force[number] = !stays;
    if (!ask_price(going, &price, fault))
        return fault_while(fault, "pricing what rule \"%s\" proposes", rule->name);
    rule_afford(rule, price.is_whole ? &price.monthly : NULL,
                going->has_share ? &going->monthly : NULL, going->seen, verdict);
    if (!price.is_whole && !verdict->is_proposed)
        verdict->waits = "what it would cost is not known: something in it has no price, "
                         "or its playbook is not there yet";
    going->in_force[number] = verdict->is_proposed && !stays;
    tell(going, number,
         verdict->state == RULE_BLOCKED  ? TOLD_BLOCKED
         : verdict->is_proposed && stays ? TOLD_OPEN
                                         : TOLD_NOTHING,
         verdict, &price);
    if (going->in_force[number])
        going->cost = price;
    return true;
}

static bool go_down(struct going *going, size_t number, struct fault *fault)
{
    const struct rule *rule = &going->input->rules[number];
    struct forecast_event *event = add_event(going, rule, FORECAST_RELEASED);
    going->in_force[number] = false;
    if (!ask_price(going, &going->cost, fault))
        return fault_while(fault, "pricing without what rule \"%s\" proposed",
                           rule->name);
    event->after = going->cost;
    return true;
}

// The figures of the day, then those of the rule: of two with one name the first counts.
static struct rule_input look_of(struct going *going, size_t number)
{
    const struct rule_input *others = going->input->others;
    struct rule_input look = going->look;
    look.past = going->pasts[number];
    look.is_accepted = going->in_force[number];
    if (others == NULL || others[number].figure_count == 0)
        return look;
    others += number;
    struct rule_figure *figures = arena_alloc(
        going->seen, (look.figure_count + others->figure_count) * sizeof *figures);
    memcpy(figures, look.figures, look.figure_count * sizeof *figures);
    memcpy(figures + look.figure_count, others->figures,
           others->figure_count * sizeof *figures);
    look.figures = figures;
    look.figure_count += others->figure_count;
    return look;
}

static bool judge(struct going *going, size_t number, struct fault *fault)
{
    struct rule_verdict *verdict = &going->forecast->verdicts[number];
    struct rule_input look = look_of(going, number);
    rule_judge(&going->input->rules[number], &look, going->seen, verdict);
    going->pasts[number] = verdict->past;
    if (verdict->state != RULE_OPEN)
        going->told[number] = TOLD_NOTHING;
    if (!verdict->is_proposed)
        return true;
    return verdict->state == RULE_FALLING ? go_down(going, number, fault)
                                          : go_up(going, number, verdict, fault);
}

static const struct forecast_point *point_of(const struct forecast_input *input,
                                             int64_t now_ms)
{
    size_t at = 0;
    while (at + 1 < input->point_count && input->points[at + 1].from_ms <= now_ms)
        at++;
    return &input->points[at];
}

static void end_row(struct going *going, int64_t from_ms)
{
    going->forecast->rows[going->row++] =
        (struct forecast_row){.from_ms = from_ms,
                              .revenue = going->revenue,
                              .customers = going->customers,
                              .cost = going->cost,
                              .has_share = going->has_share,
                              .monthly = going->monthly};
}

static bool go_through_day(struct going *going, int64_t now_ms, struct fault *fault)
{
    const struct forecast_input *input = going->input;
    const struct forecast_point *point = point_of(input, now_ms);
    size_t count = point->figure_count + OWN_FIGURES;
    struct rule_figure *figures = arena_alloc(going->arena, count * sizeof *figures);
    take_figures(going, point, now_ms, figures);
    for (size_t i = 0; i < input->rule_count; i++)
        if (!judge(going, i, fault))
            return false;
    return true;
}

static bool begin(struct going *going, struct fault *fault)
{
    const struct forecast_input *input = going->input;
    struct forecast *forecast = going->forecast;
    size_t count = input->rule_count + 1;
    *forecast = (struct forecast){.row_count = input->row_count};
    forecast->rows =
        arena_alloc(going->arena, (input->row_count + 1) * sizeof *forecast->rows);
    forecast->verdicts = arena_alloc(going->arena, count * sizeof *forecast->verdicts);
    going->pasts = arena_alloc(going->arena, count * sizeof *going->pasts);
    going->in_force = arena_alloc(going->arena, count * sizeof *going->in_force);
    going->told = arena_alloc(going->arena, count * sizeof *going->told);
    for (size_t i = 0; i < input->rule_count; i++) {
        if (input->pasts != NULL)
            going->pasts[i] = input->pasts[i];
        going->in_force[i] = input->in_force != NULL && input->in_force[i];
    }
    if (!ask_price(going, &going->cost, fault))
        return fault_while(fault, "pricing what is there");
    forecast->first = going->cost;
    return true;
}

// Years of days of many rules: what was seen on a day goes with it.
static bool go_through_days(struct going *going, struct fault *fault)
{
    const struct forecast_input *input = going->input;
    int64_t now_ms = input->points[0].from_ms, from_ms = now_ms;
    while (going->row < input->row_count) {
        if (now_ms >= input->ends[going->row]) {
            end_row(going, from_ms);
            from_ms = input->ends[going->row - 1];
            continue;
        }
        bool is_last = now_ms + CALENDAR_DAY_MS >= input->ends[input->row_count - 1];
        going->seen = is_last ? going->arena : &going->day;
        arena_clear(&going->day);
        arena_init(&going->day, 0);
        if (!go_through_day(going, now_ms, fault))
            return false;
        now_ms += CALENDAR_DAY_MS;
    }
    return true;
}

bool forecast_make(const struct forecast_input *input, struct arena *arena,
                   struct forecast *forecast, struct fault *fault)
{
    struct going going = {.input = input, .arena = arena, .forecast = forecast};
    arena_init(&going.day, 0);
    bool done = begin(&going, fault) && go_through_days(&going, fault);
    arena_clear(&going.day);
    return done;
}
