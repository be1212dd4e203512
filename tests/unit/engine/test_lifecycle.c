// SPDX-License-Identifier: MIT
#include "engine/scene.h"

static struct resource *declare(struct scene *scene, const char *json)
{
    scene_restart(scene);
    return scene_add(scene, "cloud.thing", "app", NULL, json);
}

static void ignored_attributes_stay_as_found(void **state)
{
    struct scene *scene = scene_new(1, false);
    (void) state;
    declare(scene, "{\"size\": 1, \"colour\": \"red\"}");
    scene_run(scene);
    struct resource *app = declare(scene, "{\"size\": 2, \"colour\": \"red\"}");
    app->ignore = scene_value(scene, "[\"size\"]");
    scene_expect_empty(scene);
    app = declare(scene, "{\"size\": 2, \"colour\": \"blue\"}");
    app->ignore = scene_value(scene, "[\"size\"]");
    scene_plan(scene);
    const struct change *change = scene_change(scene, "cloud.thing/app");
    assert_int_equal(change->field_count, 1);
    assert_int_equal(value_find_integer(change->wanted, "size", 0), 1);
    assert_true(scene_try_apply(scene));
    assert_int_equal(
        value_find_integer(fake_find(&scene->fake, "cloud.thing/app"), "size", 0), 1);
    app = declare(scene, "{\"size\": 3, \"zone\": \"b\"}");
    app->ignore = scene_value(scene, "[\"all\"]");
    scene_expect_empty(scene);
    scene_free(scene);
}

static void what_is_ignored_is_still_created(void **state)
{
    struct scene *scene = scene_new(2, false);
    (void) state;
    declare(scene, "{\"size\": 7}")->ignore = scene_value(scene, "[\"all\"]");
    scene_run(scene);
    assert_int_equal(
        value_find_integer(fake_find(&scene->fake, "cloud.thing/app"), "size", 0), 7);
    scene_free(scene);
}

static void birth_data_is_a_note_or_recreates(void **state)
{
    struct scene *scene = scene_new(3, false);
    (void) state;
    declare(scene, "{\"image\": \"a\"}");
    scene_run(scene);
    declare(scene, "{\"image\": \"b\"}");
    scene_plan(scene);
    assert_true(plan_is_empty(scene->plan));
    assert_int_equal(scene->plan->warning_count, 1);
    declare(scene, "{\"image\": \"b\"}")->recreate = RECREATE_REPLACE;
    scene_plan(scene);
    assert_int_equal(scene->plan->warning_count, 0);
    const struct change *change = scene_change(scene, "cloud.thing/app");
    assert_int_equal(change->action, CHANGE_REPLACE);
    assert_true(change->fields[0].forces_replacement);
    assert_true(scene_try_apply(scene));
    scene_expect_empty(scene);
    scene_free(scene);
}

// A rebuild is an update, but what is on the machine is as new.
static void a_rebuild_voids_the_host(void **state)
{
    struct scene *scene = scene_new(4, false);
    (void) state;
    for (int round = 0; round < 2; round++) {
        scene_restart(scene);
        struct resource *web =
            scene_add(scene, "cloud.thing", "web", NULL,
                      round == 0 ? "{\"image\": \"a\"}" : "{\"image\": \"b\"}");
        web->recreate = RECREATE_REBUILD;
        scene_add(scene, "host", "app", NULL,
                  "{\"address\": {\"$reference\": \"cloud.thing/web.ip\"},"
                  " \"server_id\": {\"$reference\": \"cloud.thing/web.id\"}}");
        scene_add(scene, "file", "/etc/a", "host/app", "{\"content\": \"a\"}");
        if (round == 0)
            scene_run(scene);
    }
    scene_plan(scene);
    scene_expect(scene, "cloud.thing/web", CHANGE_UPDATE,
                 "image differs: rebuilt in place");
    assert_true(scene_change(scene, "cloud.thing/web")->rebuilds);
    scene_expect(scene, "host/app", CHANGE_CREATE, "new host");
    scene_expect(scene, "app:file/etc/a", CHANGE_CREATE, "new host");
    // A fixed attribute that no rebuild sets takes a new one all the same.
    scene->resources[0].attributes =
        scene_value(scene, "{\"image\": \"b\", \"zone\": \"z\"}");
    scene_plan(scene);
    assert_int_equal(scene_change(scene, "cloud.thing/web")->action, CHANGE_REPLACE);
    scene_free(scene);
}

static void a_rebuild_of_what_is_protected_is_blocked(void **state)
{
    struct scene *scene = scene_new(5, false);
    (void) state;
    declare(scene, "{\"image\": \"a\"}")->protect = true;
    scene_run(scene);
    struct resource *app = declare(scene, "{\"image\": \"b\"}");
    app->protect = true;
    app->recreate = RECREATE_REBUILD;
    assert_false(scene_try_plan(scene));
    assert_int_equal(scene->fault.kind, FAULT_BLOCKED);
    assert_non_null(strstr(scene->fault.what, "would rebuild it"));
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ignored_attributes_stay_as_found),
        cmocka_unit_test(what_is_ignored_is_still_created),
        cmocka_unit_test(birth_data_is_a_note_or_recreates),
        cmocka_unit_test(a_rebuild_voids_the_host),
        cmocka_unit_test(a_rebuild_of_what_is_protected_is_blocked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
