// SPDX-License-Identifier: MIT
#include "engine/plan.h"

#include "engine/scene.h"

static void the_four_actions(void **state)
{
    (void) state;
    struct scene *scene = scene_new(2, false);
    scene_add(scene, "cloud.thing", "same", NULL, "{\"size\": 1}");
    scene_add(scene, "cloud.thing", "grow", NULL, "{\"size\": 1}");
    scene_add(scene, "cloud.thing", "move", NULL, "{\"zone\": \"a\"}");
    scene_add(scene, "cloud.thing", "old", NULL, "{}");
    scene_add(scene, "cloud.thing", "lost", NULL, "{}");
    scene_add(scene, "cloud.thing", "dead", NULL, "{}");
    scene_run(scene);
    fake_remove(&scene->fake, "cloud.thing/lost");
    fake_remove(&scene->fake, "cloud.thing/dead");
    scene_restart(scene);
    scene_add(scene, "cloud.thing", "same", NULL, "{\"size\": 1}");
    scene_add(scene, "cloud.thing", "grow", NULL, "{\"size\": 2}");
    scene_add(scene, "cloud.thing", "move", NULL, "{\"zone\": \"b\"}");
    scene_add(scene, "cloud.thing", "new", NULL, "{}");
    scene_add(scene, "cloud.thing", "lost", NULL, "{}");
    scene_plan(scene);
    scene_expect(scene, "cloud.thing/same", CHANGE_NONE, "nothing differs");
    scene_expect(scene, "cloud.thing/grow", CHANGE_UPDATE, "size differs");
    scene_expect(scene, "cloud.thing/move", CHANGE_REPLACE,
                 "zone differs, which cannot be changed in place");
    scene_expect(scene, "cloud.thing/new", CHANGE_CREATE, "not there yet");
    scene_expect(scene, "cloud.thing/old", CHANGE_DELETE, "not declared any more");
    scene_expect(scene, "cloud.thing/dead", CHANGE_FORGET, "already gone");
    scene_expect(scene, "cloud.thing/lost", CHANGE_CREATE, "gone since the last run");
    assert_true(scene_change(scene, "cloud.thing/lost")->recreated_after_drift);
    const struct change *grow = scene_change(scene, "cloud.thing/grow");
    assert_int_equal(grow->field_count, 1);
    assert_int_equal(grow->fields[0].before->integer, 1);
    assert_int_equal(grow->fields[0].after->integer, 2);
    assert_int_equal(scene->plan->add_count, 3);
    assert_int_equal(scene->plan->destroy_count, 2);
    assert_int_equal(scene->plan->change_count_in_place, 1);
    assert_true(scene_try_apply(scene));
    scene_expect_empty(scene);
    assert_int_equal(scene->plan->change_count, 5);
    scene_free(scene);
}

static void a_plan_changes_nothing(void **state)
{
    (void) state;
    struct scene *scene = scene_new(2, false);
    scene_add_host(scene);
    int64_t commits = database_commit_count(scene->engine.database);
    scene_plan(scene);
    assert_int_equal(database_commit_count(scene->engine.database), commits);
    assert_int_equal(scene->fake.apply_count, 0);
    assert_string_equal(scene->fake.log.bytes, "observe cloud.thing\n");
    scene_free(scene);
}

static void one_request_a_type_and_host(void **state)
{
    (void) state;
    struct scene *scene = scene_new(2, false);
    scene_add_host(scene);
    for (int i = 0; i < 10; i++) {
        char name[16];
        snprintf(name, sizeof name, "/f%d", i);
        scene_add(scene, "file", name, "host/app", "{\"content\": \"x\"}");
        scene_add(scene, "cloud.other", name + 1, NULL, "{}");
    }
    scene_run(scene);
    text_reset(&scene->fake.log);
    scene_expect_empty(scene);
    assert_int_equal(fake_count(&scene->fake, "observe cloud.thing"), 1);
    assert_int_equal(fake_count(&scene->fake, "observe cloud.other"), 1);
    assert_int_equal(fake_count(&scene->fake, "observe host/app"), 1);
    scene_free(scene);
}

static void unknown_flows(void **state)
{
    (void) state;
    struct scene *scene = scene_new(3, false);
    scene_add(scene, "cloud.thing", "a", NULL, "{\"zone\": \"1\", \"size\": 4}");
    scene_add(scene, "cloud.other", "b", NULL,
              "{\"link\": {\"$template\": [\"http://\","
              " {\"$reference\": \"cloud.thing/a.ip\"}, \"/\"]},"
              " \"size\": {\"$reference\": \"cloud.thing/a.size\"}}");
    struct resource_output output = {
        "where", scene_value(scene, "{\"$reference\": \"cloud.thing/a.ip\"}")};
    scene->set.outputs = &output;
    scene->set.output_count = 1;
    scene_plan(scene);
    const struct value *wanted = scene_change(scene, "cloud.other/b")->wanted;
    assert_int_equal(value_find(wanted, "link")->kind, VALUE_UNKNOWN);
    assert_int_equal(value_find_integer(wanted, "size", 0), 4);
    assert_int_equal(scene->plan->outputs[0].value->kind, VALUE_UNKNOWN);
    assert_true(scene_try_apply(scene));
    assert_string_equal(
        value_find_text(fake_find(&scene->fake, "cloud.other/b"), "link", ""),
        "http://10.0.0.1/");
    assert_string_equal(scene->result.outputs[0].value->string.bytes, "10.0.0.1");
    // A replacement makes the address unknown again: b may change.
    scene->set.items[0].attributes = scene_value(scene, "{\"zone\": \"2\", \"size\": 4}");
    scene_plan(scene);
    scene_expect(scene, "cloud.thing/a", CHANGE_REPLACE,
                 "zone differs, which cannot be changed in place");
    scene_expect(scene, "cloud.other/b", CHANGE_UPDATE, "link may differ");
    assert_int_equal(scene_change(scene, "cloud.other/b")->verdict, VERDICT_MAY);
    assert_string_equal(scene_change(scene, "cloud.other/b")->because,
                        "depends on cloud.thing/a.ip, which is known after apply");
    assert_int_equal(scene->plan->may_count, 1);
    assert_true(scene_try_apply(scene));
    scene_expect_empty(scene);
    scene_free(scene);
}

static void things_go_with_their_machine(void **state)
{
    (void) state;
    struct scene *scene = scene_new(4, false);
    scene_add_host(scene);
    scene_add(scene, "file", "/a", "host/app", "{\"content\": \"x\"}");
    scene_add(scene, "cloud.other", "dns", NULL,
              "{\"link\": {\"$reference\": \"cloud.thing/web.ip\"}}");
    scene_run(scene);
    // The machine does not even answer.
    fake_script(&scene->fake, "host/app", FAKE_UNREACHABLE);
    text_reset(&scene->fake.log);
    scene->options.destroy = true;
    scene_plan(scene);
    scene_expect(scene, "app:file/a", CHANGE_FORGET, "goes with cloud.thing/web");
    scene_expect(scene, "host/app", CHANGE_FORGET, "goes with cloud.thing/web");
    scene_expect(scene, "cloud.thing/web", CHANGE_DELETE, "destroyed");
    assert_int_equal(scene->plan->destroy_count, 2);
    assert_true(scene_try_apply(scene));
    assert_int_equal(fake_count(&scene->fake, "observe host/app"), 0);
    assert_true(fake_place(&scene->fake, "delete cloud.other/dns") <
                fake_place(&scene->fake, "delete cloud.thing/web"));
    scene_plan(scene);
    assert_int_equal(scene->plan->change_count, 0);
    scene_free(scene);
}

// A run that was killed once the machine was gone, and its row with it.
static void things_of_a_forgotten_machine_go(void **state)
{
    (void) state;
    struct scene *scene = scene_new(4, false);
    scene_add_host(scene);
    scene_add(scene, "file", "/a", "host/app", "{\"content\": \"x\"}");
    scene_run(scene);
    struct transaction *transaction = transaction_new(scene->engine.database);
    state_remove(transaction, "cloud.thing/web");
    assert_true(transaction_commit(transaction, &scene->fault));
    fake_remove(&scene->fake, "cloud.thing/web");
    fake_script(&scene->fake, "host/app", FAKE_UNREACHABLE);
    scene->options.destroy = true;
    scene_plan(scene);
    scene_expect(scene, "app:file/a", CHANGE_FORGET, "goes with cloud.thing/web");
    scene_expect(scene, "host/app", CHANGE_FORGET, "goes with cloud.thing/web");
    assert_true(scene_try_apply(scene));
    scene_plan(scene);
    assert_int_equal(scene->plan->change_count, 0);
    scene_free(scene);
}

static void an_unreachable_host_ends_a_plan(void **state)
{
    (void) state;
    struct scene *scene = scene_new(4, false);
    scene_add_host(scene);
    scene_add(scene, "file", "/a", "host/app", "{\"content\": \"x\"}");
    scene_run(scene);
    fake_script(&scene->fake, "host/app", FAKE_UNREACHABLE);
    assert_false(scene_try_plan(scene));
    assert_int_equal(scene->fault.kind, FAULT_UNREACHABLE);
    scene_free(scene);
}

// A machine that is off, or shut by its firewall: what is on it cannot be seen before the
// change that mends that.
static void a_host_behind_a_change_is_taken_as_last_seen(void **state)
{
    (void) state;
    struct scene *scene = scene_new(4, false);
    scene_add_host(scene);
    scene_add(scene, "file", "/a", "host/app", "{\"content\": \"x\"}");
    scene_add(scene, "file", "/b", "host/app", "{\"content\": \"x\"}");
    scene_run(scene);
    scene->set.items[0].attributes = scene_value(scene, "{\"size\": 7}");
    scene->set.items[3].attributes = scene_value(scene, "{\"content\": \"y\"}");
    fake_script(&scene->fake, "host/app", FAKE_UNREACHABLE);
    scene_plan(scene);
    scene_expect(scene, "cloud.thing/web", CHANGE_UPDATE, "size differs");
    scene_expect(scene, "app:file/b", CHANGE_UPDATE, "content differs");
    assert_int_equal(scene->plan->change_count_in_place, 2);
    assert_int_equal(scene->plan->warning_count, 1);
    assert_non_null(strstr(scene->plan->warnings[0], "cloud.thing/web is changed first"));
    assert_true(scene_try_apply(scene));
    map_clear(&scene->fake.faults);
    scene_expect_empty(scene);
    scene_free(scene);
}

static void another_machine_voids_rows(void **state)
{
    (void) state;
    struct scene *scene = scene_new(5, false);
    scene_add(scene, "host", "app", NULL, "{\"address\": \"192.0.2.1\"}");
    scene_add(scene, "file", "/a", "host/app", "{\"content\": \"x\"}");
    scene_add(scene, "file", "/b", "host/app", "{\"content\": \"x\"}");
    scene_run(scene);
    fake_drift(&scene->fake, "host/app", "incarnation",
               value_text(&scene->arena, "/other"));
    fake_remove(&scene->fake, "app:file/a");
    fake_remove(&scene->fake, "app:file/b");
    scene->set.count = 2;
    scene_plan(scene);
    scene_expect(scene, "app:file/a", CHANGE_CREATE, "not there yet");
    assert_false(scene_change(scene, "app:file/a")->recreated_after_drift);
    scene_expect(scene, "app:file/b", CHANGE_FORGET, "goes with host/app");
    assert_true(scene_try_apply(scene));
    scene_expect_empty(scene);
    scene_free(scene);
}

static void what_was_there_stays(void **state)
{
    (void) state;
    struct scene *scene = scene_new(6, false);
    fake_put(&scene->fake, "cloud.thing/old", scene_value(scene, "{\"size\": 1}"));
    scene_add(scene, "cloud.thing", "old", NULL, "{\"size\": 1}");
    scene_plan(scene);
    scene_expect(scene, "cloud.thing/old", CHANGE_NONE, "already there");
    assert_true(scene_try_apply(scene));
    scene_restart(scene);
    scene_plan(scene);
    scene_expect(scene, "cloud.thing/old", CHANGE_FORGET,
                 "it was there before us, and stays as it is");
    assert_true(scene_try_apply(scene));
    assert_non_null(fake_find(&scene->fake, "cloud.thing/old"));
    assert_int_equal(fake_count(&scene->fake, "delete cloud.thing/old"), 0);
    scene_free(scene);
}

static void other_playbooks_are_left_alone(void **state)
{
    (void) state;
    struct scene *scene = scene_new(7, false);
    scene_add(scene, "cloud.thing", "one", NULL, "{}");
    scene_run(scene);
    scene_restart(scene);
    scene->set.playbook = "playbooks/other.lua";
    scene_add(scene, "cloud.thing", "two", NULL, "{}");
    scene_plan(scene);
    scene_expect(scene, "cloud.thing/one", CHANGE_NONE,
                 "left alone: declared by playbooks/test.lua");
    assert_int_equal(scene->plan->warning_count, 1);
    const char *all[] = {"playbooks/other.lua", "playbooks/test.lua"};
    scene->set.playbooks = all;
    scene->set.playbook_count = 2;
    scene_plan(scene);
    scene_expect(scene, "cloud.thing/one", CHANGE_DELETE, "not declared any more");
    scene_free(scene);
}

static void the_provider_refines(void **state)
{
    (void) state;
    struct scene *scene = scene_new(8, false);
    scene->fake.refined_type = "second";
    scene_add(scene, "cloud.thing", "a", NULL, "{\"type\": [\"first\", \"second\"]}");
    scene_add(scene, "cloud.other", "b", NULL,
              "{\"link\": {\"$reference\": \"cloud.thing/a.type\"}}");
    scene_plan(scene);
    assert_true(value_is_text(
        value_find(scene_change(scene, "cloud.thing/a")->wanted, "type"), "second"));
    assert_true(scene_try_apply(scene));
    assert_string_equal(
        value_find_text(fake_find(&scene->fake, "cloud.thing/a"), "type", ""), "second");
    assert_string_equal(
        value_find_text(fake_find(&scene->fake, "cloud.other/b"), "link", ""), "second");
    scene->fake.refined_type = NULL;
    scene_expect_empty(scene);
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_four_actions),
        cmocka_unit_test(a_plan_changes_nothing),
        cmocka_unit_test(one_request_a_type_and_host),
        cmocka_unit_test(unknown_flows),
        cmocka_unit_test(things_go_with_their_machine),
        cmocka_unit_test(things_of_a_forgotten_machine_go),
        cmocka_unit_test(an_unreachable_host_ends_a_plan),
        cmocka_unit_test(a_host_behind_a_change_is_taken_as_last_seen),
        cmocka_unit_test(another_machine_voids_rows),
        cmocka_unit_test(what_was_there_stays),
        cmocka_unit_test(other_playbooks_are_left_alone),
        cmocka_unit_test(the_provider_refines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
