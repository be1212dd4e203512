// SPDX-License-Identifier: MIT
#include "engine/guard.h"

#include "engine/scene.h"

static const struct engine_rate rates[] = {
    {"EUR", "USD", INT64_C(110000000), "2026-09-29"},
};

static void allow(struct scene *scene, const char *pattern)
{
    const char **list = arena_alloc(&scene->arena, sizeof *list);
    list[0] = pattern;
    scene->options.allow_destroy = list;
    scene->options.allow_destroy_count = 1;
}

static void a_budget_blocks(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct resource_budget budget = {.where = "playbooks/test.lua:3",
                                     .text = "$15/month"};
    assert_true(money_parse_budget(budget.text, &budget.max, &scene->fault));
    scene->engine.rates = rates;
    scene->engine.rate_count = 1;
    scene->set.budgets = &budget;
    scene->set.budget_count = 1;
    scene_add(scene, "cloud.thing", "a", NULL, "{\"price\": \"4 EUR\"}");
    scene_run(scene);
    scene_add(scene, "cloud.thing", "b", NULL, "{\"price\": \"16 EUR\"}");
    assert_false(scene_try_plan(scene));
    assert_int_equal(scene->fault.kind, FAULT_BLOCKED);
    assert_string_equal(scene->fault.what,
                        "this would cost 20.00 € a month: 6.36 € over the budget of "
                        "$15/month");
    assert_string_equal(scene->fault.where, "playbooks/test.lua:3");
    assert_non_null(strstr(scene->fault.why, "cloud.thing/b at 16.00 €"));
    assert_non_null(strstr(scene->fault.next, "raise the budget"));
    assert_non_null(scene->plan);
    // What makes it cheaper, or nothing, is not held up.
    scene->set.budget_count = 0;
    scene_run(scene);
    scene->set.budget_count = 1;
    scene_expect_empty(scene);
    assert_int_equal(scene->plan->warning_count, 1);
    scene_free(scene);
}

static void a_budget_needs_a_rate(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct resource_budget budget = {.where = "x:1", .text = "$15"};
    assert_true(money_parse_budget(budget.text, &budget.max, &scene->fault));
    scene->set.budgets = &budget;
    scene->set.budget_count = 1;
    assert_false(scene_try_plan(scene));
    assert_string_equal(scene->fault.why, "there is no exchange rate from USD to EUR");
    scene_free(scene);
}

static void protection_blocks(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "disk", NULL, "{\"zone\": \"a\"}")->protect = true;
    scene_run(scene);
    scene->set.items[0].attributes = scene_value(scene, "{\"zone\": \"b\"}");
    assert_false(scene_try_plan(scene));
    assert_int_equal(scene->fault.kind, FAULT_BLOCKED);
    assert_string_equal(scene->fault.what,
                        "cloud.thing/disk is protected, and the plan would replace it");
    assert_string_equal(scene->fault.next,
                        "if it may be lost: --allow-destroy=cloud.thing/disk");
    assert_true(scene_change(scene, "cloud.thing/disk")->blocked_by_protection);
    scene_restart(scene);
    assert_false(scene_try_plan(scene));
    assert_string_equal(scene->fault.what,
                        "cloud.thing/disk is protected, and the plan would destroy it");
    allow(scene, "cloud.*");
    scene_run(scene);
    assert_int_equal(fake_count(&scene->fake, "delete cloud.thing/disk"), 1);
    scene_free(scene);
}

static void a_machine_is_protected_with_its_cargo(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add_host(scene);
    scene_add(scene, "file", "/db", "host/app", "{\"content\": \"x\"}")->protect = true;
    scene_add(scene, "cloud.other", "free", NULL, "{}");
    scene_run(scene);
    scene_restart(scene);
    assert_false(scene_try_plan(scene));
    assert_string_equal(scene->fault.what,
                        "cloud.thing/web is protected, and the plan would destroy it");
    assert_string_equal(scene->fault.why, "it carries app:file/db");
    // destroy keeps it, with all that carries it, and removes the rest.
    scene->options.destroy = true;
    scene_plan(scene);
    scene_expect(scene, "app:file/db", CHANGE_NONE,
                 "it is protected; --allow-destroy lifts that");
    scene_expect(scene, "cloud.thing/web", CHANGE_NONE,
                 "host/app, which is kept, needs it");
    scene_expect(scene, "cloud.other/free", CHANGE_DELETE, "destroyed");
    assert_int_equal(scene->plan->warning_count, 3);
    assert_true(scene_try_apply(scene));
    assert_non_null(fake_find(&scene->fake, "app:file/db"));
    allow(scene, "all");
    scene_run(scene);
    scene_plan(scene);
    assert_int_equal(scene->plan->change_count, 0);
    assert_null(fake_find(&scene->fake, "cloud.thing/web"));
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_budget_blocks),
        cmocka_unit_test(a_budget_needs_a_rate),
        cmocka_unit_test(protection_blocks),
        cmocka_unit_test(a_machine_is_protected_with_its_cargo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
