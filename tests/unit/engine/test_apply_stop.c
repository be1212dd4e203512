// SPDX-License-Identifier: MIT
#include "engine/apply_stop.h"

#include <signal.h>
#include <sys/resource.h>

#include "engine/scene.h"

struct signals {
    volatile int interrupted, given_up;
};

static void listen_to(struct scene *scene, struct signals *signals, bool gives_up)
{
    *signals = (struct signals){0};
    scene->engine.interrupted = &signals->interrupted;
    scene->engine.given_up = gives_up ? &signals->given_up : NULL;
    scene->fake.interrupt_when_stuck = &signals->interrupted;
    scene->fake.give_up_when_stuck = &signals->given_up;
    scene->fake.stuck_count = 2;
}

static void go_deaf(struct scene *scene)
{
    scene->engine.interrupted = scene->engine.given_up = NULL;
    scene->fake.interrupt_when_stuck = scene->fake.give_up_when_stuck = NULL;
}

static size_t count_outcome(struct scene *scene, int64_t run, enum record_outcome outcome)
{
    struct record_step *steps;
    size_t count, found = 0;
    assert_true(journal_load_steps(scene->engine.database, &scene->arena, run, &steps,
                                   &count, &scene->fault));
    for (size_t i = 0; i < count; i++)
        found += steps[i].outcome == outcome;
    return found;
}

static void add_five(struct scene *scene)
{
    scene_add_host(scene);
    scene_add(scene, "file", "/a", "host/app", "{\"content\": \"1\"}");
    scene_add(scene, "file", "/b", "host/app",
              "{\"content\": \"1\", \"notify\": \"reload\"}");
    scene_add(scene, "cloud.other", "slow", NULL, "{}");
    scene_add(scene, "cloud.other", "child", NULL,
              "{\"link\": {\"$reference\": \"cloud.other/slow.ip\"}}");
}

// Leaves a batch of a host and a step of the cloud running.
static void leave_two(struct scene *scene, struct signals *signals)
{
    add_five(scene);
    listen_to(scene, signals, true);
    fake_script(&scene->fake, "app:file/b", FAKE_HELD);
    fake_script(&scene->fake, "cloud.other/slow", FAKE_HELD);
    scene_plan(scene);
    assert_false(scene_try_apply(scene));
    assert_int_equal(scene->fault.kind, FAULT_INTERRUPTED);
    assert_string_equal(scene->fault.what,
                        "interrupted: 3 steps still running were not waited for");
    assert_true(scene->result.interrupted);
    assert_int_equal(scene->result.unsettled_count, 3);
    assert_int_equal(scene->result.failed_count, 0);
    assert_int_equal(scene->result.skipped_count, 1);
    assert_int_equal(count_outcome(scene, 1, RECORD_UNCERTAIN), 3);
    assert_int_equal(count_outcome(scene, 1, RECORD_OPEN), 0);
    go_deaf(scene);
}

static void check_after(struct scene *scene)
{
    fake_script(&scene->fake, "app:file/b", FAKE_FINE);
    fake_script(&scene->fake, "cloud.other/slow", FAKE_FINE);
    scene_plan(scene);
    assert_int_equal(scene->plan->settled_count, 3);
    assert_true(scene_try_apply(scene));
    const struct fake *fake = &scene->fake;
    assert_int_equal(fake_count(fake, "create app:file/a"), 1);
    assert_int_equal(fake_count(fake, "create app:file/b"), 1);
    assert_int_equal(fake_count(fake, "create cloud.other/slow"), 1);
    assert_int_equal(fake_count(fake, "create cloud.other/child"), 1);
    assert_int_equal(fake_count(fake, "handler host/app reload"), 1);
    scene_expect_empty(scene);
    assert_int_equal(scene->plan->settled_count, 0);
}

static void what_is_left_may_yet_happen(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct signals signals;
    leave_two(scene, &signals);
    fake_let_go(&scene->fake);
    check_after(scene);
    scene_free(scene);
}

static void what_is_left_may_come_to_nothing(void **state)
{
    (void) state;
    struct scene *scene = scene_new(2, false);
    struct signals signals;
    leave_two(scene, &signals);
    scene->fake.pending_count = 0;
    check_after(scene);
    scene_free(scene);
}

struct told {
    struct scene *scene;
    int stopping;
    bool briefly;
};

// With the first signal told, what is held is let go: it ends while it is waited for.
static void on_stopping(void *context, bool briefly)
{
    struct told *told = context;
    told->stopping++;
    told->briefly = briefly;
    fake_script(&told->scene->fake, "app:file/b", FAKE_FINE);
    fake_script(&told->scene->fake, "cloud.other/slow", FAKE_FINE);
    told->scene->fake.interrupt_when_stuck = NULL;
}

static void what_runs_is_waited_for(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct signals signals;
    struct told told = {.scene = scene};
    add_five(scene);
    listen_to(scene, &signals, false);
    scene->engine.watch = (struct engine_watch){&told, .stopping = on_stopping};
    fake_script(&scene->fake, "app:file/b", FAKE_HELD);
    fake_script(&scene->fake, "cloud.other/slow", FAKE_HELD);
    scene_plan(scene);
    assert_false(scene_try_apply(scene));
    assert_int_equal(told.stopping, 1);
    assert_false(told.briefly);
    assert_string_equal(scene->fault.what, "interrupted: what was begun was finished");
    assert_int_equal(scene->result.done_count, 5);
    assert_int_equal(scene->result.unsettled_count, 0);
    // The handler was part of the batch that was under way.
    assert_int_equal(fake_count(&scene->fake, "handler host/app reload"), 1);
    assert_int_equal(fake_count(&scene->fake, "create cloud.other/child"), 0);
    scene->engine.watch = (struct engine_watch){0};
    go_deaf(scene);
    scene_run(scene);
    assert_int_equal(scene->result.done_count, 1);
    scene_expect_empty(scene);
    scene_free(scene);
}

// What happens to the database while cloud.other/slow is carried out.
static void take_away(void *context, const char *address)
{
    struct scene *scene = context;
    if (strcmp(address, "cloud.other/slow") == 0)
        assert_int_equal(unlink(scene_path(scene, "state.db")), 0);
}

static void a_database_taken_away_is_put_back(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    add_five(scene);
    scene->fake.after_step = take_away;
    scene->fake.after_context = scene;
    scene->engine.parallel = 1;
    scene_plan(scene);
    assert_false(scene_try_apply(scene));
    assert_int_equal(scene->fault.kind, FAULT_PARTIAL);
    assert_string_equal(scene->fault.what,
                        "the state was lost during the run: the database was taken away");
    assert_non_null(
        strstr(scene->fault.next, "state.db.copy, and the next run takes it"));
    size_t done = scene->result.done_count;
    assert_true(done > 0);
    assert_int_equal(scene->result.failed_count, 0);
    assert_int_equal(done + scene->result.skipped_count, 6);
    assert_int_equal(fake_count(&scene->fake, "create cloud.other/child"), 0);
    // Another process.
    scene->fake.after_step = NULL;
    scene_close_store(scene);
    scene_open_store(scene);
    assert_non_null(database_taken_in(scene->engine.database));
    scene_run(scene);
    assert_int_equal(scene->result.done_count, 6 - done);
    assert_int_equal(fake_count(&scene->fake, "create cloud.other/slow"), 1);
    scene_expect_empty(scene);
    struct record_run *runs;
    size_t count;
    assert_true(journal_load_runs(scene->engine.database, &scene->arena, 0, &runs, &count,
                                  &scene->fault));
    assert_int_equal(count, 2);
    assert_string_equal(runs[1].outcome, "partial");
    assert_int_equal(count_outcome(scene, 1, RECORD_DONE), done);
    scene_free(scene);
}

static void limit_files(struct scene *scene, bool limited)
{
    struct stat status;
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    if (limited) {
        signal(SIGXFSZ, SIG_IGN);
        assert_int_equal(stat(scene_path(scene, "state.db-wal"), &status), 0);
        limit.rlim_cur = (rlim_t) status.st_size;
    }
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void fill_up(void *context, const char *address)
{
    if (strcmp(address, "app:file/b") == 0)
        limit_files(context, true);
}

static void a_full_disk_loses_nothing(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    add_five(scene);
    scene->fake.after_step = fill_up;
    scene->fake.after_context = scene;
    scene_plan(scene);
    assert_false(scene_try_apply(scene));
    limit_files(scene, false);
    assert_int_equal(scene->fault.kind, FAULT_PARTIAL);
    assert_non_null(
        strstr(scene->fault.next, "state.db.spill, and the next run takes it"));
    size_t done = scene->result.done_count;
    scene->fake.after_step = NULL;
    scene_close_store(scene);
    scene_open_store(scene);
    scene_plan(scene);
    assert_int_equal(scene->plan->settled_count, 0); // nothing has to be asked
    scene_expect(scene, "app:file/b", CHANGE_NONE, "nothing differs");
    assert_true(scene_try_apply(scene));
    assert_int_equal(scene->result.done_count, 6 - done);
    assert_int_equal(fake_count(&scene->fake, "create app:file/b"), 1);
    assert_int_equal(fake_count(&scene->fake, "handler host/app reload"), 1);
    scene_expect_empty(scene);
    scene_free(scene);
}

static void a_signal_names_its_exit_code(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    volatile int interrupted = SIGTERM;
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    scene_plan(scene);
    scene->engine.interrupted = &interrupted;
    assert_false(scene_try_apply(scene));
    assert_int_equal(fault_exit_code(scene->fault.kind), 143);
    assert_false(scene_try_plan(scene));
    assert_int_equal(fault_exit_code(scene->fault.kind), 143);
    assert_int_equal(fake_count(&scene->fake, "create cloud.thing/a"), 0);
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left_may_yet_happen),
        cmocka_unit_test(what_is_left_may_come_to_nothing),
        cmocka_unit_test(what_runs_is_waited_for),
        cmocka_unit_test(a_database_taken_away_is_put_back),
        cmocka_unit_test(a_full_disk_loses_nothing),
        cmocka_unit_test(a_signal_names_its_exit_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
