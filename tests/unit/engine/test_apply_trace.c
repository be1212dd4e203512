// SPDX-License-Identifier: MIT
#include "engine/apply_trace.h"

#include "engine/scene.h"

static struct record_step *last_step(struct scene *scene, const char *address)
{
    struct record_step *steps = NULL;
    size_t count = 0;
    assert_true(journal_load_steps_of(scene->engine.database, &scene->arena, address,
                                      &steps, &count, &scene->fault));
    assert_true(count > 0);
    return &steps[count - 1];
}

static void a_new_thing_tells_what_is_its_own(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "a", NULL,
              "{\"size\": 1, \"parts\": [], \"labels\": {\"x\": \"y\"},"
              " \"price\": \"4.99 EUR\"}");
    scene_run(scene);
    const struct record_step *step = last_step(scene, "cloud.thing/a");
    assert_null(step->before);
    assert_null(step->wanted_before);
    assert_null(step->row_before);
    assert_string_equal(json_text(&scene->arena, step->fields),
                        "{\"labels\":false,\"size\":false}");
    assert_string_equal(step->price, "4.99 EUR");
    scene_free(scene);
}

static void a_change_tells_its_fields_and_the_row(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.other", "b", NULL, "{}");
    struct resource *thing = scene_add(
        scene, "cloud.thing", "a", NULL,
        "{\"size\": 1, \"colour\": \"red\","
        " \"link\": {\"$reference\": \"cloud.other/b.ip\"}}");
    thing->protect = true;
    thing->stage = "first";
    thing->phase = 2;
    thing->tags = scene_value(scene, "[\"web\"]");
    thing->ignore = scene_value(scene, "[\"colour\"]");
    thing->restarts = scene_value(scene, "[\"x\"]");
    thing->reloads = scene_value(scene, "[\"y\"]");
    scene_run(scene);
    thing->attributes = value_with(&scene->arena, thing->attributes, "size",
                                   value_integer(&scene->arena, 2));
    scene_run(scene);
    const struct record_step *step = last_step(scene, "cloud.thing/a");
    assert_string_equal(json_text(&scene->arena, step->fields), "{\"size\":false}");
    assert_string_equal(json_text(&scene->arena, step->row_before),
                        "{\"ignore\":[\"colour\"],"
                        "\"needs\":[\"cloud.other/b\"],\"phase\":2,"
                        "\"playbook\":\"playbooks/test.lua\",\"protect\":true,"
                        "\"reloads\":[\"y\"],\"restarts\":[\"x\"],"
                        "\"stage\":\"first\",\"tags\":[\"web\"]}");
    assert_int_equal(value_find_integer(step->wanted_before, "size", 0), 1);
    assert_int_equal(value_find_integer(step->before, "size", 0), 1);
    assert_null(step->price);
    scene_free(scene);
}

static void a_row_of_another_machine_is_remembered(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add_host(scene);
    scene_add(scene, "file", "/a", "host/app", "{\"content\": \"1\"}");
    scene_run(scene);
    fake_remove(&scene->fake, "cloud.thing/web");
    fake_remove(&scene->fake, "host/app");
    fake_remove(&scene->fake, "app:file/a");
    scene_run(scene);
    const struct record_step *step = last_step(scene, "app:file/a");
    assert_string_equal(step->action, "create");
    assert_non_null(step->wanted_before);
    assert_non_null(value_find(step->row_before, "needs"));
    scene_free(scene);
}

static void the_end_tells_of_handlers_and_checks(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct record_run *runs = NULL;
    size_t count = 0;
    scene_add_host(scene);
    scene_add(scene, "file", "/a", "host/app",
              "{\"content\": \"1\", \"notify\": \"reload web\"}");
    scene_add(scene, "check.ok", "good", NULL, "{}");
    scene_add(scene, "check.ok", "bad", NULL, "{}");
    fake_script(&scene->fake, "check.ok/bad", FAKE_FAIL);
    scene_plan(scene);
    assert_false(scene_try_apply(scene));
    assert_true(journal_load_runs(scene->engine.database, &scene->arena, 1, &runs, &count,
                                  &scene->fault));
    assert_string_equal(
        json_text(&scene->arena, value_find(runs[0].summary, "handlers")),
        "[{\"host\":\"host/app\",\"name\":\"reload web\",\"ran\":true}]");
    assert_string_equal(
        json_text(&scene->arena, value_find(runs[0].summary, "checks")),
        "[{\"address\":\"check.ok/good\",\"passed\":true},"
        "{\"address\":\"check.ok/bad\",\"failure\":\"check.ok/bad failed as scripted\","
        "\"passed\":false}]");
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_thing_tells_what_is_its_own),
        cmocka_unit_test(a_change_tells_its_fields_and_the_row),
        cmocka_unit_test(a_row_of_another_machine_is_remembered),
        cmocka_unit_test(the_end_tells_of_handlers_and_checks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
