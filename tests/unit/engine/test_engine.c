// SPDX-License-Identifier: MIT
#include "engine/engine.h"

#include "engine/scene.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/clock.h"

static void a_run_then_nothing(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add_host(scene);
    scene_add(scene, "file", "/etc/a", "host/app", "{\"content\": \"one\"}");
    scene_add(scene, "cloud.other", "dns", NULL,
              "{\"link\": {\"$reference\": \"cloud.thing/web.ip\"}}");
    scene_add(scene, "check.ok", "health", NULL,
              "{\"url\": {\"$template\": [\"http://\","
              " {\"$reference\": \"cloud.thing/web.ip\"}]}}");
    scene_plan(scene);
    assert_int_equal(scene->plan->add_count, 4);
    assert_int_equal(scene->plan->check_count, 1);
    scene_expect(scene, "cloud.thing/web", CHANGE_CREATE, "not there yet");
    scene_expect(scene, "app:file/etc/a", CHANGE_CREATE, "new host");
    assert_int_equal(scene_change(scene, "app:file/etc/a")->verdict, VERDICT_MAY);
    assert_string_equal(scene_change(scene, "app:file/etc/a")->because,
                        "host/app is not there yet");
    assert_true(scene_try_apply(scene));
    assert_int_equal(scene->result.done_count, 4);
    assert_int_equal(scene->result.check_passed_count, 1);
    assert_string_equal(
        value_find_text(fake_find(&scene->fake, "cloud.other/dns"), "link", ""),
        "10.0.0.1");
    scene_expect_empty(scene);
    int64_t commits = database_commit_count(scene->engine.database);
    size_t applied = scene->fake.apply_count;
    scene_run(scene);
    // Only the check, and nothing is written.
    assert_int_equal(scene->fake.apply_count, applied + 1);
    assert_int_equal(database_commit_count(scene->engine.database), commits);
    assert_int_equal(scene->result.run, 0);
    scene_free(scene);
}

// Setting up a host is done again as a whole when it was cut off; all else is made once.
static void expect_made_once(struct scene *scene, const char *when)
{
    for (size_t i = 0; i < scene->set.count; i++) {
        char line[160];
        snprintf(line, sizeof line, "create %s", scene->set.items[i].address);
        if (!scene->set.items[i].schema->is_host && fake_count(&scene->fake, line) > 1)
            fail_msg("%s: twice: %s", when, line);
    }
}

static void declare_for_crash(struct scene *scene)
{
    scene_restart(scene);
    scene_add(scene, "secret", "key", NULL, "{\"length\": 32}");
    scene_add_host(scene);
    scene_add(scene, "file", "/a", "host/app",
              "{\"content\": {\"$reference\": [\"secret/key\", \"value\", \"secret\"]},"
              " \"notify\": \"reload x\"}");
    scene_add(scene, "risk", "/b", "host/app", "{\"content\": \"1\"}");
    scene_add(scene, "file", "/c", "host/app",
              "{\"content\": \"1\", \"notify\": \"reload x\"}");
    scene_add(scene, "file", "/d", "host/app", "{\"content\": \"1\"}");
    scene_add(scene, "cloud.other", "dns", NULL,
              "{\"link\": {\"$reference\": \"cloud.thing/web.ip\"}}");
}

// Runs in a child that is killed at the point; true when the point was reached.
static bool run_and_crash(struct scene *scene, const char *point)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setenv("PIPSTER_CRASH_AT", point, 1);
        scene_open_store(scene);
        scene_plan(scene);
        (void) !scene_try_apply(scene);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

// As a new process would begin.
static void reload_world(struct scene *scene)
{
    const char *path = scene->fake.path;
    plan_free(scene->plan);
    scene->plan = NULL;
    fake_clear(&scene->fake);
    fake_init(&scene->fake, 9);
    fake_load(&scene->fake, path);
}

static size_t crash_everywhere(const char *point)
{
    size_t reached = 0;
    for (int k = 1; k < 40; k++) {
        struct scene *scene = scene_new((unsigned) k, false);
        char name[64];
        scene_close_store(scene);
        scene->fake.path = scene_path(scene, "world.json");
        declare_for_crash(scene);
        snprintf(name, sizeof name, "%s:%d", point, k);
        bool crashed = run_and_crash(scene, name);
        reload_world(scene);
        scene_open_store(scene);
        scene_run(scene);
        scene_expect_empty(scene);
        expect_made_once(scene, name);
        long last = fake_place(&scene->fake, "create app:file/c");
        assert_true(last >= 0);
        const char *handler =
            strstr(scene->fake.log.bytes + last, "handler host/app reload");
        if (handler == NULL)
            fail_msg("%s: the handler did not run after its cause", name);
        assert_int_equal(scene->plan->handler_count, 0);
        scene_free(scene);
        if (!crashed)
            break;
        reached++;
    }
    return reached;
}

static void killed_anywhere_the_next_run_converges(void **state)
{
    (void) state;
    static const char *const commits[] = {"intent-committing", "intent-committed",
                                          "result-committing", "result-committed"};
    for (size_t i = 0; i < sizeof commits / sizeof *commits; i++)
        assert_true(crash_everywhere(commits[i]) >= 5);
    // A run begins and ends.
    assert_int_equal(crash_everywhere("other-committing"), 2);
    assert_int_equal(crash_everywhere("other-committed"), 2);
    assert_int_equal(crash_everywhere("secret-sealing"), 1);
    // The first cause is committed, a risky step stands before the second.
    assert_true(crash_everywhere("handler-before") >= 1);
}

// A step that was cut off after it had remembered something.
static void leave_a_note(struct scene *scene, const char *address)
{
    struct database *database = scene->engine.database;
    struct record_run run = {.playbook = "p", .verb = "run"};
    assert_true(journal_begin_run(database, &run, &scene->fault));
    struct record_step step = {.run = run.id,
                               .address = address,
                               .type = "cloud.thing",
                               .action = "create",
                               .label = "r1s1"};
    struct transaction *transaction = transaction_new(database);
    journal_intend(transaction, scene->engine.vault, &step);
    assert_true(transaction_commit(transaction, &scene->fault));
    transaction = transaction_new(database);
    journal_note(transaction, step.id, scene_value(scene, "{\"key\": \"one\"}"));
    assert_true(transaction_commit(transaction, &scene->fault));
}

static void a_note_outlives_every_crash_until_the_step_is_done(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_restart(scene);
    scene_add(scene, "cloud.thing", "web", NULL, "{\"size\": 1}");
    leave_a_note(scene, "cloud.thing/web");
    scene_close_store(scene);
    scene->fake.path = scene_path(scene, "world.json");
    for (int i = 0; i < 2; i++) {
        assert_true(run_and_crash(scene, "intent-committed"));
        reload_world(scene);
    }
    scene_open_store(scene);
    scene_run(scene);
    assert_int_equal(fake_count(&scene->fake, "noted cloud.thing/web"), 1);
    scene_expect_empty(scene);
    scene_free(scene);
}

static void an_owed_handler_survives(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_close_store(scene);
    scene->fake.path = scene_path(scene, "world.json");
    declare_for_crash(scene);
    assert_true(run_and_crash(scene, "handler-before"));
    reload_world(scene);
    scene_open_store(scene);
    assert_int_equal(fake_count(&scene->fake, "handler host/app reload x"), 0);
    // Everything else is done by hand meanwhile: only the handler is left.
    scene->set.count = 4;
    scene_plan(scene);
    assert_false(plan_is_empty(scene->plan));
    assert_int_equal(scene->plan->handler_count, 1);
    assert_int_equal(scene->plan->handlers[0].owed_since_run, 1);
    assert_true(scene_try_apply(scene));
    assert_int_equal(fake_count(&scene->fake, "handler host/app reload x"), 1);
    scene_expect_empty(scene);
    scene_free(scene);
}

static void ten_thousand_plan_fast(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, true);
    char name[32], json[128];
    for (int i = 0; i < 10000; i++) {
        snprintf(name, sizeof name, "t%d", i);
        snprintf(json, sizeof json,
                 i == 0 ? "{}" : "{\"link\": {\"$reference\": \"%s%d.ip\"}}",
                 "cloud.thing/t", i - 1);
        scene_add(scene, "cloud.thing", name, NULL, json);
    }
    int64_t begun = clock_monotonic_ms();
    scene_plan(scene);
    int64_t ms = clock_monotonic_ms() - begun;
    print_message("10000 resources planned in %lld ms\n", (long long) ms);
    assert_int_equal(scene->plan->add_count, 10000);
    assert_int_equal(scene->fake.observe_count, 1);
    assert_int_equal(scene->fake.preview_count, 10000);
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_then_nothing),
        cmocka_unit_test(killed_anywhere_the_next_run_converges),
        cmocka_unit_test(a_note_outlives_every_crash_until_the_step_is_done),
        cmocka_unit_test(an_owed_handler_survives),
        cmocka_unit_test(ten_thousand_plan_fast),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
