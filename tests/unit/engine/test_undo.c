// SPDX-License-Identifier: MIT
#include "engine/undo.h"

#include "engine/scene.h"

#include <sqlite3.h>

static struct undo prepare(struct scene *scene, int64_t run)
{
    struct undo undo;
    if (!undo_prepare(&scene->arena, &scene->engine, run, &undo, &scene->fault))
        fail_msg("%s: %s", scene->fault.what, scene->fault.why);
    return undo;
}

static void plan_undo(struct scene *scene, const struct undo *undo)
{
    const struct engine_options options = {
        .only = undo->addresses,
        .only_count = undo->address_count,
        .undoes = undo->run.id,
        .allow_destroy = scene->options.allow_destroy,
        .allow_destroy_count = scene->options.allow_destroy_count,
    };
    plan_free(scene->plan);
    if (!engine_plan(&scene->engine, &undo->recall.set, &options, &scene->plan,
                     &scene->fault))
        fail_msg("%s: %s", scene->fault.what, scene->fault.why);
}

static void apply_undo(struct scene *scene, int64_t run, bool succeeds)
{
    struct value_entry entry = {"undoes", value_integer(&scene->arena, run)};
    const struct engine_run asked = {.verb = "undo",
                                     .options = value_map(&scene->arena, &entry, 1)};
    bool done =
        engine_apply(&scene->engine, scene->plan, &asked, &scene->result, &scene->fault);
    if (done != succeeds)
        fail_msg("%s: %s", scene->fault.what, scene->fault.why);
}

static int64_t undo(struct scene *scene, int64_t run)
{
    const struct undo prepared = prepare(scene, run);
    plan_undo(scene, &prepared);
    apply_undo(scene, run, true);
    return scene->result.run;
}

static int64_t run_as_declared(struct scene *scene)
{
    scene_run(scene);
    return scene->result.run;
}

static void expect_refused(struct scene *scene, int64_t run, const char *what,
                           const char *next)
{
    struct undo undo;
    assert_false(undo_prepare(&scene->arena, &scene->engine, run, &undo, &scene->fault));
    if (strstr(scene->fault.what, what) == NULL)
        fail_msg("%s", scene->fault.what);
    assert_string_equal(scene->fault.next, next);
}

static const char *loss_of(const struct undo *undo, const char *address)
{
    for (size_t i = 0; i < undo->loss_count; i++)
        if (strcmp(undo->losses[i].address, address) == 0)
            return undo->losses[i].what;
    return NULL;
}

static void set_size(struct scene *scene, struct resource *resource, int64_t size)
{
    resource->attributes = value_with(&scene->arena, resource->attributes, "size",
                                      value_integer(&scene->arena, size));
}

static void what_a_run_made_goes(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "old", NULL, "{\"size\": 1}");
    scene_run(scene);
    scene_add_host(scene);
    scene_add(scene, "file", "/a", "host/app", "{\"content\": \"1\"}");
    int64_t run = run_as_declared(scene);
    undo(scene, run);
    assert_null(fake_find(&scene->fake, "cloud.thing/web"));
    assert_non_null(fake_find(&scene->fake, "cloud.thing/old"));
    struct state_rows rows;
    assert_true(state_load(scene->engine.database, &scene->arena, &rows, &scene->fault));
    assert_int_equal(rows.count, 1);
    // The playbook still wants it.
    scene_plan(scene);
    assert_int_equal(scene->plan->add_count, 3);
    scene_free(scene);
}

static void what_a_run_changed_is_changed_back(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.other", "b", NULL, "{}");
    struct resource *thing =
        scene_add(scene, "cloud.thing", "a", NULL,
                  "{\"size\": 1, \"labels\": {\"x\": \"1\"},"
                  " \"link\": {\"$reference\": \"cloud.other/b.ip\"}}");
    scene_run(scene);
    set_size(scene, thing, 2);
    thing->attributes = value_with(&scene->arena, thing->attributes, "link", NULL);
    thing->attributes = value_with(&scene->arena, thing->attributes, "colour",
                                   value_text(&scene->arena, "red"));
    int64_t run = run_as_declared(scene);
    undo(scene, run);
    const struct value *found = fake_find(&scene->fake, "cloud.thing/a");
    assert_int_equal(value_find_integer(found, "size", 0), 1);
    const struct record *row = NULL;
    struct state_rows rows;
    assert_true(state_load(scene->engine.database, &scene->arena, &rows, &scene->fault));
    row = state_find(&rows, "cloud.thing/a");
    assert_null(value_find(row->wanted, "colour"));
    assert_int_equal(value_find(row->wanted, "link")->kind, VALUE_REFERENCE);
    scene_free(scene);
}

static void what_a_run_removed_is_made_again(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add_host(scene);
    scene_add(scene, "file", "/z", "host/app", "{\"content\": \"1\"}");
    scene_add(scene, "file", "/b", "host/app", "{\"content\": \"2\"}");
    scene_add(scene, "file", "/a", "host/app", "{\"content\": \"3\"}")->protect = true;
    scene_run(scene);
    const char *all[] = {"all"};
    scene->options = (struct engine_options){
        .destroy = true, .allow_destroy = all, .allow_destroy_count = 1};
    int64_t run = run_as_declared(scene);
    assert_null(fake_find(&scene->fake, "cloud.thing/web"));
    // The world in memory does not know that a machine takes what is on it along.
    fake_remove(&scene->fake, "app:file/z");
    fake_remove(&scene->fake, "app:file/b");
    fake_remove(&scene->fake, "app:file/a");
    text_reset(&scene->fake.log);
    const struct undo prepared = prepare(scene, run);
    assert_string_equal(loss_of(&prepared, "cloud.thing/web"),
                        "ip was 10.0.0.1: the new one may get another");
    undo(scene, run);
    // In the order in which they were declared, whatever their names.
    assert_true(fake_place(&scene->fake, "create cloud.thing/web") <
                fake_place(&scene->fake, "create host/app"));
    assert_true(fake_place(&scene->fake, "create app:file/z") <
                fake_place(&scene->fake, "create app:file/b"));
    assert_true(fake_place(&scene->fake, "create app:file/b") <
                fake_place(&scene->fake, "create app:file/a"));
    struct state_rows rows;
    assert_true(state_load(scene->engine.database, &scene->arena, &rows, &scene->fault));
    assert_int_equal(rows.count, 5);
    assert_true(state_find(&rows, "app:file/a")->protect);
    assert_string_equal(state_find(&rows, "app:file/a")->playbook, "playbooks/test.lua");
    scene->options = (struct engine_options){0};
    scene_expect_empty(scene);
    scene_free(scene);
}

static void what_a_run_did_not_touch_stays(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct resource *thing = scene_add(scene, "cloud.thing", "a", NULL, "{\"size\": 1}");
    scene_add(scene, "cloud.thing", "b", NULL, "{\"size\": 1}");
    scene_run(scene);
    set_size(scene, thing, 2);
    int64_t run = run_as_declared(scene);
    fake_drift(&scene->fake, "cloud.thing/b", "size", value_integer(&scene->arena, 9));
    undo(scene, run);
    assert_int_equal(
        value_find_integer(fake_find(&scene->fake, "cloud.thing/b"), "size", 0), 9);
    assert_int_equal(scene->plan->skipped_count, 1);
    scene_free(scene);
}

static void what_is_left_as_found_stays_so(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct resource *thing = scene_add(scene, "cloud.thing", "a", NULL,
                                       "{\"size\": 1, \"colour\": \"red\"}");
    thing->ignore = scene_value(scene, "[\"colour\"]");
    scene_run(scene);
    fake_drift(&scene->fake, "cloud.thing/a", "colour", scene_value(scene, "\"blue\""));
    set_size(scene, thing, 2);
    int64_t run = run_as_declared(scene);
    undo(scene, run);
    const struct value *there = fake_find(&scene->fake, "cloud.thing/a");
    assert_int_equal(value_find_integer(there, "size", 0), 1);
    assert_string_equal(value_find_text(there, "colour", ""), "blue");
    set_size(scene, thing, 1);
    scene_expect_empty(scene);
    scene_free(scene);
}

static bool owes(const struct scene *scene, const char *name)
{
    for (size_t i = 0; i < scene->plan->handler_count; i++)
        if (strcmp(scene->plan->handlers[i].name, name) == 0)
            return true;
    return false;
}

static void what_a_change_owed_its_undoing_owes(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add_host(scene);
    struct resource *file =
        scene_add(scene, "file", "/a", "host/app", "{\"content\": \"1\"}");
    file->restarts = scene_value(scene, "[\"x\"]");
    const struct value *first = file->attributes;
    scene_run(scene);
    file->attributes = scene_value(scene, "{\"content\": \"2\"}");
    file->restarts = scene_value(scene, "[\"y\"]");
    int64_t change = run_as_declared(scene);
    undo(scene, change);
    assert_true(owes(scene, "restart x") && !owes(scene, "restart y"));
    // The row that came of it owes the same when it goes, and so when it comes back.
    file->attributes = first;
    file->restarts = scene_value(scene, "[\"x\"]");
    scene_expect_empty(scene);
    scene->set.count--;
    int64_t removal = run_as_declared(scene);
    assert_true(owes(scene, "restart x"));
    undo(scene, removal);
    assert_true(owes(scene, "restart x"));
    assert_int_equal(fake_count(&scene->fake, "handler host/app restart x"), 4);
    scene->set.count++;
    scene_expect_empty(scene);
    scene_free(scene);
}

static void a_replacement_is_replaced_back(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct resource *thing =
        scene_add(scene, "cloud.thing", "a", NULL, "{\"zone\": \"one\", \"size\": 1}");
    scene_run(scene);
    thing->attributes = value_with(&scene->arena, thing->attributes, "zone",
                                   value_text(&scene->arena, "two"));
    int64_t run = run_as_declared(scene);
    undo(scene, run);
    assert_string_equal(
        value_find_text(fake_find(&scene->fake, "cloud.thing/a"), "zone", ""), "one");
    scene_free(scene);
}

static void what_stood_on_a_replaced_machine_comes_back(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "web", NULL, "{\"zone\": \"one\"}");
    scene_add(scene, "host", "app", NULL,
              "{\"address\": {\"$reference\": \"cloud.thing/web.ip\"},"
              " \"server_id\": {\"$reference\": \"cloud.thing/web.id\"}}");
    struct resource *file =
        scene_add(scene, "file", "/a", "host/app", "{\"content\": \"1\"}");
    scene_run(scene);
    scene->resources[0].attributes = scene_value(scene, "{\"zone\": \"two\"}");
    file->attributes = scene_value(scene, "{\"content\": \"2\"}");
    int64_t run = run_as_declared(scene);
    undo(scene, run);
    assert_string_equal(
        value_find_text(fake_find(&scene->fake, "app:file/a"), "content", ""), "1");
    scene_free(scene);
}

static void what_was_there_before_us_is_as_it_was(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    fake_put(&scene->fake, "cloud.thing/a",
             scene_value(scene, "{\"id\": 7, \"size\": 5, \"colour\": \"blue\"}"));
    scene_add(scene, "cloud.thing", "a", NULL, "{\"size\": 1, \"colour\": \"red\"}");
    int64_t run = run_as_declared(scene);
    undo(scene, run);
    const struct value *found = fake_find(&scene->fake, "cloud.thing/a");
    assert_int_equal(value_find_integer(found, "size", 0), 5);
    assert_string_equal(value_find_text(found, "colour", ""), "blue");
    scene_free(scene);
}

static void a_later_run_comes_first(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct resource *thing = scene_add(scene, "cloud.thing", "a", NULL, "{\"size\": 1}");
    scene_run(scene);
    set_size(scene, thing, 2);
    int64_t second = run_as_declared(scene);
    set_size(scene, thing, 3);
    int64_t third = run_as_declared(scene);
    expect_refused(scene, second, "run 3 changed cloud.thing/a since",
                   "undo run 3 first: pipster undo 3");
    undo(scene, third);
    undo(scene, second);
    assert_int_equal(
        value_find_integer(fake_find(&scene->fake, "cloud.thing/a"), "size", 0), 1);
    expect_refused(scene, second, "run 2 is undone already",
                   "to have it back: pipster undo 5");
    scene_free(scene);
}

static void an_undo_can_be_undone(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "a", NULL, "{\"size\": 1}");
    int64_t first = run_as_declared(scene);
    int64_t second = undo(scene, first);
    assert_null(fake_find(&scene->fake, "cloud.thing/a"));
    undo(scene, second);
    assert_non_null(fake_find(&scene->fake, "cloud.thing/a"));
    scene_expect_empty(scene);
    undo(scene, first);
    assert_null(fake_find(&scene->fake, "cloud.thing/a"));
    scene_free(scene);
}

static void an_undo_that_was_cut_off_goes_on(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    scene_add(scene, "cloud.thing", "b", NULL, "{}");
    int64_t run = run_as_declared(scene);
    fake_script(&scene->fake, "cloud.thing/b", FAKE_FAIL);
    const struct undo cut = prepare(scene, run);
    plan_undo(scene, &cut);
    apply_undo(scene, run, false);
    assert_null(fake_find(&scene->fake, "cloud.thing/a"));
    fake_script(&scene->fake, "cloud.thing/b", FAKE_FINE);
    undo(scene, run);
    assert_null(fake_find(&scene->fake, "cloud.thing/b"));
    scene_free(scene);
}

static void what_others_need_is_not_taken_away(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    int64_t first = run_as_declared(scene);
    scene_add(scene, "cloud.thing", "b", NULL,
              "{\"link\": {\"$reference\": \"cloud.thing/a.ip\"}}");
    scene_run(scene);
    expect_refused(scene, first, "cloud.thing/b needs cloud.thing/a",
                   "undo run 2 first: pipster undo 2");
    scene_free(scene);
}

static void a_secret_comes_back_with_another_value(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    scene_run(scene);
    scene_add(scene, "secret", "key", NULL, "{\"length\": 20}");
    scene_add(
        scene, "cloud.thing", "b", NULL,
        "{\"password\": {\"$reference\": [\"secret/key\", \"value\", \"secret\"]}}");
    scene_run(scene);
    scene->set.count = 1;
    int64_t run = run_as_declared(scene);
    const struct undo prepared = prepare(scene, run);
    assert_string_equal(loss_of(&prepared, "secret/key"),
                        "its former value is not kept: a new one is made");
    undo(scene, run);
    scene->set.count = 3;
    scene_expect_empty(scene);
    scene_free(scene);
}

static void a_run_that_is_not_there(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    expect_refused(scene, 4, "there is no run 4", "pipster history");
    assert_int_equal(scene->fault.kind, FAULT_USAGE);
    scene_free(scene);
}

static void what_nobody_kept_cannot_be_undone(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct resource *thing = scene_add(scene, "cloud.thing", "a", NULL, "{\"size\": 1}");
    scene_run(scene);
    set_size(scene, thing, 2);
    scene_run(scene);
    scene_close_store(scene);
    sqlite3 *sqlite = NULL;
    assert_int_equal(sqlite3_open(scene_path(scene, "state.db"), &sqlite), SQLITE_OK);
    assert_int_equal(sqlite3_exec(sqlite,
                                  "UPDATE step SET before = NULL, wanted_before = NULL, "
                                  "row_before = NULL",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(sqlite);
    scene_open_store(scene);
    expect_refused(scene, 2, "run 2 cannot be undone",
                   "change the playbook instead, and run it");
    scene_free(scene);
}

static void what_state_knows_by_another_address(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    int64_t run = run_as_declared(scene);
    struct transaction *transaction = transaction_new(scene->engine.database);
    state_remove(transaction, "cloud.thing/a");
    assert_true(transaction_commit(transaction, &scene->fault));
    expect_refused(scene, run, "run 1 cannot be undone",
                   "change the playbook instead, and run it");
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_run_made_goes),
        cmocka_unit_test(what_a_run_changed_is_changed_back),
        cmocka_unit_test(what_a_run_removed_is_made_again),
        cmocka_unit_test(what_a_run_did_not_touch_stays),
        cmocka_unit_test(what_is_left_as_found_stays_so),
        cmocka_unit_test(what_a_change_owed_its_undoing_owes),
        cmocka_unit_test(a_replacement_is_replaced_back),
        cmocka_unit_test(what_stood_on_a_replaced_machine_comes_back),
        cmocka_unit_test(what_was_there_before_us_is_as_it_was),
        cmocka_unit_test(a_later_run_comes_first),
        cmocka_unit_test(an_undo_can_be_undone),
        cmocka_unit_test(an_undo_that_was_cut_off_goes_on),
        cmocka_unit_test(what_others_need_is_not_taken_away),
        cmocka_unit_test(a_secret_comes_back_with_another_value),
        cmocka_unit_test(a_run_that_is_not_there),
        cmocka_unit_test(what_nobody_kept_cannot_be_undone),
        cmocka_unit_test(what_state_knows_by_another_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
