// SPDX-License-Identifier: MIT
#include "engine/scene.h"

#include <sys/wait.h>

#include "engine/depose.h"

// A thing that is replaced when its zone differs, one that uses it, and a check.
static void declare(struct scene *scene, const char *zone)
{
    scene_restart(scene);
    struct resource *app = scene_add(
        scene, "cloud.thing", "app", NULL,
        arena_format(&scene->arena, "{\"zone\": \"%s\", \"price\": \"€4/month\"}", zone));
    app->create_first = true;
    scene_add(scene, "cloud.other", "user", NULL,
              "{\"link\": {\"$reference\": \"cloud.thing/app.id\"}}");
    scene_add(scene, "check.ok", "health", NULL, "{\"url\": \"x\"}");
}

static bool comes_before(const struct scene *scene, const char *first, const char *second)
{
    long one = fake_place(&scene->fake, first), other = fake_place(&scene->fake, second);
    return one >= 0 && other >= 0 && one < other;
}

static void expect_converged(struct scene *scene)
{
    scene_expect_empty(scene);
    assert_null(fake_find(&scene->fake, "cloud.thing/app.old"));
    const struct value *app = fake_find(&scene->fake, "cloud.thing/app");
    const struct value *user = fake_find(&scene->fake, "cloud.other/user");
    assert_non_null(app);
    assert_string_equal(value_find_text(app, "zone", ""), "b");
    assert_int_equal(value_find_integer(user, "link", -1),
                     value_find_integer(app, "id", 0));
}

static void the_new_one_comes_first(void **state)
{
    struct scene *scene = scene_new(1, false);
    (void) state;
    declare(scene, "a");
    scene_run(scene);
    declare(scene, "b");
    scene_plan(scene);
    const struct change *app = scene_change(scene, "cloud.thing/app");
    assert_int_equal(app->action, CHANGE_REPLACE);
    assert_true(app->create_first);
    assert_int_equal(scene->plan->add_count, 1);
    assert_int_equal(scene->plan->destroy_count, 1);
    assert_int_equal(scene->plan->cost_before.units, scene->plan->cost_after.units);
    assert_true(scene_try_apply(scene));
    assert_true(
        comes_before(scene, "update cloud.thing/app.old", "delete cloud.thing/app.old"));
    assert_true(
        comes_before(scene, "update cloud.other/user", "delete cloud.thing/app.old"));
    assert_int_equal(fake_count(&scene->fake, "create cloud.thing/app"), 2);
    assert_int_equal(fake_count(&scene->fake, "delete cloud.thing/app"), 0);
    expect_converged(scene);
    scene_free(scene);
}

// The old one stays while anything that uses it could not be moved.
static void a_failed_follower_keeps_it(void **state)
{
    const char *const failing[] = {"cloud.thing/app", "cloud.other/user",
                                   "check.ok/health"};
    (void) state;
    for (size_t i = 0; i < 3; i++) {
        struct scene *scene = scene_new((unsigned) i + 3, false);
        declare(scene, "a");
        scene_run(scene);
        declare(scene, "b");
        scene_plan(scene);
        fake_script(&scene->fake, failing[i], FAKE_FAIL);
        assert_false(scene_try_apply(scene));
        assert_non_null(fake_find(&scene->fake, "cloud.thing/app.old"));
        fake_script(&scene->fake, failing[i], FAKE_FINE);
        scene_plan(scene);
        const struct change *old = scene_change(scene, "cloud.thing/app.old");
        assert_int_equal(old->action, CHANGE_DELETE);
        assert_string_equal(old->reason, "cloud.thing/app takes its place");
        assert_true(scene_try_apply(scene));
        expect_converged(scene);
        scene_free(scene);
    }
}

static void what_is_left_out_keeps_it(void **state)
{
    struct scene *scene = scene_new(8, false);
    const char *only[] = {"cloud.thing/app"};
    (void) state;
    declare(scene, "a");
    scene_run(scene);
    declare(scene, "b");
    scene->options.only = only;
    scene->options.only_count = 1;
    scene_run(scene);
    assert_non_null(fake_find(&scene->fake, "cloud.thing/app.old"));
    assert_non_null(fake_find(&scene->fake, "cloud.thing/app"));
    scene->options.only_count = 0;
    scene_run(scene);
    expect_converged(scene);
    scene_free(scene);
}

// Replaced again while an older one is still there: both go, in the end there is one.
static void twice_before_the_first_is_gone(void **state)
{
    struct scene *scene = scene_new(9, false);
    (void) state;
    declare(scene, "a");
    scene_run(scene);
    declare(scene, "c");
    scene_plan(scene);
    fake_script(&scene->fake, "cloud.other/user", FAKE_FAIL);
    assert_false(scene_try_apply(scene));
    fake_script(&scene->fake, "cloud.other/user", FAKE_FINE);
    declare(scene, "b");
    scene_run(scene);
    assert_null(fake_find(&scene->fake, "cloud.thing/app.old2"));
    expect_converged(scene);
    scene_free(scene);
}

static void protection_is_asked_once(void **state)
{
    struct scene *scene = scene_new(10, false);
    const char *allowed[] = {"cloud.thing/app"};
    (void) state;
    declare(scene, "a");
    scene->resources[0].protect = true;
    scene_run(scene);
    declare(scene, "b");
    scene->resources[0].protect = true;
    assert_false(scene_try_plan(scene));
    assert_int_equal(scene->fault.kind, FAULT_BLOCKED);
    scene->options.allow_destroy = allowed;
    scene->options.allow_destroy_count = 1;
    scene_plan(scene);
    fake_script(&scene->fake, "cloud.other/user", FAKE_FAIL);
    assert_false(scene_try_apply(scene));
    fake_script(&scene->fake, "cloud.other/user", FAKE_FINE);
    scene->options.allow_destroy_count = 0;
    scene_run(scene); // what began with leave ends without asking again
    expect_converged(scene);
    scene_free(scene);
}

// Killed at each point of a replacement in turn, by a process of its own.
static bool run_killed(struct scene *scene, const char *point, int nth)
{
    int status = 0;
    scene_close_store(scene);
    pid_t child = fork();
    if (child == 0) {
        setenv("PIPSTER_CRASH_AT", arena_format(&scene->arena, "%s:%d", point, nth), 1);
        scene_open_store(scene);
        declare(scene, "b");
        bool done = scene_try_plan(scene) && scene_try_apply(scene);
        _exit(done ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    scene_open_store(scene);
    return WIFSIGNALED(status);
}

static void a_killed_run_converges(void **state)
{
    static const char *const points[] = {"intent-committing", "intent-committed",
                                         "result-committing", "result-committed"};
    size_t killed = 0;
    (void) state;
    for (size_t p = 0; p < 4; p++) {
        for (int nth = 1; nth < 9; nth++) {
            struct scene *scene = scene_new((unsigned) nth + 20, false);
            const char *path = scene_path(scene, "world");
            fake_load(&scene->fake, path);
            declare(scene, "a");
            scene_run(scene);
            plan_free(scene->plan);
            scene->plan = NULL;
            bool was_killed = run_killed(scene, points[p], nth);
            map_clear(&scene->fake.world);
            map_init(&scene->fake.world);
            text_clear(&scene->fake.log);
            text_init(&scene->fake.log, 0);
            fake_load(&scene->fake, path);
            declare(scene, "b");
            scene_run(scene);
            expect_converged(scene);
            assert_int_equal(fake_count(&scene->fake, "create cloud.thing/app"), 2);
            killed += was_killed;
            scene_free(scene);
            if (!was_killed)
                break;
        }
    }
    assert_true(killed >= 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_new_one_comes_first),
        cmocka_unit_test(a_failed_follower_keeps_it),
        cmocka_unit_test(what_is_left_out_keeps_it),
        cmocka_unit_test(twice_before_the_first_is_gone),
        cmocka_unit_test(protection_is_asked_once),
        cmocka_unit_test(a_killed_run_converges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
