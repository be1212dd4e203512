// SPDX-License-Identifier: MIT
#include "engine/planfile_compare.h"

#include "engine/saved.h"

// What was approved goes through a file, as it does.
static struct planfile approve(struct scene *scene)
{
    scene_plan(scene);
    struct planfile file = saved_of(scene, true);
    return saved_read(scene, saved_text(scene, &file));
}

static bool compare(struct scene *scene, const struct planfile *approved,
                    const struct map *begun)
{
    scene_plan(scene);
    struct planfile now = saved_of(scene, true);
    fault_clear(&scene->fault);
    return planfile_compare(approved, &now, begun, &scene->fault);
}

static void expect_stale(struct scene *scene, const struct planfile *approved,
                         const char *what, const char *why)
{
    if (compare(scene, approved, NULL))
        fail_msg("not refused: %s", what);
    assert_int_equal(scene->fault.kind, FAULT_STALE);
    assert_string_equal(scene->fault.what, what);
    assert_string_equal(scene->fault.why, why);
}

static void change_world(struct scene *scene, const char *address, const char *name,
                         const char *json)
{
    const struct value *found = fake_find(&scene->fake, address);
    assert_non_null(found);
    fake_put(&scene->fake, address,
             value_with(&scene->fake.arena, found, name,
                        value_copy(&scene->fake.arena, scene_value(scene, json))));
}

static void declare(struct scene *scene, const char *a, const char *b)
{
    scene_restart(scene);
    scene_add(scene, "cloud.thing", "a", NULL, a);
    if (b != NULL)
        scene_add(scene, "cloud.thing", "b", NULL, b);
}

static void the_same_or_less_is_fine(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    declare(scene, "{\"size\": 1, \"colour\": \"red\"}", "{\"size\": 1}");
    scene_run(scene);
    declare(scene, "{\"size\": 2, \"colour\": \"blue\"}", NULL);
    struct planfile approved = approve(scene);
    assert_true(compare(scene, &approved, NULL));
    change_world(scene, "cloud.thing/a", "size", "2");
    assert_true(compare(scene, &approved, NULL));
    change_world(scene, "cloud.thing/a", "colour", "\"blue\"");
    assert_true(compare(scene, &approved, NULL));
    fake_remove(&scene->fake, "cloud.thing/b");
    assert_true(compare(scene, &approved, NULL));
    assert_int_equal(scene_change(scene, "cloud.thing/b")->action, CHANGE_FORGET);
    scene_free(scene);
}

static void another_thing_is_not(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    declare(scene, "{\"size\": 1, \"zone\": \"x\"}", "{\"size\": 1}");
    scene_run(scene);
    declare(scene, "{\"size\": 2, \"zone\": \"x\"}", "{\"size\": 1}");
    struct planfile approved = approve(scene);
    change_world(scene, "cloud.thing/b", "size", "5");
    expect_stale(scene, &approved,
                 "cloud.thing/b would be changed, which was not approved",
                 "size differs");
    change_world(scene, "cloud.thing/b", "size", "1");
    change_world(scene, "cloud.thing/a", "zone", "\"y\"");
    expect_stale(
        scene, &approved,
        "cloud.thing/a would be replaced, and it was approved that it is changed",
        "size and zone differ, which cannot be changed in place");
    fake_remove(&scene->fake, "cloud.thing/a");
    expect_stale(scene, &approved,
                 "cloud.thing/a would be created, and it was approved that it is changed",
                 "gone since the last run");
    scene_free(scene);
}

static void a_field_that_has_changed_is_named(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    declare(scene, "{\"size\": 1, \"colour\": \"red\"}",
            "{\"password\": \"one-two-three\"}");
    scene_run(scene);
    declare(scene, "{\"size\": 2, \"colour\": \"red\"}",
            "{\"password\": \"four-five-six\"}");
    struct planfile approved = approve(scene);
    change_world(scene, "cloud.thing/a", "size", "7");
    expect_stale(scene, &approved,
                 "size of cloud.thing/a has changed since the plan was made",
                 "it was 1 then, and is 7 now");
    change_world(scene, "cloud.thing/a", "size", "1");
    change_world(scene, "cloud.thing/a", "colour", "\"green\"");
    expect_stale(scene, &approved,
                 "colour of cloud.thing/a would be changed, which was not approved",
                 "colour and size differ");
    change_world(scene, "cloud.thing/a", "colour", "\"red\"");
    declare(scene, "{\"size\": 3, \"colour\": \"red\"}",
            "{\"password\": \"four-five-six\"}");
    expect_stale(scene, &approved, "size of cloud.thing/a would become another one",
                 "2 was approved, and it is 3 now");
    declare(scene, "{\"size\": 2, \"colour\": \"red\"}",
            "{\"password\": \"seven-eight\"}");
    expect_stale(scene, &approved, "password of cloud.thing/b would become another one",
                 "it is a secret, and another than was approved");
    scene_free(scene);
}

static void what_is_lost_is_what_was_said_to_be_lost(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    declare(scene, "{\"size\": 1}", "{\"size\": 1, \"parts\": [\"x\", \"y\"]}");
    scene_run(scene);
    declare(scene, "{\"size\": 2}", NULL);
    struct planfile approved = approve(scene);
    change_world(scene, "cloud.thing/b", "parts", "[\"y\", \"x\"]");
    change_world(scene, "cloud.thing/b", "ip", "\"10.9.9.9\"");
    assert_true(compare(scene, &approved, NULL));
    change_world(scene, "cloud.thing/b", "size", "100");
    expect_stale(scene, &approved,
                 "size of cloud.thing/b has changed since the plan was made",
                 "what was approved was meant for what was there then");
    change_world(scene, "cloud.thing/b", "size", "1");
    // Somebody made it anew: it is not the one that was looked at.
    change_world(scene, "cloud.thing/a", "id", "4711");
    expect_stale(scene, &approved,
                 "id of cloud.thing/a has changed since the plan was made",
                 "what was approved was meant for what was there then");
    scene_free(scene);
}

static void it_may_not_cost_more(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    declare(scene, "{\"size\": 1, \"price\": \"4 EUR\"}", NULL);
    struct planfile approved = approve(scene);
    declare(scene, "{\"size\": 1, \"price\": \"3 EUR\"}", NULL);
    assert_true(compare(scene, &approved, NULL));
    declare(scene, "{\"size\": 1, \"price\": \"4.01 EUR\"}", NULL);
    expect_stale(scene, &approved, "cloud.thing/a costs more than was approved",
                 "it was 4.00 € a month then, and is 4.01 € now");
    scene_free(scene);
}

static void what_was_unknown_was_approved_as_such(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    const char *linked = "{\"link\": {\"$reference\": \"cloud.thing/a.ip\"}}";
    struct map begun;
    map_init(&begun);
    declare(scene, "{\"size\": 1}", linked);
    struct planfile approved = approve(scene);
    // The first half of it was carried out: its ip is known by now.
    fake_script(&scene->fake, "cloud.thing/b", FAKE_FAIL);
    assert_false(scene_try_apply(scene));
    assert_true(compare(scene, &approved, &begun));
    assert_int_equal(scene_change(scene, "cloud.thing/a")->action, CHANGE_NONE);
    assert_int_equal(scene_change(scene, "cloud.thing/b")->action, CHANGE_CREATE);
    map_clear(&begun);
    scene_free(scene);
}

static void the_rest_of_what_was_begun_may_have_another_name(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct map begun;
    map_init(&begun);
    declare(scene, "{\"zone\": \"x\"}", NULL);
    scene_run(scene);
    declare(scene, "{\"zone\": \"y\"}", NULL);
    struct planfile approved = approve(scene);
    fake_remove(&scene->fake, "cloud.thing/a");
    assert_false(compare(scene, &approved, &begun));
    map_put(&begun, "cloud.thing/a", &begun);
    assert_true(compare(scene, &approved, &begun));
    assert_int_equal(scene_change(scene, "cloud.thing/a")->action, CHANGE_CREATE);
    // But it becomes what was approved.
    declare(scene, "{\"zone\": \"z\"}", NULL);
    assert_false(compare(scene, &approved, &begun));
    map_clear(&begun);
    scene_free(scene);
}

static void what_was_left_out_stays_so(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    const char *except[] = {"cloud.thing/b"};
    declare(scene, "{\"size\": 1}", "{\"size\": 1}");
    scene->options = (struct engine_options){.except = except, .except_count = 1};
    struct planfile approved = approve(scene);
    assert_true(compare(scene, &approved, NULL));
    scene->options = (struct engine_options){0};
    expect_stale(
        scene, &approved,
        "cloud.thing/b would be created, and it was approved that it is left as it is",
        "not there yet");
    scene_free(scene);
}

static void handlers_are_compared_with_their_commands(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add_host(scene);
    struct resource *file =
        scene_add(scene, "file", "/a", "host/app",
                  "{\"content\": \"a\", \"notify\": \"reload caddy\"}");
    struct planfile approved = approve(scene);
    assert_true(compare(scene, &approved, NULL));
    file->attributes =
        scene_value(scene, "{\"content\": \"a\", \"notify\": \"restart caddy\"}");
    expect_stale(scene, &approved,
                 "restart caddy on host/app would be done, which was not approved", "");
    approved = approve(scene);
    approved.handlers.items[0].digest = "another";
    expect_stale(scene, &approved,
                 "restart caddy on host/app would be done, which was not approved",
                 "its commands are others by now");
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_or_less_is_fine),
        cmocka_unit_test(another_thing_is_not),
        cmocka_unit_test(a_field_that_has_changed_is_named),
        cmocka_unit_test(what_is_lost_is_what_was_said_to_be_lost),
        cmocka_unit_test(it_may_not_cost_more),
        cmocka_unit_test(what_was_unknown_was_approved_as_such),
        cmocka_unit_test(the_rest_of_what_was_begun_may_have_another_name),
        cmocka_unit_test(what_was_left_out_stays_so),
        cmocka_unit_test(handlers_are_compared_with_their_commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
