// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "engine/forecast.h"
#include "engine/rule_term.h"

#define EURO(amount) ((int64_t) ((amount) *100) * (MONEY_UNIT / 100))
#define MONTHS       6

struct scene {
    struct arena arena;
    struct engine engine;
    struct rule rules[2];
    struct rule_figure figures[MONTHS][3];
    struct forecast_point points[MONTHS];
    int64_t ends[MONTHS];
    struct forecast_input input;
    struct forecast forecast;
    int asked;
    bool is_partly_priced;
};

static int64_t at(const char *text)
{
    struct calendar_date date;
    assert_true(calendar_parse(text, &date));
    return calendar_ms(date);
}

static struct rule_condition condition(struct scene *scene, const char *figure,
                                       const char *text)
{
    struct rule_terms *terms = arena_alloc(&scene->arena, sizeof *terms);
    struct fault fault;
    terms->items = arena_alloc(&scene->arena, sizeof *terms->items);
    terms->count = 1;
    assert_true(
        rule_term_parse(&scene->arena, figure, RULE_FIGURE, text, terms->items, &fault));
    return (struct rule_condition){terms, 1};
}

// 5 €, and 22.78 € or 100 € more for each of the two proposals.
static bool price(void *context, const bool *in_force, struct forecast_price *price,
                  struct fault *fault)
{
    struct scene *scene = context;
    (void) fault;
    int64_t units = EURO(5);
    units += in_force[0] ? EURO(22.78) : 0;
    units += in_force[1] ? EURO(100) : 0;
    *price = (struct forecast_price){{units, "EUR"}, !scene->is_partly_priced};
    scene->asked++;
    return true;
}

static void begin_scene(struct scene *scene, const int64_t revenue[MONTHS])
{
    *scene = (struct scene){.engine = {.currency = "EUR"}};
    arena_init(&scene->arena, 0);
    for (int i = 0; i < MONTHS; i++) {
        struct calendar_date start = {2028, 1, 1};
        scene->figures[i][0] = (struct rule_figure){.name = "revenue",
                                                    .currency = "EUR",
                                                    .is_known = revenue[i] >= 0,
                                                    .value = EURO(revenue[i]),
                                                    .lowest = EURO(revenue[i]),
                                                    .highest = EURO(revenue[i])};
        scene->figures[i][1] = (struct rule_figure){
            .name = "customers", .is_known = true, .value = EURO(50)};
        scene->figures[i][2] = (struct rule_figure){
            .name = "disk", .is_known = true, .lowest = EURO(10), .highest = EURO(10)};
        scene->points[i].from_ms = calendar_ms(calendar_add_months(start, i));
        scene->points[i].figures = scene->figures[i];
        scene->points[i].figure_count = 3;
        scene->ends[i] = calendar_ms(calendar_add_months(start, i + 1));
    }
    scene->rules[0] = (struct rule){.name = "grow",
                                    .include = "more",
                                    .when = condition(scene, "revenue", "> €500"),
                                    .release = condition(scene, "revenue", "< €300"),
                                    .fit = condition(scene, "disk", "< 60%"),
                                    .hold = {.ms = 14 * CALENDAR_DAY_MS},
                                    .cooldown = {.ms = 14 * CALENDAR_DAY_MS}};
    scene->rules[1] = (struct rule){.name = "dear",
                                    .include = "even-more",
                                    .when = condition(scene, "revenue", "> €800"),
                                    .has_afford = true,
                                    .afford_below = EURO(10),
                                    .afford_warn = EURO(15)};
    scene->input = (struct forecast_input){.engine = &scene->engine,
                                           .rules = scene->rules,
                                           .rule_count = 2,
                                           .points = scene->points,
                                           .point_count = MONTHS,
                                           .ends = scene->ends,
                                           .row_count = MONTHS,
                                           .price = price,
                                           .context = scene};
}

static void go(struct scene *scene)
{
    struct fault fault;
    assert_true(forecast_make(&scene->input, &scene->arena, &scene->forecast, &fault));
}

static void expect_event(const struct scene *scene, size_t number, const char *date,
                         const char *rule, enum forecast_what what)
{
    assert_true(scene->forecast.event_count > number);
    const struct forecast_event *event = &scene->forecast.events[number];
    assert_int_equal(event->at_ms, at(date));
    assert_string_equal(event->rule->name, rule);
    assert_int_equal(event->what, what);
}

static void what_is_proposed_is_done_on_its_day(void **state)
{
    struct scene scene;
    (void) state;
    begin_scene(&scene, (int64_t[]){400, 600, 700, 850, 1300, 200});
    go(&scene);
    const struct forecast *made = &scene.forecast;
    assert_int_equal(made->event_count, 4);
    expect_event(&scene, 0, "2028-02-15", "grow", FORECAST_ACCEPTED);
    assert_int_equal(made->events[0].row, 1);
    assert_int_equal(made->events[0].before.monthly.units, EURO(5));
    assert_int_equal(made->events[0].after.monthly.units, EURO(27.78));
    // 127.78 € are over 15 % of 850 €: told once, and done a month later, with a warning.
    expect_event(&scene, 1, "2028-04-01", "dear", FORECAST_BLOCKED);
    assert_non_null(strstr(made->events[1].why, "over 15 %"));
    assert_int_equal(made->events[1].after.monthly.units, EURO(127.78));
    expect_event(&scene, 2, "2028-05-01", "dear", FORECAST_ACCEPTED);
    assert_null(made->events[2].why);
    expect_event(&scene, 3, "2028-06-01", "grow", FORECAST_RELEASED);
    assert_int_equal(made->events[3].after.monthly.units, EURO(105));
    static const double costs[] = {5, 27.78, 27.78, 27.78, 127.78, 105};
    for (size_t i = 0; i < MONTHS; i++) {
        assert_int_equal(made->rows[i].cost.monthly.units, EURO(costs[i]));
        assert_int_equal(made->rows[i].from_ms, scene.points[i].from_ms);
        assert_true(made->rows[i].has_share);
    }
    arena_clear(&scene.arena);
}

static void what_is_not_known_moves_nothing(void **state)
{
    struct scene scene;
    (void) state;
    begin_scene(&scene, (int64_t[]){-1, -1, 600, -1, -1, 600});
    go(&scene);
    assert_int_equal(scene.forecast.event_count, 1);
    expect_event(&scene, 0, "2028-03-15", "grow", FORECAST_ACCEPTED);
    assert_null(scene.forecast.rows[0].revenue);
    assert_false(scene.forecast.rows[0].has_share);
    assert_true(scene.forecast.rows[2].has_share);
    arena_clear(&scene.arena);
}

static void old_figures_do_not_count(void **state)
{
    struct scene scene;
    (void) state;
    begin_scene(&scene, (int64_t[]){600, 600, 600, 600, 600, 600});
    scene.input.point_count = 1;
    scene.input.stale_ms = 10 * CALENDAR_DAY_MS;
    go(&scene);
    assert_int_equal(scene.forecast.event_count, 0);
    assert_null(scene.forecast.rows[0].revenue);
    scene.input.stale_ms = 14 * CALENDAR_DAY_MS;
    go(&scene);
    expect_event(&scene, 0, "2028-01-15", "grow", FORECAST_ACCEPTED);
    arena_clear(&scene.arena);
}

static void without_a_price_nothing_is_afforded(void **state)
{
    struct scene scene;
    (void) state;
    begin_scene(&scene, (int64_t[]){900, 900, 900, 900, 900, 900});
    scene.is_partly_priced = true;
    go(&scene);
    assert_int_equal(scene.forecast.event_count, 1); // "grow" asks for no share
    expect_event(&scene, 0, "2028-01-15", "grow", FORECAST_ACCEPTED);
    assert_false(scene.forecast.verdicts[1].is_proposed);
    assert_non_null(strstr(scene.forecast.verdicts[1].waits, "has no price"));
    arena_clear(&scene.arena);
}

static void what_is_in_force_already_is_not_proposed_again(void **state)
{
    struct scene scene;
    const bool in_force[2] = {true, false};
    struct rule_past pasts[2] = {{.is_open = true, .is_accepted = true}};
    (void) state;
    begin_scene(&scene, (int64_t[]){600, 600, 600, 600, 600, 600});
    scene.input.pasts = pasts;
    scene.input.in_force = in_force;
    go(&scene);
    assert_int_equal(scene.forecast.event_count, 0);
    assert_int_equal(scene.forecast.first.monthly.units, EURO(27.78));
    assert_int_equal(scene.forecast.verdicts[0].state, RULE_ACCEPTED);
    arena_clear(&scene.arena);
}

// Rules may go by what all costs, too.
static void costs_are_figures(void **state)
{
    struct scene scene;
    (void) state;
    begin_scene(&scene, (int64_t[]){100, 50, 50, 50, 50, 50});
    scene.rules[0].when = condition(&scene, "share", ">= 10%");
    scene.rules[0].release = (struct rule_condition){0};
    scene.rules[1].when = condition(&scene, "cost_per_customer", "> €0.50");
    scene.rules[1].has_afford = false;
    go(&scene);
    expect_event(&scene, 0, "2028-02-15", "grow", FORECAST_ACCEPTED);
    expect_event(&scene, 1, "2028-02-16", "dear", FORECAST_ACCEPTED);
    arena_clear(&scene.arena);
}

// What was measured over a window is a rule's own, and what a month tells goes before it.
static void each_rule_has_figures_of_its_own(void **state)
{
    struct scene scene;
    const struct rule_figure cpu[] = {
        {.name = "cpu", .is_known = true, .lowest = EURO(85), .highest = EURO(85)},
        {.name = "revenue", .currency = "EUR", .is_known = true, .lowest = EURO(9000)}};
    const struct rule_input others[2] = {{.figures = cpu, .figure_count = 2}, {0}};
    (void) state;
    begin_scene(&scene, (int64_t[]){600, 600, 600, 600, 600, 600});
    scene.rules[0].evidence = condition(&scene, "cpu", "> 80%");
    scene.rules[1].evidence = condition(&scene, "cpu", "> 80%");
    scene.rules[1].when = condition(&scene, "revenue", "> €500");
    scene.input.others = others;
    go(&scene);
    assert_int_equal(scene.forecast.event_count, 1);
    expect_event(&scene, 0, "2028-01-15", "grow", FORECAST_ACCEPTED);
    assert_int_equal(scene.forecast.verdicts[1].evidence.truth, RULE_UNKNOWN);
    arena_clear(&scene.arena);
}

// A milestone that is only a text is said, each time that it opens, and needs no way
// back.
static void what_changes_nothing_is_said_once(void **state)
{
    struct scene scene;
    (void) state;
    begin_scene(&scene, (int64_t[]){600, 600, 200, 200, 600, 600});
    scene.rules[0].include = NULL;
    go(&scene);
    assert_int_equal(scene.forecast.event_count, 2);
    expect_event(&scene, 0, "2028-01-15", "grow", FORECAST_TOLD);
    expect_event(&scene, 1, "2028-05-15", "grow", FORECAST_TOLD);
    assert_int_equal(scene.forecast.rows[5].cost.monthly.units, EURO(5));
    assert_int_equal(scene.forecast.verdicts[0].state, RULE_OPEN);
    arena_clear(&scene.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_proposed_is_done_on_its_day),
        cmocka_unit_test(what_is_not_known_moves_nothing),
        cmocka_unit_test(old_figures_do_not_count),
        cmocka_unit_test(without_a_price_nothing_is_afforded),
        cmocka_unit_test(what_is_in_force_already_is_not_proposed_again),
        cmocka_unit_test(costs_are_figures),
        cmocka_unit_test(what_changes_nothing_is_said_once),
        cmocka_unit_test(each_rule_has_figures_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
