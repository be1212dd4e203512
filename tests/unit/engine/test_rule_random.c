// SPDX-License-Identifier: MIT
//
// Random rules over random histories, judged a second time by other means: here the whole
// history is kept and looked through anew at every look, dates are reckoned by libc, and
// conditions are held against plain numbers. Both must say the same at every look.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "engine/rule.h"
#include "engine/rule_term.h"

#define HOUR  INT64_C(3600000)
#define DAY   (24 * HOUR)
#define LOOKS 220
#define RULES 1500

enum { REVENUE, CUSTOMERS, CPU, SOC2, FIGURES };

struct bound {
    int figure, sign; // 0 >, 1 >=, 2 <, 3 <=; of an answer: yes, no
    int64_t units;
    bool in_dollars;
};

// One of `any`, each of which is both of its bounds.
struct wish {
    struct bound all[2][2];
    int any, each;
};

struct past_look {
    int64_t at_ms;
    enum rule_truth opens, releases;
    bool is_before; // a change came after it: it counts no more
};

struct game {
    struct arena arena;
    uint64_t number, seed;
    struct rule rule;
    struct wish when, evidence, release;
    struct rule_figure figures[FIGURES];
    struct rule_rate rate;
    struct rule_input input;
    struct past_look looks[LOOKS];
    size_t count;
    bool is_open, is_accepted; // as reckoned here
    int64_t changed_ms;
    size_t openings, closings;
};

static uint32_t chance(struct game *game, uint32_t below)
{
    game->seed ^= game->seed << 13;
    game->seed ^= game->seed >> 7;
    game->seed ^= game->seed << 17;
    return (uint32_t) ((game->seed >> 16) % below);
}

static const char *write_bound(struct game *game, const struct bound *bound)
{
    static const char *const signs[] = {">", ">=", "<", "<="};
    if (bound->figure == SOC2)
        return bound->sign == 0 ? "yes" : "no";
    const char *unit = bound->figure == CPU ? "%" : "";
    const char *sigil = bound->figure != REVENUE ? "" : bound->in_dollars ? "$" : "€";
    return arena_format(&game->arena, "%s %s%lld%s", signs[bound->sign], sigil,
                        (long long) (bound->units / MONEY_UNIT), unit);
}

static struct rule_condition write_wish(struct game *game, const struct wish *wish)
{
    static const char *const names[] = {"revenue", "customers", "cpu", "soc2"};
    struct rule_terms *any = arena_alloc(&game->arena, 2 * sizeof *any);
    struct fault fault;
    for (int i = 0; i < wish->any; i++) {
        any[i].items = arena_alloc(&game->arena, 2 * sizeof *any[i].items);
        any[i].count = (size_t) wish->each;
        for (int k = 0; k < wish->each; k++) {
            const struct bound *bound = &wish->all[i][k];
            enum rule_kind kind = bound->figure == CPU ? RULE_MEASURED : RULE_FIGURE;
            assert_true(rule_term_parse(&game->arena, names[bound->figure], kind,
                                        write_bound(game, bound), &any[i].items[k],
                                        &fault));
        }
    }
    return (struct rule_condition){any, (size_t) wish->any};
}

static void draw_bound(struct game *game, bool is_upward, struct bound *bound)
{
    bound->figure = (int) chance(game, FIGURES);
    bound->sign = (is_upward ? 0 : 2) + (int) chance(game, 2);
    bound->units = (int64_t) (is_upward ? 50 : 30) * MONEY_UNIT;
    bound->in_dollars = chance(game, 2) == 0;
    if (bound->figure == SOC2)
        bound->sign = is_upward ? 0 : 1;
}

static void draw_wish(struct game *game, bool is_upward, struct wish *wish)
{
    wish->any = 1 + (int) chance(game, 2);
    wish->each = 1 + (int) chance(game, 2);
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < 2; k++)
            draw_bound(game, is_upward, &wish->all[i][k]);
}

static struct rule_span draw_span(struct game *game)
{
    static const char *const spans[] = {"0", "1d", "3d", "14d", "1 month", "2 months"};
    struct rule_span span;
    struct fault fault;
    assert_true(rule_term_parse_span(spans[chance(game, 6)], &span, &fault));
    return span;
}

static void draw_rule(struct game *game, uint64_t number)
{
    *game = (struct game){.number = number,
                          .seed = number * 2654435761u + 88172645463325252u};
    arena_init(&game->arena, 0);
    draw_wish(game, true, &game->when);
    draw_wish(game, true, &game->evidence);
    draw_wish(game, false, &game->release);
    game->rule = (struct rule){.name = "random",
                               .when = write_wish(game, &game->when),
                               .hold = draw_span(game),
                               .release_hold = draw_span(game),
                               .cooldown = draw_span(game)};
    if (chance(game, 3) == 0)
        game->rule.evidence = write_wish(game, &game->evidence);
    if (chance(game, 3) != 0)
        game->rule.release = write_wish(game, &game->release);
    game->figures[REVENUE] = (struct rule_figure){.name = "revenue", .currency = "EUR"};
    game->figures[CUSTOMERS] = (struct rule_figure){.name = "customers"};
    game->figures[CPU] = (struct rule_figure){.name = "cpu"};
    game->figures[SOC2] = (struct rule_figure){.name = "soc2"};
    game->rate = (struct rule_rate){"EUR", "USD", MONEY_UNIT * 12 / 10};
    // Somewhere in eight years: leap days, and clocks that are put forward and back.
    game->input = (struct rule_input){.now_ms = INT64_C(1798761600000) +
                                                chance(game, 8 * 365 * 24) * HOUR,
                                      .figures = game->figures,
                                      .figure_count = FIGURES,
                                      .rates = &game->rate,
                                      .rate_count = 1};
}

static void draw_figures(struct game *game)
{
    for (int i = 0; i < FIGURES; i++) {
        struct rule_figure *figure = &game->figures[i];
        int64_t step = (int64_t) chance(game, 21) - 10;
        figure->value += step * MONEY_UNIT;
        if (figure->value < 10 * MONEY_UNIT || figure->value > 70 * MONEY_UNIT)
            figure->value = 40 * MONEY_UNIT;
        figure->lowest = figure->highest = figure->value;
        if (i == CPU) {
            figure->lowest -= (int64_t) chance(game, 8) * MONEY_UNIT;
            figure->highest += (int64_t) chance(game, 8) * MONEY_UNIT;
        }
        if (i == SOC2)
            figure->value = figure->value > 45 * MONEY_UNIT;
        figure->is_known = chance(game, 12) != 0;
        figure->as_of_ms = game->input.now_ms;
    }
}

static enum rule_truth hold_against(const struct game *game, const struct bound *bound)
{
    const struct rule_figure *figure = &game->figures[bound->figure];
    if (!figure->is_known)
        return RULE_UNKNOWN;
    if (bound->figure == SOC2)
        return figure->value == (bound->sign == 0) ? RULE_TRUE : RULE_FALSE;
    long long seen = bound->sign < 2 ? figure->lowest : figure->highest;
    if (bound->figure == REVENUE && bound->in_dollars)
        seen = seen * (game->rate.rate / (MONEY_UNIT / 10)) / 10;
    bool holds[] = {seen > bound->units, seen >= bound->units, seen < bound->units,
                    seen <= bound->units};
    return holds[bound->sign] ? RULE_TRUE : RULE_FALSE;
}

static enum rule_truth hold_wish(const struct game *game, const struct wish *wish)
{
    bool is_any_unknown = false;
    for (int i = 0; i < wish->any; i++) {
        int holding = 0, failing = 0;
        for (int k = 0; k < wish->each; k++) {
            enum rule_truth truth = hold_against(game, &wish->all[i][k]);
            holding += truth == RULE_TRUE;
            failing += truth == RULE_FALSE;
        }
        if (holding == wish->each)
            return RULE_TRUE;
        is_any_unknown = is_any_unknown || failing == 0;
    }
    return is_any_unknown ? RULE_UNKNOWN : RULE_FALSE;
}

static void reckon_sides(const struct game *game, struct past_look *look)
{
    enum rule_truth opens = hold_wish(game, &game->when);
    if (game->rule.evidence.count > 0) {
        enum rule_truth evidence = hold_wish(game, &game->evidence);
        if (opens == RULE_FALSE || evidence == RULE_FALSE)
            opens = RULE_FALSE;
        else if (evidence == RULE_UNKNOWN)
            opens = RULE_UNKNOWN;
    }
    look->opens = opens;
    if (game->rule.release.count > 0)
        look->releases =
            opens == RULE_TRUE ? RULE_FALSE : hold_wish(game, &game->release);
    else
        look->releases = opens == RULE_UNKNOWN ? RULE_UNKNOWN
                         : opens == RULE_TRUE  ? RULE_FALSE
                                               : RULE_TRUE;
}

// By libc: the same day of a later month, or its last.
static int64_t later(struct rule_span span, int64_t from_ms)
{
    time_t seconds = (time_t) (from_ms / 1000);
    struct tm date;
    gmtime_r(&seconds, &date);
    int day = date.tm_mday;
    date.tm_mon += span.months;
    date.tm_mday = 1;
    timegm(&date);
    struct tm tried = date;
    do {
        tried = date;
        tried.tm_mday = day--;
        timegm(&tried);
    } while (tried.tm_mon != date.tm_mon);
    return (int64_t) timegm(&tried) * 1000 + from_ms % 1000 + span.ms;
}

// That it held from some look on, at least so long ago, with no look between that saw
// otherwise and no gap longer than that.
static bool held(const struct game *game, bool opening, struct rule_span hold)
{
    const struct past_look *now = &game->looks[game->count - 1];
    int64_t since_ms = 0;
    for (size_t i = game->count; i-- > 0 && !game->looks[i].is_before;) {
        const struct past_look *look = &game->looks[i];
        enum rule_truth truth = opening ? look->opens : look->releases;
        if (truth == RULE_FALSE ||
            (truth == RULE_TRUE && since_ms != 0 && since_ms > later(hold, look->at_ms)))
            break;
        if (truth == RULE_TRUE)
            since_ms = look->at_ms;
    }
    enum rule_truth truth = opening ? now->opens : now->releases;
    return truth == RULE_TRUE && since_ms != 0 && now->at_ms >= later(hold, since_ms);
}

static void forget(struct game *game, size_t count)
{
    for (size_t i = 0; i < count; i++)
        game->looks[i].is_before = true;
    game->changed_ms = game->input.now_ms;
}

static void reckon(struct game *game)
{
    struct past_look *look = &game->looks[game->count];
    int64_t now_ms = game->input.now_ms;
    if (game->input.is_accepted != game->is_accepted) {
        game->is_open = game->is_accepted = game->input.is_accepted;
        forget(game, game->count);
    }
    *look = (struct past_look){.at_ms = now_ms};
    reckon_sides(game, look);
    game->count++;
    bool is_cool =
        game->changed_ms == 0 || now_ms >= later(game->rule.cooldown, game->changed_ms);
    if (!game->is_open && is_cool && held(game, true, game->rule.hold)) {
        game->is_open = true;
        game->openings++;
    } else if (game->is_open && !game->is_accepted &&
               held(game, false, game->rule.release_hold)) {
        game->is_open = false;
        game->closings++;
        forget(game, game->count);
    }
}

// Which rule and which look it was: a seed plays the same game again.
static void expect(const struct game *game, bool holds, const char *what)
{
    if (!holds)
        fail_msg("seed %llu, look %zu: %s", (unsigned long long) game->number,
                 game->count, what);
}

static void check(const struct game *game, const struct rule_verdict *verdict,
                  bool was_open)
{
    const struct past_look *look = &game->looks[game->count - 1];
    bool proposes = game->is_open && !game->is_accepted;
    expect(game, verdict->past.is_open == game->is_open, "open, or not");
    expect(game, verdict->past.is_accepted == game->is_accepted, "accepted, or not");
    expect(game, verdict->past.changed_ms == game->changed_ms, "when it changed");
    expect(game, (verdict->state == RULE_OPEN) == proposes, "the state that is told");
    if (look->opens == RULE_UNKNOWN && look->releases == RULE_UNKNOWN) {
        expect(game, game->is_open == was_open, "moved by what nobody knows");
        expect(game, !verdict->is_proposed, "proposed by what nobody knows");
    }
    if (look->opens != RULE_TRUE && look->releases != RULE_TRUE)
        expect(game, game->is_open == was_open, "moved inside the band");
    if (verdict->is_proposed) // nobody said what must fit before going down
        expect(game, verdict->state == RULE_OPEN, "proposed, and not open");
    if (verdict->state == RULE_HOLDING || verdict->state == RULE_COOLING)
        expect(game, verdict->opens_ms > look->at_ms || look->opens != RULE_TRUE,
               "opens in the past");
}

static void play(struct game *game)
{
    for (size_t i = 0; i < LOOKS; i++) {
        uint32_t hours = chance(game, 20) == 0 ? chance(game, 1500) : chance(game, 60);
        game->input.now_ms += (1 + hours) * HOUR + chance(game, 1000);
        draw_figures(game);
        if (game->is_open && chance(game, 15) == 0)
            game->input.is_accepted = true;
        else if (chance(game, 25) == 0)
            game->input.is_accepted = false;
        bool was_open = game->input.is_accepted == game->is_accepted
                            ? game->is_open
                            : game->input.is_accepted;
        struct rule_verdict verdict;
        rule_judge(&game->rule, &game->input, &game->arena, &verdict);
        game->input.past = verdict.past;
        reckon(game);
        check(game, &verdict, was_open);
        if (verdict.state == RULE_OPEN && chance(game, 15) == 0) {
            rule_decline(&game->input.past, game->input.now_ms);
            game->is_open = false;
            forget(game, game->count);
        }
    }
}

static void both_say_the_same(void **state)
{
    size_t openings = 0, closings = 0;
    (void) state;
    for (uint64_t seed = 1; seed <= RULES; seed++) {
        struct game game;
        draw_rule(&game, seed);
        play(&game);
        openings += game.openings;
        closings += game.closings;
        arena_clear(&game.arena);
    }
    assert_true(openings > RULES / 2); // else nothing was tried
    assert_true(closings > RULES / 10);
}

// Figures that stand still, and a rate that does not: nothing but a first opening, once
// its time is over, and never a closing.
static void rates_alone_move_no_rule(void **state)
{
    size_t openings = 0;
    (void) state;
    for (uint64_t seed = 1; seed <= RULES; seed++) {
        struct game game;
        size_t moves = 0;
        draw_rule(&game, seed);
        for (int i = 0; i < 5; i++)
            draw_figures(&game);
        for (int i = 0; i < 120; i++, game.count++) {
            bool was_open = game.input.past.is_open;
            struct rule_verdict verdict;
            game.input.now_ms += (1 + chance(&game, 40)) * HOUR;
            game.rate.rate = MONEY_UNIT / 2 + (int64_t) chance(&game, 2 * MONEY_UNIT);
            rule_judge(&game.rule, &game.input, &game.arena, &verdict);
            game.input.past = verdict.past;
            moves += verdict.past.is_open != was_open;
            expect(&game, moves <= 1 && !(was_open && !verdict.past.is_open), "flapped");
        }
        openings += moves;
        arena_clear(&game.arena);
    }
    assert_true(openings > 50);
}

// A rate that nobody tells any more is not used from memory.
static void without_a_rate_nothing_opens(void **state)
{
    struct game game;
    struct rule_verdict verdict;
    (void) state;
    draw_rule(&game, 1);
    struct wish wish = {.any = 1, .each = 1};
    wish.all[0][0] = (struct bound){REVENUE, 0, 50 * MONEY_UNIT, true};
    game.rule = (struct rule){.name = "dollars", .when = write_wish(&game, &wish)};
    game.figures[REVENUE].is_known = true;
    game.figures[REVENUE].lowest = game.figures[REVENUE].highest = 30 * MONEY_UNIT;
    rule_judge(&game.rule, &game.input, &game.arena, &verdict);
    assert_int_equal(verdict.when.truth, RULE_FALSE);
    game.input.past = verdict.past;
    game.input.rate_count = 0;
    game.input.now_ms += DAY;
    game.figures[REVENUE].lowest = game.figures[REVENUE].highest = 90 * MONEY_UNIT;
    rule_judge(&game.rule, &game.input, &game.arena, &verdict);
    assert_int_equal(verdict.when.truth, RULE_UNKNOWN);
    assert_false(verdict.past.is_open);
    assert_non_null(strstr(verdict.when.saw[0].text, "no rate from EUR to USD"));
    arena_clear(&game.arena);
}

// Where the machine stands in the world changes nothing.
static void clocks_put_forward_change_nothing(void **state)
{
    static const char *const zones[] = {"UTC", "CET-1CEST,M3.5.0,M10.5.0/3",
                                        "NST3:30NDT,M3.2.0,M11.1.0"};
    int64_t opened[3][40];
    (void) state;
    for (size_t zone = 0; zone < 3; zone++) {
        setenv("TZ", zones[zone], 1);
        tzset();
        for (uint64_t seed = 1; seed <= 40; seed++) {
            struct game game;
            draw_rule(&game, seed);
            play(&game);
            opened[zone][seed - 1] = game.changed_ms;
            arena_clear(&game.arena);
        }
    }
    assert_memory_equal(opened[0], opened[1], sizeof opened[0]);
    assert_memory_equal(opened[0], opened[2], sizeof opened[0]);
    setenv("TZ", "UTC", 1);
    tzset();
}

// A month later is the same day, or the last one; later days never come out earlier.
static void months_are_those_of_libc(void **state)
{
    (void) state;
    for (int months = 1; months <= 14; months++) {
        struct rule_span span = {.months = months};
        int64_t last_ms = 0;
        for (int day = 0; day < 4 * 366; day++) {
            int64_t from_ms = INT64_C(1798761600000) + day * DAY + 12345;
            int64_t after_ms = rule_term_after(span, from_ms);
            assert_int_equal(after_ms, later(span, from_ms));
            assert_true(after_ms >= last_ms);
            assert_true(after_ms - from_ms >= (months * 30 - 3) * DAY);
            assert_true(after_ms - from_ms <= months * 31 * DAY);
            last_ms = after_ms;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_say_the_same),
        cmocka_unit_test(rates_alone_move_no_rule),
        cmocka_unit_test(without_a_rate_nothing_opens),
        cmocka_unit_test(clocks_put_forward_change_nothing),
        cmocka_unit_test(months_are_those_of_libc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
