// SPDX-License-Identifier: MIT
#include "engine/drift.h"

#include "engine/scene.h"

static struct drift look(struct scene *scene)
{
    struct drift drift;
    if (!drift_read(&scene->arena, &scene->engine, NULL, 0, &drift, &scene->fault))
        fail_msg("%s: %s", scene->fault.what, scene->fault.why);
    return drift;
}

static const struct value *value(struct scene *scene, const char *json)
{
    return scene_value(scene, json);
}

static void nothing_drifts_by_itself(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    assert_int_equal(look(scene).judged_count, 0);
    scene_add_host(scene);
    scene_add(scene, "secret", "key", NULL, "{\"length\": 20}");
    scene_add(scene, "file", "/a", "host/app",
              "{\"content\": {\"$template\": [\"k=\", {\"$reference\": [\"secret/key\","
              " \"value\", \"secret\"]}]}}");
    scene_add(scene, "cloud.other", "b", NULL,
              "{\"type\": [\"small\", \"large\"], \"parts\": [\"x\", \"y\"],"
              " \"password\": {\"$reference\": [\"secret/key\", \"value\", \"secret\"]},"
              " \"labels\": {\"key\": {\"$reference\": [\"secret/key\", \"value\","
              " \"secret\"]}}}");
    scene_run(scene);
    size_t previews = scene->fake.preview_count;
    int64_t serial = database_serial(scene->engine.database);
    const struct drift drift = look(scene);
    assert_int_equal(drift.item_count, 0);
    assert_int_equal(drift.gap_count, 0);
    assert_int_equal(drift.judged_count, 4);
    assert_int_equal(scene->fake.preview_count, previews);
    assert_int_equal(database_serial(scene->engine.database), serial);
    scene_free(scene);
}

static void a_change_outside_is_told_by_field(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "a", NULL,
              "{\"size\": 1, \"parts\": [\"x\", \"y\"], \"image\": \"old\","
              " \"fresh\": true}");
    scene_run(scene);
    // What nobody declared, what counts at birth only, what time alone changes, another
    // order of a set: no drift.
    fake_drift(&scene->fake, "cloud.thing/a", "fresh", value(scene, "false"));
    fake_drift(&scene->fake, "cloud.thing/a", "colour", value(scene, "\"red\""));
    fake_drift(&scene->fake, "cloud.thing/a", "image", value(scene, "\"new\""));
    fake_drift(&scene->fake, "cloud.thing/a", "parts", value(scene, "[\"y\", \"x\"]"));
    assert_int_equal(look(scene).item_count, 0);
    fake_drift(&scene->fake, "cloud.thing/a", "size", value(scene, "3"));
    const struct drift drift = look(scene);
    assert_int_equal(drift.item_count, 1);
    assert_string_equal(drift.items[0].address, "cloud.thing/a");
    assert_string_equal(drift.items[0].field, "size");
    assert_int_equal(drift.items[0].before->integer, 1);
    assert_int_equal(drift.items[0].after->integer, 3);
    // The same drift is the same, another value is another.
    const struct drift again = look(scene);
    assert_string_equal(again.items[0].id, drift.items[0].id);
    fake_drift(&scene->fake, "cloud.thing/a", "size", value(scene, "4"));
    const struct drift other = look(scene);
    assert_string_not_equal(other.items[0].id, drift.items[0].id);
    scene_free(scene);
}

static void what_the_playbook_wants_anew_is_no_drift(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct resource *thing = scene_add(scene, "cloud.thing", "a", NULL, "{\"size\": 1}");
    scene_run(scene);
    thing->attributes = value(scene, "{\"size\": 2}");
    scene_add(scene, "cloud.thing", "b", NULL, "{}");
    assert_int_equal(look(scene).item_count, 0);
    scene_free(scene);
}

static void what_is_left_as_found_is_no_drift(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct resource *thing =
        scene_add(scene, "cloud.thing", "a", NULL, "{\"size\": 1, \"parts\": [\"x\"]}");
    thing->ignore = value(scene, "[\"size\"]");
    scene_run(scene);
    fake_drift(&scene->fake, "cloud.thing/a", "size", value(scene, "3"));
    assert_int_equal(look(scene).item_count, 0);
    fake_drift(&scene->fake, "cloud.thing/a", "parts", value(scene, "[\"y\"]"));
    const struct drift other = look(scene);
    assert_int_equal(other.item_count, 1);
    assert_string_equal(other.items[0].field, "parts");
    // A run that changes nothing else learns what the playbook says by now.
    fake_drift(&scene->fake, "cloud.thing/a", "parts", value(scene, "[\"x\"]"));
    fake_drift(&scene->fake, "cloud.thing/a", "size", value(scene, "1"));
    thing->ignore = value(scene, "[\"all\"]");
    scene_run(scene);
    fake_drift(&scene->fake, "cloud.thing/a", "parts", value(scene, "[\"y\"]"));
    assert_int_equal(look(scene).item_count, 0);
    thing->ignore = NULL;
    fake_drift(&scene->fake, "cloud.thing/a", "parts", value(scene, "[\"x\"]"));
    scene_run(scene);
    fake_drift(&scene->fake, "cloud.thing/a", "size", value(scene, "3"));
    assert_int_equal(look(scene).item_count, 1);
    fake_remove(&scene->fake, "cloud.thing/a");
    const struct drift gone = look(scene);
    assert_int_equal(gone.item_count, 1);
    assert_null(gone.items[0].field);
    scene_free(scene);
}

static void what_is_gone_was_deleted_outside(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add_host(scene);
    scene_add(scene, "file", "/a", "host/app", "{\"content\": \"1\"}");
    scene_add(scene, "file", "/b", "host/app", "{\"content\": \"1\"}");
    scene_run(scene);
    fake_remove(&scene->fake, "app:file/b");
    const struct drift file = look(scene);
    assert_int_equal(file.item_count, 1);
    assert_string_equal(file.items[0].address, "app:file/b");
    assert_null(file.items[0].field);
    // What was on a machine that is gone is told with it.
    fake_remove(&scene->fake, "cloud.thing/web");
    const struct drift machine = look(scene);
    assert_int_equal(machine.item_count, 1);
    assert_string_equal(machine.items[0].address, "cloud.thing/web");
    scene_free(scene);
}

static void a_secret_that_was_changed_is_told_without_it(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add_host(scene);
    scene_add(scene, "secret", "key", NULL, "{\"length\": 20}");
    scene_add(scene, "file", "/a", "host/app",
              "{\"content\": {\"$reference\": [\"secret/key\", \"value\", \"secret\"]}}");
    scene_run(scene);
    fake_drift(&scene->fake, "app:file/a", "content", value(scene, "\"sha256:12\""));
    const struct drift drift = look(scene);
    assert_int_equal(drift.item_count, 1);
    assert_string_equal(drift.items[0].field, "content");
    scene_free(scene);
}

static void what_cannot_be_read_is_told_once(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add_host(scene);
    scene_add(scene, "file", "/a", "host/app", "{\"content\": \"1\"}");
    scene_add(scene, "cloud.other", "b", NULL, "{\"size\": 1}");
    scene_run(scene);
    fake_script(&scene->fake, "host/app", FAKE_UNREACHABLE);
    fake_drift(&scene->fake, "cloud.other/b", "size", value(scene, "2"));
    const struct drift drift = look(scene);
    assert_int_equal(drift.gap_count, 1);
    assert_string_equal(drift.gaps[0].address, "host/app");
    assert_int_equal(drift.gaps[0].fault->kind, FAULT_UNREACHABLE);
    assert_int_equal(drift.item_count, 1);
    assert_int_equal(drift.judged_count, 2);
    scene_free(scene);
}

static void what_a_run_left_open_is_no_drift(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct resource *thing = scene_add(scene, "cloud.thing", "a", NULL, "{\"size\": 1}");
    scene_run(scene);
    thing->attributes = value(scene, "{\"size\": 2}");
    fake_script(&scene->fake, "cloud.thing/a", FAKE_LOST);
    scene_plan(scene);
    assert_false(scene_try_apply(scene));
    const struct drift drift = look(scene);
    assert_int_equal(drift.item_count, 0);
    assert_int_equal(drift.gap_count, 1);
    assert_null(drift.gaps[0].fault);
    assert_string_equal(drift.gaps[0].why,
                        "run 2 was cut off there: pipster run settles it");
    // The next run finds it done, and then so does the row.
    fake_script(&scene->fake, "cloud.thing/a", FAKE_FINE);
    scene_run(scene);
    const struct drift settled = look(scene);
    assert_int_equal(settled.item_count, 0);
    assert_int_equal(settled.gap_count, 0);
    scene_free(scene);
}

static void only_what_these_playbooks_declared(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    const char *const one[] = {"playbooks/test.lua"}, *const other[] = {
                                                          "playbooks/o.lua"};
    struct drift drift;
    scene_add(scene, "cloud.thing", "a", NULL, "{\"size\": 1}");
    scene_run(scene);
    fake_drift(&scene->fake, "cloud.thing/a", "size", value(scene, "3"));
    assert_true(drift_read(&scene->arena, &scene->engine, one, 1, &drift, &scene->fault));
    assert_int_equal(drift.item_count, 1);
    assert_true(
        drift_read(&scene->arena, &scene->engine, other, 1, &drift, &scene->fault));
    assert_int_equal(drift.item_count, 0);
    scene_free(scene);
}

static void a_row_that_lacks_what_it_needs_is_still_looked_at(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    scene_add(scene, "cloud.thing", "b", NULL,
              "{\"size\": 1, \"link\": {\"$reference\": \"cloud.thing/a.ip\"}}");
    scene_run(scene);
    struct transaction *transaction = transaction_new(scene->engine.database);
    state_remove(transaction, "cloud.thing/a");
    assert_true(transaction_commit(transaction, &scene->fault));
    fake_drift(&scene->fake, "cloud.thing/b", "size", value(scene, "3"));
    assert_int_equal(look(scene).item_count, 1);
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_drifts_by_itself),
        cmocka_unit_test(a_change_outside_is_told_by_field),
        cmocka_unit_test(what_the_playbook_wants_anew_is_no_drift),
        cmocka_unit_test(what_is_left_as_found_is_no_drift),
        cmocka_unit_test(what_is_gone_was_deleted_outside),
        cmocka_unit_test(a_secret_that_was_changed_is_told_without_it),
        cmocka_unit_test(what_cannot_be_read_is_told_once),
        cmocka_unit_test(what_a_run_left_open_is_no_drift),
        cmocka_unit_test(only_what_these_playbooks_declared),
        cmocka_unit_test(a_row_that_lacks_what_it_needs_is_still_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
