// SPDX-License-Identifier: MIT
#include "engine/scene.h"

static struct resource_removal removals[1];

static void removed(struct scene *scene, const char *pattern)
{
    removals[0] = (struct resource_removal){pattern, "test.lua:1"};
    scene->set.removals = removals;
    scene->set.removal_count = 1;
}

static void the_row_goes_and_the_thing_stays(void **state)
{
    struct scene *scene = scene_new(1, false);
    (void) state;
    scene_add(scene, "cloud.thing", "a", NULL, "{\"price\": \"€4/month\"}")->protect =
        true;
    scene_run(scene);
    scene_restart(scene);
    removed(scene, "cloud.*");
    scene_plan(scene);
    const struct change *change = scene_change(scene, "cloud.thing/a");
    assert_int_equal(change->action, CHANGE_FORGET);
    assert_true(change->stays);
    assert_non_null(strstr(change->reason, "it stays, and what it costs goes on"));
    assert_int_equal(scene->plan->forgotten_count, 1);
    assert_int_equal(scene->plan->cost_before.units, scene->plan->cost_after.units);
    assert_true(scene_try_apply(scene));
    assert_non_null(fake_find(&scene->fake, "cloud.thing/a"));
    scene_expect_empty(scene);
    scene_free(scene);
}

// Also when the host cannot be reached: nothing is to be done there.
static void what_is_on_a_machine_stays_with_it(void **state)
{
    struct scene *scene = scene_new(2, false);
    (void) state;
    scene_add_host(scene);
    scene_add(scene, "file", "/etc/a", "host/app", "{\"content\": \"a\"}");
    scene_run(scene);
    scene_restart(scene);
    removed(scene, "cloud.thing/web");
    fake_script(&scene->fake, "host/app", FAKE_UNREACHABLE);
    scene_plan(scene);
    assert_int_equal(scene_change(scene, "app:file/etc/a")->action, CHANGE_FORGET);
    assert_int_equal(scene_change(scene, "host/app")->action, CHANGE_FORGET);
    assert_true(scene_try_apply(scene));
    assert_non_null(fake_find(&scene->fake, "app:file/etc/a"));
    scene_free(scene);
}

static void what_is_still_declared_is_refused(void **state)
{
    struct scene *scene = scene_new(3, false);
    (void) state;
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    removed(scene, "cloud.thing/?");
    assert_false(scene_try_plan(scene));
    assert_non_null(strstr(scene->fault.what, "cloud.thing/a is still declared"));
    assert_string_equal(scene->fault.where, "test.lua:1");
    scene_free(scene);
}

static void what_was_edited_is_not_destroyed(void **state)
{
    struct scene *scene = scene_new(4, false);
    (void) state;
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    scene_run(scene);
    scene_restart(scene);
    scene->fake.edited = "it was edited";
    scene_plan(scene);
    const struct change *change = scene_change(scene, "cloud.thing/a");
    assert_int_equal(change->action, CHANGE_FORGET);
    assert_true(change->stays);
    assert_string_equal(change->reason, "it was edited: it stays as it is");
    assert_int_equal(scene->plan->destroy_count, 0);
    assert_int_equal(scene->plan->warning_count, 1);
    assert_true(scene_try_apply(scene));
    assert_non_null(fake_find(&scene->fake, "cloud.thing/a"));
    scene_expect_empty(scene);
    scene_free(scene);
}

// A warning is told also where nothing is to be done, once.
static void a_plan_without_changes_warns(void **state)
{
    struct scene *scene = scene_new(5, false);
    (void) state;
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    scene_run(scene);
    scene_restart(scene);
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    scene->fake.warning = "it expires in 3 days";
    scene_plan(scene);
    assert_int_equal(scene_change(scene, "cloud.thing/a")->action, CHANGE_NONE);
    assert_int_equal(scene->plan->warning_count, 1);
    assert_string_equal(scene->plan->warnings[0], "cloud.thing/a: it expires in 3 days");
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_row_goes_and_the_thing_stays),
        cmocka_unit_test(what_is_on_a_machine_stays_with_it),
        cmocka_unit_test(what_is_still_declared_is_refused),
        cmocka_unit_test(what_was_edited_is_not_destroyed),
        cmocka_unit_test(a_plan_without_changes_warns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
