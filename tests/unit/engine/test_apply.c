// SPDX-License-Identifier: MIT
#include "engine/apply.h"

#include "engine/scene.h"

static void failure_is_contained(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add_host(scene);
    scene_add(scene, "file", "/a", "host/app", "{\"content\": \"1\"}");
    scene_add(scene, "file", "/b", "host/app", "{\"content\": \"1\"}");
    scene_add(scene, "file", "/c", "host/app", "{\"content\": \"1\"}");
    scene_add(scene, "cloud.other", "bad", NULL, "{}");
    scene_add(scene, "cloud.other", "child", NULL,
              "{\"link\": {\"$reference\": \"cloud.other/bad.ip\"}}");
    scene_add(scene, "cloud.other", "free", NULL, "{}");
    scene_add(scene, "check.ok", "all", NULL, "{}");
    fake_script(&scene->fake, "app:file/b", FAKE_FAIL);
    fake_script(&scene->fake, "cloud.other/bad", FAKE_FAIL);
    scene_plan(scene);
    assert_false(scene_try_apply(scene));
    assert_int_equal(scene->fault.kind, FAULT_PARTIAL);
    assert_int_equal(scene->result.failed_count, 2);
    assert_int_equal(scene->result.skipped_count, 3);
    assert_non_null(fake_find(&scene->fake, "app:file/a"));
    assert_null(fake_find(&scene->fake, "app:file/c"));
    assert_null(fake_find(&scene->fake, "cloud.other/child"));
    assert_non_null(fake_find(&scene->fake, "cloud.other/free"));
    assert_int_equal(fake_count(&scene->fake, "check check.ok/all"), 0);
    // The next run is the remainder.
    fake_script(&scene->fake, "app:file/b", FAKE_FINE);
    fake_script(&scene->fake, "cloud.other/bad", FAKE_FINE);
    scene_plan(scene);
    assert_int_equal(scene->plan->add_count, 4);
    assert_true(scene_try_apply(scene));
    assert_int_equal(fake_count(&scene->fake, "check check.ok/all"), 1);
    assert_int_equal(fake_count(&scene->fake, "create app:file/a"), 1);
    scene_expect_empty(scene);
    scene_free(scene);
}

static void nothing_changed_is_another_fault(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    fake_script(&scene->fake, "cloud.thing/a", FAKE_FAIL);
    scene_plan(scene);
    assert_false(scene_try_apply(scene));
    assert_int_equal(scene->fault.kind, FAULT_ERROR);
    assert_string_equal(scene->fault.what, "cloud.thing/a failed as scripted");
    scene_free(scene);
}

static void keep_going_goes_on(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add_host(scene);
    scene_add(scene, "file", "/a", "host/app", "{\"content\": \"1\"}")->keep_going = true;
    scene_add(scene, "file", "/b", "host/app", "{\"content\": \"1\"}");
    scene_add(scene, "file", "/c", "host/app",
              "{\"content\": {\"$reference\": \"app:file/a.digest\"}}");
    fake_script(&scene->fake, "app:file/a", FAKE_FAIL);
    scene_plan(scene);
    assert_false(scene_try_apply(scene));
    assert_int_equal(scene->result.failed_count, 1);
    assert_int_equal(scene->result.skipped_count, 1);
    assert_non_null(fake_find(&scene->fake, "app:file/b"));
    scene_free(scene);
}

static void a_host_is_changed_in_batches(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add_host(scene);
    for (int i = 0; i < 20; i++) {
        char name[16];
        snprintf(name, sizeof name, "/f%d", i);
        scene_add(scene, i == 10 ? "risk" : "file", name, "host/app",
                  "{\"content\": \"x\", \"notify\": \"reload x\"}");
    }
    scene_run(scene);
    // The machine, the host alone, ten, the risky one alone, nine.
    assert_int_equal(scene->fake.apply_count, 5);
    assert_int_equal(fake_count(&scene->fake, "handler host/app reload x"), 1);
    assert_int_equal(fake_count(&scene->fake, "observe host/app"), 1);
    assert_true(fake_place(&scene->fake, "create app:file/f19") <
                fake_place(&scene->fake, "handler host/app reload x"));
    scene_expect_empty(scene);
    scene_free(scene);
}

static void an_unseen_thing_may_be_there(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add_host(scene);
    scene_add(scene, "file", "/a", "host/app",
              "{\"content\": \"x\", \"notify\": \"reload x\"}");
    scene_add(scene, "file", "/b", "host/app", "{\"content\": \"x\"}");
    fake_put(&scene->fake, "app:file/a", scene_value(scene, "{\"content\": \"x\"}"));
    fake_put(&scene->fake, "app:file/b", scene_value(scene, "{\"content\": \"y\"}"));
    scene_run(scene);
    assert_int_equal(scene->result.unchanged_count, 1);
    assert_int_equal(fake_count(&scene->fake, "create app:file/a"), 0);
    assert_int_equal(fake_count(&scene->fake, "update app:file/b"), 1);
    assert_int_equal(fake_count(&scene->fake, "handler host/app reload x"), 0);
    scene_expect_empty(scene);
    scene_free(scene);
}

static void a_replacement_is_two_steps(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add_host(scene);
    scene_add(scene, "file", "/a", "host/app",
              "{\"content\": \"x\", \"owner\": \"a\", \"notify\": \"reload x\"}");
    scene_add(scene, "cloud.thing", "z", NULL, "{\"zone\": \"a\"}");
    scene_run(scene);
    scene->set.items[2].attributes = scene_value(
        scene, "{\"content\": \"x\", \"owner\": \"b\", \"notify\": \"reload x\"}");
    scene->set.items[3].attributes = scene_value(scene, "{\"zone\": \"b\"}");
    text_reset(&scene->fake.log);
    scene_run(scene);
    assert_true(fake_place(&scene->fake, "delete app:file/a") <
                fake_place(&scene->fake, "create app:file/a"));
    assert_true(fake_place(&scene->fake, "delete cloud.thing/z") <
                fake_place(&scene->fake, "create cloud.thing/z"));
    assert_int_equal(fake_count(&scene->fake, "handler host/app reload x"), 1);
    assert_int_equal(scene->result.done_count, 2);
    scene_expect_empty(scene);
    scene_free(scene);
}

static void removals_go_the_other_way(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "net", NULL, "{}");
    scene_add(scene, "cloud.thing", "disk", NULL,
              "{\"link\": {\"$reference\": \"cloud.thing/net.id\"}}");
    scene_add(scene, "cloud.thing", "vm", NULL,
              "{\"link\": {\"$reference\": \"cloud.thing/disk.id\"}}");
    scene_add(scene, "host", "box", NULL, "{\"address\": \"192.0.2.1\"}");
    scene_add(scene, "file", "/old", "host/box", "{\"content\": \"x\"}");
    scene_add(scene, "file", "/keep", "host/box", "{\"content\": \"x\"}");
    scene_run(scene);
    scene_restart(scene);
    // The machine stays, and lets go of its disk before that goes.
    scene_add(scene, "cloud.thing", "vm", NULL, "{\"size\": 2}");
    scene_add(scene, "host", "box", NULL, "{\"address\": \"192.0.2.1\"}");
    scene_add(scene, "file", "/keep", "host/box", "{\"content\": \"y\"}");
    scene_run(scene);
    const struct fake *fake = &scene->fake;
    assert_true(fake_place(fake, "update cloud.thing/vm") <
                fake_place(fake, "delete cloud.thing/disk"));
    assert_true(fake_place(fake, "delete cloud.thing/disk") <
                fake_place(fake, "delete cloud.thing/net"));
    assert_true(fake_place(fake, "delete box:file/old") <
                fake_place(fake, "update box:file/keep"));
    scene_expect_empty(scene);
    scene->options.destroy = true;
    scene_run(scene);
    assert_int_equal(fake_count(fake, "delete box:file/keep"), 1);
    for (size_t i = 0; i < fake->world.count; i++)
        assert_null(fake->world.entries[i].value);
    scene_free(scene);
}

static void an_uncertain_step_is_asked_about(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    fake_script(&scene->fake, "cloud.thing/a", FAKE_LOST);
    scene_plan(scene);
    assert_false(scene_try_apply(scene));
    assert_int_equal(scene->fault.kind, FAULT_PARTIAL);
    fake_script(&scene->fake, "cloud.thing/a", FAKE_FINE);
    scene_plan(scene);
    assert_int_equal(scene->plan->settled_count, 1);
    assert_string_equal(scene->plan->settled[0],
                        "create cloud.thing/a of run 1: it happened");
    scene_expect(scene, "cloud.thing/a", CHANGE_NONE, "nothing differs");
    assert_true(scene_try_apply(scene));
    scene_expect_empty(scene);
    assert_int_equal(scene->plan->settled_count, 0);
    assert_int_equal(fake_count(&scene->fake, "create cloud.thing/a"), 1);
    // It is ours: it goes when it is not declared any more.
    scene_restart(scene);
    scene_run(scene);
    assert_int_equal(fake_count(&scene->fake, "delete cloud.thing/a"), 1);
    scene_free(scene);
}

static void a_failed_create_may_leave_something_of_ours(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    fake_script(&scene->fake, "cloud.thing/a", FAKE_HALF);
    scene_plan(scene);
    assert_false(scene_try_apply(scene));
    scene_restart(scene);
    fake_script(&scene->fake, "cloud.thing/a", FAKE_FINE);
    scene_run(scene);
    assert_int_equal(fake_count(&scene->fake, "delete cloud.thing/a"), 1);
    scene_free(scene);
}

static void secrets_stay_secret(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add_host(scene);
    scene_add(scene, "secret", "key", NULL, "{\"length\": 40}");
    scene_add(scene, "file", "/env", "host/app",
              "{\"content\": {\"$template\": [\"KEY=\","
              " {\"$reference\": [\"secret/key\", \"value\", \"secret\"]}]}}");
    scene_add(
        scene, "cloud.other", "db", NULL,
        "{\"password\": {\"$reference\": [\"secret/key\", \"value\", \"secret\"]}}");
    scene_plan(scene);
    const struct value *password =
        value_find(scene_change(scene, "cloud.other/db")->wanted, "password");
    assert_int_equal(password->kind, VALUE_UNKNOWN);
    assert_true(password->reference.secret);
    assert_true(scene_change(scene, "cloud.other/db")->fields[0].secret);
    assert_true(scene_try_apply(scene));
    const struct value *shown = fake_find(&scene->fake, "app:file/env");
    assert_memory_equal(value_find_text(shown, "content", ""), "sha256:", 7);
    scene_expect_empty(scene);
    const struct value *secret =
        value_find(scene_change(scene, "cloud.other/db")->wanted, "password");
    assert_int_equal(secret->kind, VALUE_SECRET);
    assert_int_equal(secret->secret.length, 40);
    char command[512];
    snprintf(command, sizeof command, "! grep -rqaF '%s' '%s'", secret->secret.bytes,
             scene->folder);
    assert_int_equal(system(command), 0);
    // Another process, the same secret.
    scene_close_store(scene);
    scene_open_store(scene);
    scene_expect_empty(scene);
    // A changed file is seen, though only hashes are compared.
    fake_drift(&scene->fake, "app:file/env", "content",
               value_text(&scene->arena, "sha256:0"));
    scene_plan(scene);
    scene_expect(scene, "app:file/env", CHANGE_UPDATE, "content differs");
    scene_free(scene);
}

static void checks_run_every_time(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    scene_add(scene, "check.ok", "one", NULL,
              "{\"url\": {\"$reference\": \"cloud.thing/a.ip\"}}");
    scene_add(scene, "check.ok", "two", NULL, "{}");
    scene_run(scene);
    fake_script(&scene->fake, "check.ok/one", FAKE_FAIL);
    scene_expect_empty(scene);
    assert_false(scene_try_apply(scene));
    assert_int_equal(scene->fault.kind, FAULT_ERROR);
    assert_int_equal(scene->result.check_failed_count, 1);
    assert_int_equal(scene->result.check_passed_count, 1);
    scene_free(scene);
}

static void interrupted_starts_nothing_new(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    volatile int interrupted = 0;
    scene->engine.interrupted = &interrupted;
    scene->fake.interrupt_after_first = &interrupted;
    scene->engine.parallel = 1;
    for (int i = 0; i < 5; i++) {
        char name[16];
        snprintf(name, sizeof name, "n%d", i);
        scene_add(scene, "cloud.thing", name, NULL, "{}");
    }
    scene_plan(scene);
    assert_false(scene_try_apply(scene));
    assert_int_equal(scene->fault.kind, FAULT_INTERRUPTED);
    assert_true(scene->result.interrupted);
    assert_int_equal(scene->result.done_count, 1);
    assert_int_equal(scene->result.skipped_count, 4);
    scene->fake.interrupt_after_first = NULL;
    interrupted = 0;
    scene_run(scene);
    scene_expect_empty(scene);
    scene_free(scene);
}

static void a_failed_handler_stays_owed(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add_host(scene);
    scene_add(scene, "file", "/a", "host/app",
              "{\"content\": \"1\", \"notify\": \"reload\"}");
    fake_script(&scene->fake, "reload", FAKE_FAIL);
    scene_plan(scene);
    assert_false(scene_try_apply(scene));
    assert_int_equal(scene->fault.kind, FAULT_PARTIAL);
    assert_string_equal(scene->fault.what, "reload failed");
    fake_script(&scene->fake, "reload", FAKE_FINE);
    scene_plan(scene);
    assert_int_equal(scene->plan->handler_count, 1);
    assert_false(plan_is_empty(scene->plan));
    assert_true(scene_try_apply(scene));
    assert_int_equal(fake_count(&scene->fake, "handler host/app reload"), 1);
    scene_expect_empty(scene);
    scene_free(scene);
}

static void a_new_host_that_does_not_answer(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add_host(scene);
    scene_add(scene, "file", "/a", "host/app", "{\"content\": \"1\"}");
    scene_add(scene, "file", "/b", "host/app", "{\"content\": \"1\"}");
    scene_plan(scene);
    fake_script(&scene->fake, "host/app", FAKE_UNREACHABLE);
    assert_false(scene_try_apply(scene));
    assert_int_equal(scene->fault.kind, FAULT_PARTIAL);
    assert_int_equal(scene->result.skipped_count, 1);
    fake_script(&scene->fake, "host/app", FAKE_FINE);
    scene_run(scene);
    scene_expect_empty(scene);
    scene_free(scene);
}

static void many_things_on_one_host(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    char name[16];
    scene_add_host(scene);
    for (int i = 0; i < 3000; i++) {
        snprintf(name, sizeof name, "/f%d", i);
        scene_add(scene, "file", name, "host/app", "{\"content\": \"1\"}");
    }
    scene_run(scene);
    assert_int_equal(scene->fake.apply_count, 3);
    // Run, intents and results of three batches: not one commit a thing.
    assert_true(database_commit_count(scene->engine.database) < 12);
    scene_expect_empty(scene);
    scene_free(scene);
}

static void the_journal_says_it_all(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct record_run *runs;
    struct record_step *steps;
    size_t count;
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    scene_add(scene, "cloud.thing", "b", NULL, "{}");
    scene_run(scene);
    assert_true(journal_load_runs(scene->engine.database, &scene->arena, 0, &runs, &count,
                                  &scene->fault));
    assert_int_equal(count, 1);
    assert_string_equal(runs[0].outcome, "done");
    assert_int_equal(value_find_integer(runs[0].summary, "done", 0), 2);
    assert_true(journal_load_steps(scene->engine.database, &scene->arena, 1, &steps,
                                   &count, &scene->fault));
    assert_int_equal(count, 2);
    assert_string_equal(steps[0].label, "r1s1");
    assert_int_equal(steps[0].outcome, RECORD_DONE);
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failure_is_contained),
        cmocka_unit_test(nothing_changed_is_another_fault),
        cmocka_unit_test(keep_going_goes_on),
        cmocka_unit_test(a_host_is_changed_in_batches),
        cmocka_unit_test(an_unseen_thing_may_be_there),
        cmocka_unit_test(a_replacement_is_two_steps),
        cmocka_unit_test(removals_go_the_other_way),
        cmocka_unit_test(an_uncertain_step_is_asked_about),
        cmocka_unit_test(a_failed_create_may_leave_something_of_ours),
        cmocka_unit_test(secrets_stay_secret),
        cmocka_unit_test(checks_run_every_time),
        cmocka_unit_test(interrupted_starts_nothing_new),
        cmocka_unit_test(a_failed_handler_stays_owed),
        cmocka_unit_test(a_new_host_that_does_not_answer),
        cmocka_unit_test(many_things_on_one_host),
        cmocka_unit_test(the_journal_says_it_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
