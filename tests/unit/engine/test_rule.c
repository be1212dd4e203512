// SPDX-License-Identifier: MIT
//
// Random histories, from fixed seeds: whatever the figures do, a rule keeps its times.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "engine/rule.h"
#include "engine/rule_term.h"

#define DAY          CALENDAR_DAY_MS
#define LOOKS        160
#define EURO(amount) ((int64_t) (amount) *MONEY_UNIT)

struct world {
    struct arena arena;
    struct rule rule;
    struct rule_figure figures[2];
    struct rule_rate rate;
    struct rule_input input;
    uint64_t seed;
};

static uint32_t chance(struct world *world, uint32_t below)
{
    world->seed ^= world->seed << 13;
    world->seed ^= world->seed >> 7;
    world->seed ^= world->seed << 17;
    return (uint32_t) ((world->seed >> 16) % below);
}

static int64_t at(const char *text)
{
    struct calendar_date date;
    assert_true(calendar_parse(text, &date));
    return calendar_ms(date);
}

static struct rule_condition condition(struct arena *arena, enum rule_kind kind,
                                       const char *figure, const char *text)
{
    struct rule_terms *terms = arena_alloc(arena, sizeof *terms);
    struct fault fault;
    terms->items = arena_alloc(arena, sizeof *terms->items);
    terms->count = 1;
    assert_true(rule_term_parse(arena, figure, kind, text, terms->items, &fault));
    return (struct rule_condition){terms, 1};
}

static struct rule_span span(const char *text)
{
    struct rule_span read;
    struct fault fault;
    assert_true(rule_term_parse_span(text, &read, &fault));
    return read;
}

static void open_world(struct world *world, uint64_t seed)
{
    *world = (struct world){.seed = seed * 2654435761u + 88172645463325252u};
    arena_init(&world->arena, 0);
    world->rule = (struct rule){
        .name = "scale",
        .when = condition(&world->arena, RULE_FIGURE, "revenue", "> $500"),
        .release = condition(&world->arena, RULE_FIGURE, "revenue", "< $400"),
        .hold = span("14d"),
        .release_hold = span("10d"),
        .cooldown = span("30d"),
    };
    world->figures[0] =
        (struct rule_figure){.name = "revenue", .currency = "EUR", .is_known = true};
    world->rate = (struct rule_rate){"EUR", "USD", MONEY_UNIT};
    world->input = (struct rule_input){.now_ms = at("2027-12-20"),
                                       .figures = world->figures,
                                       .figure_count = 1,
                                       .rates = &world->rate,
                                       .rate_count = 1};
}

static void set(struct world *world, int64_t units)
{
    struct rule_figure *figure = &world->figures[0];
    figure->value = figure->lowest = figure->highest = units;
    figure->as_of_ms = world->input.now_ms;
}

static struct rule_verdict look(struct world *world)
{
    struct rule_verdict verdict;
    rule_judge(&world->rule, &world->input, &world->arena, &verdict);
    world->input.past = verdict.past;
    return verdict;
}

static bool is_open(const struct world *world)
{
    return world->input.past.is_open;
}

// What was seen, judged by other means than the engine's.
struct seen {
    int64_t at_ms;
    int64_t units; // -1: not known
};

// That a condition held at every look of the last `hold`, and at one before them.
static bool held(const struct seen *seen, size_t count, int64_t hold_ms, int64_t over,
                 int64_t under)
{
    int64_t now_ms = seen[count - 1].at_ms, last_ms = now_ms;
    for (size_t i = count; i-- > 0;) {
        if (seen[i].units < 0)
            continue;
        if (last_ms - seen[i].at_ms > hold_ms)
            return false;
        if (seen[i].units <= over || seen[i].units >= under)
            return false;
        last_ms = seen[i].at_ms;
        if (now_ms - last_ms >= hold_ms)
            return true;
    }
    return false;
}

static void check_opening(const struct seen *seen, size_t count, int64_t closed_ms)
{
    int64_t now_ms = seen[count - 1].at_ms;
    assert_true(seen[count - 1].units >= 0);
    assert_true(held(seen, count, 14 * DAY, EURO(500), INT64_MAX));
    if (closed_ms != 0)
        assert_true(now_ms - closed_ms >= 30 * DAY);
}

static size_t walk(uint64_t seed)
{
    struct world world;
    struct seen seen[LOOKS];
    int64_t euro = 300, closed_ms = 0;
    size_t openings = 0;
    open_world(&world, seed);
    for (size_t i = 0; i < LOOKS; i++) {
        bool was_open = is_open(&world);
        // Anything from an hour to three weeks later: Februaries and leap days come by.
        world.input.now_ms +=
            (chance(&world, 10) == 0 ? chance(&world, 500) : 1 + chance(&world, 100)) *
            INT64_C(3600000);
        euro += (int64_t) chance(&world, 121) - 60;
        euro = euro < 0 ? 0 : euro > 900 ? 900 : euro;
        set(&world, EURO(euro));
        world.figures[0].is_known = chance(&world, 6) != 0;
        int64_t units = world.figures[0].is_known ? EURO(euro) : -1;
        seen[i] = (struct seen){world.input.now_ms, units};
        struct rule_verdict verdict = look(&world);
        if (units < 0)
            assert_false(verdict.is_proposed);
        if (units < 0 || (units >= EURO(400) && units <= EURO(500)))
            assert_int_equal(is_open(&world), was_open);
        if (is_open(&world) && !was_open) {
            check_opening(seen, i + 1, closed_ms);
            openings++;
        } else if (was_open && !is_open(&world)) {
            assert_true(held(seen, i + 1, 10 * DAY, -1, EURO(400)));
            closed_ms = world.input.now_ms;
        }
    }
    arena_clear(&world.arena);
    return openings;
}

static void whatever_comes_it_keeps_its_times(void **state)
{
    size_t openings = 0;
    (void) state;
    for (uint64_t seed = 1; seed <= 400; seed++)
        openings += walk(seed);
    assert_true(openings > 100); // else nothing was tried
}

static void rates_alone_change_nothing(void **state)
{
    (void) state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct world world;
        open_world(&world, seed);
        world.rule.hold = world.rule.release_hold = world.rule.cooldown = span("0");
        set(&world, EURO(300 + chance(&world, 300)));
        look(&world);
        bool was_open = is_open(&world);
        for (int i = 0; i < 60; i++) {
            world.input.now_ms += DAY;
            world.rate.rate = MONEY_UNIT / 2 + (int64_t) chance(&world, 100000000);
            look(&world);
            assert_int_equal(is_open(&world), was_open);
        }
        arena_clear(&world.arena);
    }
}

static void a_rate_counts_again_once_the_band_is_left(void **state)
{
    struct world world;
    (void) state;
    open_world(&world, 1);
    world.rule.hold = world.rule.release_hold = world.rule.cooldown = span("0");
    set(&world, EURO(450));
    look(&world);
    assert_false(is_open(&world));
    world.rate.rate = MONEY_UNIT * 12 / 10; // 540 $, by the rate alone
    look(&world);
    assert_false(is_open(&world));
    set(&world, EURO(300)); // 360 $: outside, at both rates
    look(&world);
    set(&world, EURO(430)); // 516 $
    look(&world);
    assert_true(is_open(&world));
    arena_clear(&world.arena);
}

// A list of reference rates has many, and the one that counts may be the last.
static void the_rate_of_the_figure_is_kept_among_many(void **state)
{
    struct rule_rate rates[] = {{"JPY", "USD", MONEY_UNIT / 150},
                                {"BGN", "USD", MONEY_UNIT / 2},
                                {"CZK", "USD", MONEY_UNIT / 22},
                                {"DKK", "USD", MONEY_UNIT / 7},
                                {"EUR", "USD", MONEY_UNIT}};
    struct world world;
    (void) state;
    open_world(&world, 1);
    world.rule.hold = world.rule.release_hold = world.rule.cooldown = span("0");
    world.input.rates = rates;
    world.input.rate_count = sizeof rates / sizeof *rates;
    set(&world, EURO(450));
    look(&world);
    assert_int_equal(world.input.past.rate_count, 1);
    rates[4].rate = MONEY_UNIT * 12 / 10; // 540 $, by the rate alone
    look(&world);
    assert_false(is_open(&world));
    arena_clear(&world.arena);
}

static const char *saw(struct world *world, enum rule_kind kind, const char *text,
                       int64_t units, enum rule_truth truth)
{
    const struct rule_figure figure = {
        .name = "x", .is_known = true, .value = units, .lowest = units, .highest = units};
    world->rule = (struct rule){.when = condition(&world->arena, kind, "x", text)};
    world->input.figures = &figure;
    struct rule_verdict verdict = look(world);
    assert_int_equal(verdict.when.truth, truth);
    return verdict.when.saw[0].text;
}

static void the_farthest_figures_are_compared_too(void **state)
{
    struct world world;
    (void) state;
    open_world(&world, 1);
    const char *text = saw(&world, RULE_MEASURED, "> 92000000000",
                           -92000000000 * MONEY_UNIT, RULE_FALSE);
    assert_string_equal(text,
                        "x is -92000000000: 92233720368.54775807 from > 92000000000");
    text = saw(&world, RULE_MEASURED, "> 1", INT64_MAX, RULE_TRUE);
    assert_string_equal(text, "x > 1 is 92233720368.54775807");
    arena_clear(&world.arena);
}

static void what_is_in_another_unit_is_not_compared(void **state)
{
    static const struct {
        const char *text, *unit;
        enum rule_truth truth;
    } cases[] = {
        {"> 1s", "ms", RULE_UNKNOWN},  {"> 100ms", "ms", RULE_TRUE},
        {"> 100 ms", "ms", RULE_TRUE}, {"> 100", "ms", RULE_TRUE},
        {"> 100ms", "", RULE_TRUE},    {"> 100ms", NULL, RULE_TRUE},
        {"> 50%", "ms", RULE_UNKNOWN},
    };
    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        open_world(&world, 1);
        world.rule = (struct rule){
            .when = condition(&world.arena, RULE_MEASURED, "revenue", cases[i].text)};
        set(&world, EURO(200));
        *world.figures[0].currency = '\0';
        world.figures[0].unit = cases[i].unit;
        struct rule_verdict verdict = look(&world);
        assert_int_equal(verdict.when.truth, cases[i].truth);
        if (cases[i].truth == RULE_UNKNOWN)
            assert_non_null(strstr(verdict.when.saw[0].text, "it is in ms"));
        arena_clear(&world.arena);
    }
}

static void an_answer_may_be_a_number(void **state)
{
    struct world world;
    (void) state;
    open_world(&world, 1);
    assert_string_equal(saw(&world, RULE_ANSWER, "yes", MONEY_UNIT, RULE_TRUE),
                        "x was answered with yes");
    assert_string_equal(saw(&world, RULE_ANSWER, "no", MONEY_UNIT, RULE_FALSE),
                        "x was answered with yes, and wants no");
    arena_clear(&world.arena);
}

static void months_are_those_of_the_calendar(void **state)
{
    static const struct {
        const char *from, *span, *to;
    } cases[] = {
        {"2027-01-31", "1 month", "2027-02-28"},  {"2028-01-31", "1 month", "2028-02-29"},
        {"2027-11-30", "3 months", "2028-02-29"}, {"2027-03-28", "1d", "2027-03-29"},
        {"2028-02-28", "2d", "2028-03-01"},       {"2027-10-31", "14d", "2027-11-14"},
        {"2027-04-30", "1 month", "2027-05-30"},  {"2027-12-31", "2w", "2028-01-14"},
    };
    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(rule_term_after(span(cases[i].span), at(cases[i].from)),
                         at(cases[i].to));
    // What is within the day stays so.
    assert_int_equal(rule_term_after(span("1 month"), at("2027-01-31") + 5000),
                     at("2027-02-28") + 5000);
}

static void it_opens_to_the_millisecond(void **state)
{
    struct world world;
    (void) state;
    open_world(&world, 1);
    world.rule.hold = span("1 month");
    world.input.now_ms = at("2028-01-31");
    set(&world, EURO(501));
    assert_int_equal(look(&world).state, RULE_HOLDING);
    world.input.now_ms = at("2028-02-15");
    assert_int_equal(look(&world).opens_ms, at("2028-02-29"));
    world.input.now_ms = at("2028-02-29") - 1;
    assert_int_equal(look(&world).state, RULE_HOLDING);
    world.input.now_ms = at("2028-02-29");
    struct rule_verdict verdict = look(&world);
    assert_int_equal(verdict.state, RULE_OPEN);
    assert_true(verdict.is_proposed);
    world.figures[0].is_known = false;
    world.input.now_ms += DAY;
    verdict = look(&world);
    assert_int_equal(verdict.state, RULE_OPEN);
    assert_false(verdict.is_proposed);
    assert_non_null(strstr(verdict.waits, "revenue is not known"));
    arena_clear(&world.arena);
}

static void too_long_a_gap_begins_the_time_anew(void **state)
{
    struct world world;
    (void) state;
    open_world(&world, 1);
    set(&world, EURO(600));
    look(&world);
    world.input.now_ms += 15 * DAY;
    assert_int_equal(look(&world).state, RULE_HOLDING);
    world.input.now_ms += 14 * DAY;
    assert_int_equal(look(&world).state, RULE_OPEN);
    arena_clear(&world.arena);
}

static void what_was_accepted_stays_until_it_is_taken_back(void **state)
{
    struct world world;
    (void) state;
    open_world(&world, 1);
    set(&world, EURO(600));
    world.input.is_accepted = true;
    assert_int_equal(look(&world).state, RULE_ACCEPTED);
    set(&world, EURO(100));
    for (int i = 0; i < 20; i++) {
        world.input.now_ms += 5 * DAY;
        struct rule_verdict verdict = look(&world);
        assert_true(verdict.past.is_accepted);
        assert_false(verdict.is_proposed); // nobody said what must fit
    }
    world.rule.fit = condition(&world.arena, RULE_MEASURED, "disk", "< 60%");
    struct rule_verdict verdict = look(&world);
    assert_int_equal(verdict.state, RULE_FALLING);
    assert_false(verdict.is_proposed); // nothing was measured
    world.figures[1] = (struct rule_figure){
        .name = "disk", .is_known = true, .highest = EURO(70), .lowest = EURO(50)};
    world.input.figure_count = 2;
    assert_false(look(&world).is_proposed);
    world.figures[1].highest = EURO(55);
    assert_true(look(&world).is_proposed);
    world.input.is_accepted = false;
    assert_int_equal(look(&world).state, RULE_CLOSED);
    arena_clear(&world.arena);
}

static void a_no_lasts_as_long_as_the_cooldown(void **state)
{
    struct world world;
    (void) state;
    open_world(&world, 1);
    set(&world, EURO(600));
    look(&world);
    world.input.now_ms += 14 * DAY;
    assert_int_equal(look(&world).state, RULE_OPEN);
    rule_decline(&world.input.past, world.input.now_ms);
    int64_t declined_ms = world.input.now_ms;
    while (world.input.now_ms < declined_ms + 30 * DAY) {
        assert_false(look(&world).is_proposed);
        world.input.now_ms += 5 * DAY;
    }
    assert_int_equal(look(&world).state, RULE_OPEN);
    arena_clear(&world.arena);
}

static void what_it_costs_decides_in_three_ways(void **state)
{
    static const struct {
        int64_t cost, revenue;
        enum rule_state state;
        bool proposed, warned;
    } cases[] = {
        {42, 500, RULE_OPEN, true, false},  {50, 500, RULE_OPEN, true, true},
        {75, 500, RULE_OPEN, true, true},   {76, 500, RULE_BLOCKED, false, false},
        {23, 200, RULE_OPEN, true, true},   {1, 0, RULE_BLOCKED, false, false},
        {0, 0, RULE_BLOCKED, false, false},
    };
    struct world world;
    (void) state;
    open_world(&world, 1);
    world.rule.has_afford = true;
    world.rule.afford_below = EURO(10);
    world.rule.afford_warn = EURO(15);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rule_verdict verdict = {.state = RULE_OPEN, .is_proposed = true};
        struct money cost = {EURO(cases[i].cost), "EUR"};
        struct money monthly = {EURO(cases[i].revenue), "EUR"};
        rule_afford(&world.rule, &cost, &monthly, &world.arena, &verdict);
        assert_int_equal(verdict.state, cases[i].state);
        assert_int_equal(verdict.is_proposed, cases[i].proposed);
        assert_int_equal(verdict.warning != NULL, cases[i].warned);
    }
    struct rule_verdict verdict = {.state = RULE_OPEN, .is_proposed = true};
    rule_afford(&world.rule, NULL, NULL, &world.arena, &verdict);
    assert_false(verdict.is_proposed);
    arena_clear(&world.arena);
}

static void what_has_nothing_to_propose_says_why(void **state)
{
    struct world world;
    (void) state;
    open_world(&world, 1);
    world.rule.hold = world.rule.cooldown = (struct rule_span){0};
    world.rule.idle = "it is the largest";
    world.rule.has_afford = true;
    set(&world, EURO(600));
    struct rule_verdict verdict = look(&world);
    assert_int_equal(verdict.state, RULE_OPEN);
    assert_false(verdict.is_proposed);
    assert_ptr_equal(verdict.waits, world.rule.idle);
    rule_afford(&world.rule, NULL, NULL, &world.arena, &verdict); // nothing is to be paid
    assert_int_equal(verdict.state, RULE_OPEN);
    assert_ptr_equal(verdict.waits, world.rule.idle);
    arena_clear(&world.arena);
}

static void the_slope_tells_when(void **state)
{
    struct world world;
    (void) state;
    open_world(&world, 1);
    set(&world, EURO(300));
    world.figures[0].before = EURO(200);
    world.figures[0].before_ms = world.input.now_ms - 50 * DAY;
    // 2 € a day: 100 days until 500, and 14 to be held.
    assert_int_equal(look(&world).opens_ms, world.input.now_ms + 114 * DAY);
    world.figures[0].before = EURO(400);
    assert_int_equal(look(&world).opens_ms, 0);
    arena_clear(&world.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_comes_it_keeps_its_times),
        cmocka_unit_test(rates_alone_change_nothing),
        cmocka_unit_test(a_rate_counts_again_once_the_band_is_left),
        cmocka_unit_test(the_rate_of_the_figure_is_kept_among_many),
        cmocka_unit_test(the_farthest_figures_are_compared_too),
        cmocka_unit_test(what_is_in_another_unit_is_not_compared),
        cmocka_unit_test(an_answer_may_be_a_number),
        cmocka_unit_test(months_are_those_of_the_calendar),
        cmocka_unit_test(it_opens_to_the_millisecond),
        cmocka_unit_test(too_long_a_gap_begins_the_time_anew),
        cmocka_unit_test(what_was_accepted_stays_until_it_is_taken_back),
        cmocka_unit_test(a_no_lasts_as_long_as_the_cooldown),
        cmocka_unit_test(what_it_costs_decides_in_three_ways),
        cmocka_unit_test(what_has_nothing_to_propose_says_why),
        cmocka_unit_test(the_slope_tells_when),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
