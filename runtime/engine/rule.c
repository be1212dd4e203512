// SPDX-License-Identifier: MIT
//
// A rule opens when its condition was seen to hold throughout its time, and closes by
// another one: between the two it stays as it is. Looks that are further apart than the
// time to be held say nothing of what was between them, so the time begins anew. What is
// not known neither opens nor closes.
//
// Money in another currency is compared at the rate that the rule last went by, until
// the figure is outside of the band, and on the same side of it, at both rates. So with
// figures that stand still no rate ever changes what a rule says.
#include "engine/rule.h"

#include <string.h>

#include "engine/rule_look.h"
#include "engine/rule_term.h"

const char *rule_state_word(enum rule_state state)
{
    static const char *const words[] = {"closed",  "holding",  "cooling", "open",
                                        "blocked", "accepted", "falling"};
    return words[state];
}

static enum rule_truth both(enum rule_truth left, enum rule_truth right)
{
    if (left == RULE_FALSE || right == RULE_FALSE)
        return RULE_FALSE;
    return left == RULE_TRUE && right == RULE_TRUE ? RULE_TRUE : RULE_UNKNOWN;
}

static enum rule_truth opposite(enum rule_truth truth)
{
    if (truth == RULE_UNKNOWN)
        return RULE_UNKNOWN;
    return truth == RULE_TRUE ? RULE_FALSE : RULE_TRUE;
}

struct sides {
    enum rule_truth opens, releases;
    struct rule_view when, evidence, release;
};

static void see(const struct rule *rule, const struct rule_world *world,
                struct arena *arena, struct sides *sides)
{
    enum rule_truth when = rule_look(&rule->when, world, arena, &sides->when);
    enum rule_truth evidence = rule_look(&rule->evidence, world, arena, &sides->evidence);
    if (rule->evidence.count == 0)
        sides->opens = when;
    else
        sides->opens = rule->when.count == 0 ? evidence : both(when, evidence);
    sides->releases = rule_look(&rule->release, world, arena, &sides->release);
    if (rule->release.count == 0)
        sides->releases = opposite(sides->opens);
    else if (sides->opens == RULE_TRUE)
        sides->releases = RULE_FALSE; // where both are said to hold, it opens
}

static bool is_same_side(const struct sides *one, const struct sides *other)
{
    return one->opens == other->opens && one->releases == other->releases &&
           (one->opens == RULE_TRUE || one->releases == RULE_TRUE);
}

// The rate by which a term compares a figure in another currency.
static void take_rate(const struct rule_term *term, const struct rule_input *input,
                      struct rule_past *past)
{
    const struct rule_figure *figure = rule_look_figure(input, term->figure);
    if (figure == NULL || strcmp(figure->currency, term->currency) == 0)
        return;
    const struct rule_rate *rate =
        rule_look_rate(input->rates, input->rate_count, figure->currency, term->currency);
    if (rate != NULL && past->rate_count < RULE_RATES &&
        rule_look_rate(past->rates, past->rate_count, rate->from, rate->to) == NULL)
        past->rates[past->rate_count++] = *rate;
}

static void take_rates(const struct rule *rule, const struct rule_input *input,
                       struct rule_past *past)
{
    const struct rule_condition *conditions[] = {&rule->when, &rule->evidence,
                                                 &rule->release};
    past->rate_count = 0;
    for (size_t c = 0; c < 3; c++)
        for (size_t a = 0; a < conditions[c]->count; a++)
            for (size_t t = 0; t < conditions[c]->any[a].count; t++)
                take_rate(&conditions[c]->any[a].items[t], input, past);
}

// A rate that nobody tells any more is not used from memory.
static bool are_told(const struct rule_input *input, const struct rule_past *past)
{
    for (size_t i = 0; i < past->rate_count; i++)
        if (rule_look_rate(input->rates, input->rate_count, past->rates[i].from,
                           past->rates[i].to) == NULL)
            return false;
    return true;
}

// By the rates that it goes by, and by those of today where they say the same.
static void look(const struct rule *rule, const struct rule_input *input,
                 struct arena *arena, struct rule_past *past, struct sides *sides)
{
    struct rule_world kept = {input, past->rates, past->rate_count};
    struct rule_world today = {input, NULL, 0};
    struct sides now;
    see(rule, &kept, arena, sides);
    see(rule, &today, arena, &now);
    bool told = are_told(input, past);
    if (told && past->rate_count > 0 && !is_same_side(sides, &now))
        return;
    *sides = now;
    if (!told)
        return;
    take_rates(rule, input, past);
}

// When the time to be held began, and that it is held now.
static void keep_time(enum rule_truth truth, struct rule_span hold, int64_t now_ms,
                      int64_t *since_ms, int64_t *seen_ms)
{
    if (truth == RULE_FALSE)
        *since_ms = *seen_ms = 0;
    if (truth != RULE_TRUE)
        return;
    bool is_new =
        *since_ms == 0 || now_ms < *seen_ms || now_ms > rule_term_after(hold, *seen_ms);
    if (is_new)
        *since_ms = now_ms;
    *seen_ms = now_ms;
}

static bool is_over(int64_t since_ms, struct rule_span span, int64_t now_ms)
{
    return since_ms == 0 || now_ms >= rule_term_after(span, since_ms);
}

static void change(struct rule_past *past, int64_t now_ms)
{
    past->changed_ms = now_ms;
    past->true_since_ms = past->true_seen_ms = 0;
    past->release_since_ms = past->release_seen_ms = 0;
}

// What a person did meanwhile.
static void take_acceptance(const struct rule_input *input, struct rule_past *past)
{
    if (input->is_accepted == past->is_accepted)
        return;
    past->is_accepted = past->is_open = input->is_accepted;
    if (past->opened_ms == 0 && past->is_open)
        past->opened_ms = input->now_ms;
    change(past, input->now_ms);
}

void rule_decline(struct rule_past *past, int64_t now_ms)
{
    past->is_open = false;
    change(past, now_ms);
}

static void move(const struct rule *rule, int64_t now_ms, const struct sides *sides,
                 struct rule_past *past)
{
    bool cool = is_over(past->changed_ms, rule->cooldown, now_ms);
    if (!past->is_open && sides->opens == RULE_TRUE && cool &&
        is_over(past->true_since_ms, rule->hold, now_ms)) {
        past->is_open = true;
        past->opened_ms = now_ms;
    } else if (past->is_open && !past->is_accepted && sides->releases == RULE_TRUE &&
               is_over(past->release_since_ms, rule->release_hold, now_ms)) {
        past->is_open = false;
        change(past, now_ms);
    }
}

// The first thing of a view that nobody knows.
static const char *first_unknown(const struct rule_view *view)
{
    for (size_t i = 0; i < view->count; i++)
        if (view->saw[i].truth == RULE_UNKNOWN)
            return view->saw[i].text;
    return NULL;
}

static void tell_open(const char *idle, const struct sides *sides,
                      struct rule_verdict *verdict)
{
    const struct rule_past *past = &verdict->past;
    verdict->state = RULE_OPEN;
    verdict->since_ms = past->opened_ms;
    verdict->waits = idle;
    verdict->is_proposed = sides->opens != RULE_UNKNOWN && idle == NULL;
    if (verdict->is_proposed || idle != NULL)
        return;
    verdict->waits = first_unknown(&sides->when);
    if (verdict->waits == NULL)
        verdict->waits = first_unknown(&sides->evidence);
}

static void tell_accepted(const struct rule *rule, const struct rule_input *input,
                          const struct sides *sides, struct rule_verdict *verdict)
{
    const struct rule_past *past = &verdict->past;
    verdict->state = RULE_ACCEPTED;
    verdict->since_ms = past->changed_ms;
    if (sides->releases != RULE_TRUE ||
        !is_over(past->release_since_ms, rule->release_hold, input->now_ms) ||
        !is_over(past->changed_ms, rule->cooldown, input->now_ms))
        return;
    verdict->state = RULE_FALLING;
    verdict->since_ms = past->release_since_ms;
    verdict->is_proposed = verdict->fit.truth == RULE_TRUE;
    if (verdict->is_proposed)
        return;
    verdict->waits = rule->fit.count == 0
                         ? "nobody said what must fit before going down: fit = { … }"
                         : "it is not known whether disk and load fit, or they do not";
}

static void tell_closed(const struct rule *rule, const struct rule_input *input,
                        const struct sides *sides, struct rule_verdict *verdict)
{
    const struct rule_past *past = &verdict->past;
    int64_t cool_ms =
        past->changed_ms == 0 ? 0 : rule_term_after(rule->cooldown, past->changed_ms);
    int64_t reaches_ms = sides->when.reaches_ms;
    verdict->state = RULE_CLOSED;
    verdict->since_ms = past->changed_ms;
    if (rule->evidence.count > 0 && sides->evidence.truth != RULE_TRUE)
        reaches_ms = 0;
    if (past->true_since_ms != 0) {
        verdict->opens_ms = rule_term_after(rule->hold, past->true_since_ms);
        verdict->since_ms = past->true_since_ms;
        bool held = input->now_ms >= verdict->opens_ms;
        verdict->state = held && cool_ms > input->now_ms ? RULE_COOLING : RULE_HOLDING;
    } else if (reaches_ms != 0) {
        if (reaches_ms < input->now_ms)
            reaches_ms = input->now_ms;
        verdict->opens_ms = rule_term_after(rule->hold, reaches_ms);
    }
    if (verdict->opens_ms != 0 && verdict->opens_ms < cool_ms)
        verdict->opens_ms = cool_ms;
}

void rule_judge(const struct rule *rule, const struct rule_input *input,
                struct arena *arena, struct rule_verdict *verdict)
{
    struct rule_world today = {input, NULL, 0};
    struct sides sides;
    *verdict = (struct rule_verdict){.past = input->past};
    struct rule_past *past = &verdict->past;
    take_acceptance(input, past);
    look(rule, input, arena, past, &sides);
    keep_time(sides.opens, rule->hold, input->now_ms, &past->true_since_ms,
              &past->true_seen_ms);
    keep_time(sides.releases, rule->release_hold, input->now_ms, &past->release_since_ms,
              &past->release_seen_ms);
    move(rule, input->now_ms, &sides, past);
    verdict->when = sides.when;
    verdict->evidence = sides.evidence;
    verdict->release = sides.release;
    rule_look(&rule->fit, &today, arena, &verdict->fit);
    rule_look(&rule->metric, &today, arena, &verdict->metric);
    if (past->is_accepted)
        tell_accepted(rule, input, &sides, verdict);
    else if (past->is_open)
        tell_open(rule->idle, &sides, verdict);
    else
        tell_closed(rule, input, &sides, verdict);
}

static struct money part_of(struct money monthly, int64_t percent)
{
    return money_convert(monthly, percent / 100, monthly.currency);
}

void rule_afford(const struct rule *rule, const struct money *cost,
                 const struct money *monthly, struct arena *arena,
                 struct rule_verdict *verdict)
{
    char share[MONEY_TEXT_SIZE];
    if (verdict->state != RULE_OPEN || !rule->has_afford || rule->idle != NULL)
        return;
    if (monthly == NULL || cost == NULL) {
        verdict->is_proposed = false;
        verdict->waits = "what it would be of the revenue is not known";
        return;
    }
    struct money warn = part_of(*monthly, rule->afford_warn);
    if (money_compare(*cost, warn) > 0 || monthly->units <= 0) {
        verdict->state = RULE_BLOCKED;
        verdict->is_proposed = false;
        money_format_exact((struct money){rule->afford_warn, ""}, share);
        verdict->waits =
            arena_format(arena, "it would cost over %s %% of the revenue", share);
    } else if (money_compare(*cost, part_of(*monthly, rule->afford_below)) >= 0) {
        money_format_exact((struct money){rule->afford_below, ""}, share);
        verdict->warning = arena_format(
            arena, "it would cost %s %% of the revenue or more: think twice", share);
    }
}
