// SPDX-License-Identifier: MIT
#include "engine/cost.h"

#include "engine/scene.h"

static const struct engine_rate rates[] = {
    {"USD", "EUR", INT64_C(90000000), "2026-09-29"},
};

static struct scene *priced_scene(void)
{
    struct scene *scene = scene_new(1, false);
    scene->engine.rates = rates;
    scene->engine.rate_count = 1;
    return scene;
}

static void expect_cost(struct scene *scene, const char *before, const char *after)
{
    char text[MONEY_TEXT_SIZE];
    assert_string_equal(money_format(scene->plan->cost_before, text), before);
    assert_string_equal(money_format(scene->plan->cost_after, text), after);
}

static void before_and_after(void **state)
{
    (void) state;
    struct scene *scene = priced_scene();
    scene_add(scene, "cloud.thing", "a", NULL, "{\"price\": \"5 EUR\", \"zone\": \"a\"}");
    scene_add(scene, "cloud.thing", "b", NULL, "{\"price\": \"$10\"}");
    scene_add(scene, "cost.item", "domain", NULL, "{\"price\": \"$12/year\"}");
    scene_plan(scene);
    expect_cost(scene, "0.00 €", "14.90 €");
    scene_expect(scene, "cost.item/domain", CHANGE_CREATE, "not there yet");
    assert_true(scene_try_apply(scene));
    scene_expect_empty(scene);
    expect_cost(scene, "14.90 €", "14.90 €");
    // One dearer, one gone, the item as well.
    scene_restart(scene);
    scene_add(scene, "cloud.thing", "a", NULL, "{\"price\": \"6 EUR\", \"zone\": \"b\"}");
    scene_plan(scene);
    expect_cost(scene, "14.90 €", "6.00 €");
    scene_expect(scene, "cost.item/domain", CHANGE_DELETE, "not declared any more");
    assert_true(scene_try_apply(scene));
    scene->options.destroy = true;
    scene_plan(scene);
    expect_cost(scene, "6.00 €", "0.00 €");
    scene_free(scene);
}

static void unpriced_is_listed(void **state)
{
    (void) state;
    struct scene *scene = priced_scene();
    scene_add(scene, "cloud.thing", "a", NULL, "{\"price\": \"who knows\"}");
    scene_add(scene, "cloud.thing", "b", NULL, "{\"price\": \"CHF 3\"}");
    scene_add(scene, "cloud.thing", "c", NULL, "{\"price\": \"1 EUR\"}");
    scene_plan(scene);
    expect_cost(scene, "0.00 €", "1.00 €");
    assert_false(scene->plan->cost_is_known);
    assert_int_equal(scene->plan->unpriced_count, 2);
    assert_string_equal(scene->plan->unpriced[0].what, "cloud.thing/a");
    scene_free(scene);
}

static void rates_work_both_ways(void **state)
{
    (void) state;
    struct engine engine = {.rates = rates, .rate_count = 1};
    struct money amount = money_zero("USD"), converted;
    char text[MONEY_TEXT_SIZE];
    amount.units = 10 * MONEY_UNIT;
    assert_true(cost_convert(&engine, amount, "EUR", &converted));
    assert_string_equal(money_format(converted, text), "9.00 €");
    assert_true(cost_convert(&engine, converted, "USD", &converted));
    assert_string_equal(money_format(converted, text), "10.00 $");
    assert_false(cost_convert(&engine, amount, "CHF", &converted));
}

static void two_currencies_meet_in_the_euro(void **state)
{
    (void) state;
    static const struct engine_rate lists[] = {
        {"EUR", "USD", INT64_C(109000000), "2026-09-29"},
        {"EUR", "JPY", INT64_C(16050000000), "2026-09-29"},
    };
    struct engine engine = {.rates = lists, .rate_count = 2};
    struct money yen = money_zero("JPY"), converted;
    char text[MONEY_TEXT_SIZE];
    yen.units = 3210 * MONEY_UNIT;
    assert_true(cost_convert(&engine, yen, "USD", &converted));
    assert_string_equal(money_format(converted, text), "21.80 $");
    assert_false(cost_convert(&engine, yen, "CHF", &converted));
}

// Said only where something was converted.
static void old_rates_are_said(void **state)
{
    (void) state;
    struct scene *scene = priced_scene();
    scene->engine.rates_stale = "of long ago";
    scene_add(scene, "cloud.thing", "a", NULL, "{\"price\": \"5 EUR\"}");
    scene_plan(scene);
    assert_null(cost_stale(&scene->engine, scene->plan));
    assert_int_equal(scene->plan->warning_count, 0);
    scene_add(scene, "cloud.thing", "b", NULL, "{\"price\": \"$10\"}");
    scene_plan(scene);
    assert_string_equal(scene->plan->warnings[0], "of long ago");
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_and_after),
        cmocka_unit_test(unpriced_is_listed),
        cmocka_unit_test(rates_work_both_ways),
        cmocka_unit_test(two_currencies_meet_in_the_euro),
        cmocka_unit_test(old_rates_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
