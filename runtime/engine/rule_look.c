// SPDX-License-Identifier: MIT
#include "engine/rule_look.h"

#include <string.h>

const struct rule_figure *rule_look_figure(const struct rule_input *input,
                                           const char *name)
{
    for (size_t i = 0; i < input->figure_count; i++)
        if (strcmp(input->figures[i].name, name) == 0)
            return &input->figures[i];
    return NULL;
}

const struct rule_rate *rule_look_rate(const struct rule_rate *rates, size_t count,
                                       const char *from, const char *to)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rates[i].from, from) == 0 && strcmp(rates[i].to, to) == 0)
            return &rates[i];
    return NULL;
}

static const struct rule_rate *find_rate(const struct rule_world *world, const char *from,
                                         const char *to)
{
    const struct rule_rate *rate =
        rule_look_rate(world->rates, world->rate_count, from, to);
    if (rate != NULL)
        return rate;
    return rule_look_rate(world->input->rates, world->input->rate_count, from, to);
}

static int64_t convert(const struct rule_rate *rate, int64_t units)
{
    struct money amount = {units, ""};
    return rate != NULL ? money_convert(amount, rate->rate, rate->to).units : units;
}

static bool compare(enum rule_operator comparison, int64_t left, int64_t right)
{
    switch (comparison) {
    case RULE_OVER:
        return left > right;
    case RULE_AT_LEAST:
        return left >= right;
    case RULE_UNDER:
        return left < right;
    case RULE_AT_MOST:
        return left <= right;
    }
    return false;
}

static bool is_upward(enum rule_operator comparison)
{
    return comparison == RULE_OVER || comparison == RULE_AT_LEAST;
}

static const char *amount(struct arena *arena, int64_t units, const char *currency)
{
    char text[MONEY_TEXT_SIZE];
    struct money money = {units, ""};
    memcpy(money.currency, currency, sizeof money.currency);
    return arena_text(arena, money_format(money, text));
}

// To the hundredth, unless that would tell another side of the bound than it is on.
static int64_t round_number(int64_t units, const struct rule_term *term)
{
    const int64_t hundredth = MONEY_UNIT / 100;
    __int128 rounded =
        (__int128) money_scale((struct money){units, ""}, 1, hundredth).units * hundredth;
    bool is_same = (rounded > term->bound) == (units > term->bound) &&
                   (rounded < term->bound) == (units < term->bound);
    return is_same && rounded == (int64_t) rounded ? (int64_t) rounded : units;
}

// As it is written behind the number: "%", " requests/s", or "".
static const char *unit_of(const struct rule_term *term)
{
    const char *unit = term->text + strlen(term->text);
    while (unit > term->text && strchr("0123456789.", unit[-1]) == NULL)
        unit--;
    return unit;
}

// What is compared without a unit is in that of the figure.
static bool is_other_unit(const struct rule_term *term, const struct rule_figure *figure)
{
    const char *unit = unit_of(term);
    unit += strspn(unit, " ");
    return *term->currency == '\0' && figure->unit != NULL && *figure->unit != '\0' &&
           *unit != '\0' && strcmp(unit, figure->unit) != 0;
}

// Of money, or a number with the unit that it is compared in: "70%".
static const char *words(struct arena *arena, int64_t units, const struct rule_term *term)
{
    char text[MONEY_TEXT_SIZE];
    if (*term->currency != '\0')
        return amount(arena, units, term->currency);
    return arena_format(arena, "%s%s",
                        money_format_exact((struct money){units, ""}, text),
                        unit_of(term));
}

// When the straight line through what it was and what it is meets the bound; 0: never.
static int64_t reach(const struct rule_figure *figure, const struct rule_term *term,
                     const struct rule_rate *rate)
{
    __int128 now = convert(rate, figure->value), then = convert(rate, figure->before);
    __int128 span = figure->as_of_ms - figure->before_ms, way = term->bound - now;
    __int128 slope = now - then;
    if (figure->before_ms == 0 || span <= 0 || slope == 0 || way == 0 ||
        (way > 0) != (slope > 0))
        return 0;
    __int128 needs = way * span / slope;
    const __int128 century = (__int128) 36525 * 86400000;
    return needs > century ? 0 : figure->as_of_ms + (int64_t) needs;
}

// Of two far ends of what can be counted: the most that can.
static int64_t distance(int64_t left, int64_t right)
{
    __int128 way = left > right ? (__int128) left - right : (__int128) right - left;
    return way > INT64_MAX ? INT64_MAX : (int64_t) way;
}

static const char *tell(struct arena *arena, const struct rule_figure *figure,
                        const struct rule_term *term, const struct rule_rate *rate,
                        int64_t seen, bool holds)
{
    int64_t shown = convert(rate, seen);
    if (*term->currency == '\0')
        shown = round_number(shown, term);
    const char *own = words(arena, shown, term);
    if (rate != NULL)
        own = arena_format(arena, "%s (%s)", own, amount(arena, seen, figure->currency));
    const char *apart = words(arena, distance(term->bound, shown), term);
    const char *most = is_upward(term->comparison) ? "at least " : "at most ";
    bool spread = figure->lowest != figure->highest;
    if (holds)
        return arena_format(arena, "%s %s is %s%s", term->figure, term->text,
                            spread ? most : "", own);
    return arena_format(arena, "%s is %s%s: %s from %s", term->figure,
                        spread ? "at times " : "", own, apart, term->text);
}

static void look_at_answer(const struct rule_term *term, const struct rule_figure *figure,
                           struct arena *arena, struct rule_saw *saw)
{
    bool is_same = (figure->value != 0) == (term->bound != 0);
    saw->truth = is_same ? RULE_TRUE : RULE_FALSE;
    saw->text = arena_format(arena, "%s was answered with %s%s%s", term->figure,
                             figure->value != 0 ? "yes" : "no",
                             saw->truth == RULE_TRUE ? "" : ", and wants ",
                             saw->truth == RULE_TRUE ? "" : term->text);
}

static void look_at_figure(const struct rule_term *term, const struct rule_figure *figure,
                           const struct rule_world *world, struct arena *arena,
                           struct rule_saw *saw)
{
    const struct rule_rate *rate = NULL;
    if ((*term->currency == '\0') != (*figure->currency == '\0')) {
        saw->text = arena_format(
            arena, "%s cannot be compared with %s: %s", term->figure, term->text,
            *figure->currency != '\0' ? "it is money" : "it is no money");
        return;
    }
    if (is_other_unit(term, figure)) {
        saw->text = arena_format(arena, "%s cannot be compared with %s: it is in %s",
                                 term->figure, term->text, figure->unit);
        return;
    }
    if (strcmp(term->currency, figure->currency) != 0) {
        rate = find_rate(world, figure->currency, term->currency);
        if (rate == NULL) {
            saw->text = arena_format(arena,
                                     "%s: there is no rate from %s to %s in "
                                     "pipster.lua: exchange = { … }",
                                     term->figure, figure->currency, term->currency);
            return;
        }
    }
    int64_t seen = is_upward(term->comparison) ? figure->lowest : figure->highest;
    bool holds = compare(term->comparison, convert(rate, seen), term->bound);
    saw->truth = holds ? RULE_TRUE : RULE_FALSE;
    saw->text = tell(arena, figure, term, rate, seen, holds);
    saw->reaches_ms = holds ? world->input->now_ms : reach(figure, term, rate);
}

static void look_at(const struct rule_term *term, const struct rule_world *world,
                    struct arena *arena, struct rule_saw *saw)
{
    const struct rule_figure *figure = rule_look_figure(world->input, term->figure);
    *saw = (struct rule_saw){.term = term, .truth = RULE_UNKNOWN};
    if (figure == NULL || !figure->is_known)
        saw->text =
            arena_format(arena, "%s is not known: %s", term->figure,
                         figure != NULL && figure->unknown != NULL ? figure->unknown
                                                                   : "nothing tells it");
    else if (term->kind == RULE_ANSWER)
        look_at_answer(term, figure, arena, saw);
    else
        look_at_figure(term, figure, world, arena, saw);
}

// All of them: the last to be reached decides.
static enum rule_truth look_at_all(const struct rule_terms *terms,
                                   const struct rule_world *world, struct arena *arena,
                                   struct rule_saw *saw, int64_t *reaches_ms)
{
    enum rule_truth truth = RULE_TRUE;
    bool ever = true;
    *reaches_ms = 0;
    for (size_t i = 0; i < terms->count; i++) {
        look_at(&terms->items[i], world, arena, &saw[i]);
        if (saw[i].truth == RULE_FALSE ||
            (saw[i].truth == RULE_UNKNOWN && truth == RULE_TRUE))
            truth = saw[i].truth;
        // What a person answered is as it is, as long as nobody answers anew.
        bool stands = saw[i].truth == RULE_TRUE;
        ever = ever && (stands || saw[i].reaches_ms != 0);
        if (saw[i].reaches_ms > *reaches_ms)
            *reaches_ms = saw[i].reaches_ms;
    }
    if (!ever)
        *reaches_ms = 0;
    return truth;
}

enum rule_truth rule_look(const struct rule_condition *condition,
                          const struct rule_world *world, struct arena *arena,
                          struct rule_view *view)
{
    size_t most = 0;
    for (size_t i = 0; i < condition->count; i++)
        most += condition->any[i].count;
    struct rule_saw *saw = arena_alloc(arena, (most + 1) * sizeof *saw);
    *view = (struct rule_view){.truth = RULE_UNKNOWN, .saw = saw};
    enum rule_truth truth = condition->count > 0 ? RULE_FALSE : RULE_UNKNOWN;
    for (size_t i = 0; i < condition->count; i++) {
        int64_t reaches_ms;
        enum rule_truth all =
            look_at_all(&condition->any[i], world, arena, saw + view->count, &reaches_ms);
        view->count += condition->any[i].count;
        if (all == RULE_TRUE || (all == RULE_UNKNOWN && truth == RULE_FALSE))
            truth = all;
        if (reaches_ms != 0 && (view->reaches_ms == 0 || reaches_ms < view->reaches_ms))
            view->reaches_ms = reaches_ms;
    }
    view->truth = truth;
    return truth;
}

static bool uses(const struct rule_condition *condition, const char *figure)
{
    for (size_t i = 0; i < condition->count; i++)
        for (size_t k = 0; k < condition->any[i].count; k++)
            if (strcmp(condition->any[i].items[k].figure, figure) == 0)
                return true;
    return false;
}

bool rule_look_uses(const struct rule *rule, const char *figure)
{
    return uses(&rule->when, figure) || uses(&rule->evidence, figure) ||
           uses(&rule->release, figure) || uses(&rule->fit, figure) ||
           uses(&rule->metric, figure);
}
