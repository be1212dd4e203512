// SPDX-License-Identifier: MIT
#include "engine/paid.h"

#include "engine/scene.h"

#define LATER_MS INT64_C(4000000000000) // after every step of these tests

static struct paid_list look(struct scene *scene)
{
    struct paid_list list;
    scene_plan(scene);
    assert_true(paid_look(&scene->engine, scene->plan, &list, &scene->fault));
    return list;
}

static struct scene *made_for(const char *price)
{
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "a", NULL,
              arena_format(&scene->arena, "{\"price\": \"%s\"}", price));
    scene_run(scene);
    return scene;
}

// The vendor asks another price for the same; `declared` is what stands for that here.
static void ask(struct scene *scene, const char *price)
{
    scene_restart(scene);
    scene_add(scene, "cloud.thing", "a", NULL,
              arena_format(&scene->arena, "{\"price\": \"%s\"}", price));
    fake_drift(&scene->fake, "cloud.thing/a", "price",
               value_text(&scene->arena, price));
}

static void expect(struct paid_list list, const char *paid, const char *listed,
                   const char *now)
{
    char text[MONEY_TEXT_SIZE];
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].address, "cloud.thing/a");
    assert_string_equal(money_format(list.items[0].monthly, text), paid);
    assert_string_equal(money_format(list.items[0].listed, text), listed);
    assert_string_equal(money_format(list.now, text), now);
}

static void at_the_list_price_nothing_is_told(void **state)
{
    (void) state;
    struct scene *scene = made_for("5 EUR");
    struct paid_list list = look(scene);
    assert_int_equal(list.count, 0);
    assert_int_equal(list.now.units, 5 * MONEY_UNIT);
    scene_free(scene);
}

static void the_price_of_its_making_is_kept(void **state)
{
    (void) state;
    struct scene *scene = made_for("5 EUR");
    ask(scene, "7 EUR");
    struct paid_list list = look(scene);
    expect(list, "5.00 €", "7.00 €", "5.00 €");
    assert_true(list.items[0].run > 0);
    scene_free(scene);
}

static void say(struct scene *scene, const char *price, int64_t at_ms)
{
    struct money monthly;
    struct transaction *transaction = transaction_new(scene->engine.database);
    if (price != NULL)
        assert_true(money_parse_budget(price, &monthly, &scene->fault));
    paid_put(transaction, &scene->arena, "cloud.thing/a", price != NULL ? &monthly : NULL,
             at_ms);
    assert_true(transaction_commit(transaction, &scene->fault));
}

static void a_person_may_correct_it(void **state)
{
    (void) state;
    struct scene *scene = made_for("5 EUR");
    say(scene, "4.15 EUR", LATER_MS);
    struct paid_list list = look(scene);
    expect(list, "4.15 €", "5.00 €", "4.15 €");
    assert_int_equal(list.items[0].run, 0);
    assert_true(list.items[0].since_ms == LATER_MS);
    say(scene, NULL, 0);
    assert_int_equal(look(scene).count, 0);
    // What was made anew since is not what the person spoke of.
    say(scene, "4.15 EUR", 1000);
    assert_int_equal(look(scene).count, 0);
    // Another currency than the list's says nothing about it.
    say(scene, "$4", LATER_MS);
    assert_int_equal(look(scene).count, 0);
    scene_free(scene);
}

static void another_size_has_the_price_of_its_day(void **state)
{
    (void) state;
    struct scene *scene = made_for("5 EUR");
    scene_restart(scene);
    scene_add(scene, "cloud.thing", "a", NULL,
              "{\"price\": \"9 EUR\", \"type\": \"large\"}");
    scene_run(scene);
    assert_int_equal(look(scene).count, 0);
    ask(scene, "11 EUR");
    expect(look(scene), "9.00 €", "11.00 €", "9.00 €");
    // What has no price of its own leaves it as it was.
    scene_restart(scene);
    scene_add(scene, "cloud.thing", "a", NULL,
              "{\"price\": \"11 EUR\", \"type\": \"large\", \"size\": 3}");
    scene_run(scene);
    expect(look(scene), "9.00 €", "11.00 €", "9.00 €");
    scene_free(scene);
}

static void without_a_state_nothing_is_kept(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, true);
    scene_add(scene, "cloud.thing", "a", NULL, "{\"price\": \"5 EUR\"}");
    assert_int_equal(look(scene).count, 0);
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_the_list_price_nothing_is_told),
        cmocka_unit_test(the_price_of_its_making_is_kept),
        cmocka_unit_test(a_person_may_correct_it),
        cmocka_unit_test(another_size_has_the_price_of_its_day),
        cmocka_unit_test(without_a_state_nothing_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
