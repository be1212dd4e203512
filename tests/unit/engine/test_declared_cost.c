// SPDX-License-Identifier: MIT
#include "engine/declared_cost.h"

#include "engine/cost.h"
#include "engine/scene.h"

static void expect_declared(struct scene *scene, const char *sum)
{
    char text[MONEY_TEXT_SIZE];
    struct plan *plan = NULL;
    assert_true(
        declared_cost_plan(&scene->engine, &scene->set, &plan, &scene->fault));
    assert_int_equal(plan->change_count, scene->set.count);
    assert_string_equal(money_format(plan->cost_after, text), sum);
    assert_string_equal(money_format(plan->cost_before, text), "0.00 €");
    plan_free(plan);
}

// Neither what is out there nor what is recorded is asked.
static void the_world_is_not_asked(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "a", NULL, "{\"price\": \"5 EUR\"}");
    scene_plan(scene);
    assert_true(scene_try_apply(scene));
    scene_restart(scene);
    size_t observed = scene->fake.observe_count, previewed = scene->fake.preview_count;
    scene_add(scene, "cloud.thing", "b", NULL, "{\"price\": \"7 EUR\"}");
    scene_add(scene, "cost.item", "domain", NULL, "{\"price\": \"12 EUR/year\"}");
    expect_declared(scene, "8.00 €");
    assert_int_equal(scene->fake.observe_count, observed);
    assert_int_equal(scene->fake.preview_count, previewed);
    scene_free(scene);
}

static void what_refers_to_others_has_its_price(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, true);
    scene_add(scene, "cloud.thing", "a", NULL, "{\"price\": \"5 EUR\"}");
    scene_add(scene, "cloud.thing", "b", NULL,
              "{\"price\": \"2 EUR\", \"zone\": {\"$reference\": \"cloud.thing/a.ip\"}}");
    scene_add(scene, "cloud.thing", "c", NULL,
              "{\"price\": {\"$reference\": \"cloud.thing/b.price\"}}");
    expect_declared(scene, "9.00 €");
    scene_free(scene);
}

static void what_is_not_declared_well_is_refused(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, true);
    struct plan *plan = NULL;
    scene_add(scene, "cloud.thing", "a", NULL,
              "{\"zone\": {\"$reference\": \"cloud.thing/nobody.ip\"}}");
    assert_false(
        declared_cost_plan(&scene->engine, &scene->set, &plan, &scene->fault));
    assert_null(plan);
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_world_is_not_asked),
        cmocka_unit_test(what_refers_to_others_has_its_price),
        cmocka_unit_test(what_is_not_declared_well_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
