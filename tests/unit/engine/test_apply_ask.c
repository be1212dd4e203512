// SPDX-License-Identifier: MIT
#include "engine/apply_ask.h"

#include "engine/scene.h"

static void add_file(struct scene *scene, const char *name, const char *content)
{
    scene_add(scene, "file", name, "host/app",
              arena_format(&scene->arena, "{\"content\": \"%s\"}", content));
}

// A host with two things that only a run may ask about, between others.
static struct scene *new_scene(const char *first)
{
    struct scene *scene = scene_new(5, false);
    scene_add_host(scene);
    fake_script(&scene->fake, "app:file/m", FAKE_ASK);
    fake_script(&scene->fake, "app:file/n", FAKE_ASK);
    add_file(scene, "/a", first);
    add_file(scene, "/m", "x");
    add_file(scene, "/n", "x");
    add_file(scene, "/z", "x");
    return scene;
}

static void again(struct scene *scene, const char *first, const char *last)
{
    scene_restart(scene);
    scene_add_host(scene);
    add_file(scene, "/a", first);
    add_file(scene, "/m", "x");
    add_file(scene, "/n", "x");
    add_file(scene, "/z", last);
    text_reset(&scene->fake.log);
}

static void a_plan_says_that_it_may_change(void **state)
{
    (void) state;
    struct scene *scene = new_scene("x");
    scene_run(scene);
    assert_int_equal(scene->result.done_count, 6);
    again(scene, "x", "x");
    scene_plan(scene);
    const struct change *change = scene_change(scene, "app:file/m");
    assert_int_equal(change->action, CHANGE_UPDATE);
    assert_int_equal(change->verdict, VERDICT_MAY);
    assert_string_equal(change->because, "its guard is run only by a run");
    assert_int_equal(change->field_count, 0);
    assert_int_equal(scene->plan->may_count, 2);
    assert_false(plan_is_empty(scene->plan));
    assert_int_equal(fake_count(&scene->fake, "ask app:file/m"), 0);
    scene_free(scene);
}

// One look for all of them, no step, no row: a run, and its end.
static void what_is_not_needed_commits_nothing(void **state)
{
    (void) state;
    struct scene *scene = new_scene("x");
    scene_run(scene);
    again(scene, "x", "x");
    scene_plan(scene);
    int64_t commits = database_commit_count(scene->engine.database);
    assert_true(scene_try_apply(scene));
    assert_int_equal(database_commit_count(scene->engine.database) - commits, 2);
    assert_int_equal(scene->result.done_count, 0);
    assert_int_equal(scene->result.needless_count, 2);
    assert_int_equal(fake_count(&scene->fake, "ask app:file/m"), 1);
    assert_int_equal(fake_count(&scene->fake, "ask app:file/n"), 1);
    assert_int_equal(fake_count(&scene->fake, "observe host/app"), 2);
    scene_free(scene);
}

static void what_is_needed_is_done_and_the_next_decides_on_the_host(void **state)
{
    (void) state;
    struct scene *scene = new_scene("x");
    scene_run(scene);
    fake_remove(&scene->fake, "app:file/m");
    again(scene, "x", "x");
    scene_run(scene);
    assert_int_equal(fake_count(&scene->fake, "update app:file/m"), 1);
    assert_int_equal(fake_count(&scene->fake, "update app:file/n"), 1);
    assert_int_equal(scene->result.done_count, 1);
    assert_int_equal(scene->result.needless_count, 1);
    scene_free(scene);
}

// Behind another step nothing is asked beforehand: that step may decide it.
static void behind_a_step_it_goes_with_the_batch(void **state)
{
    (void) state;
    struct scene *scene = new_scene("x");
    scene_run(scene);
    again(scene, "y", "y");
    size_t before = scene->fake.apply_count;
    scene_run(scene);
    assert_int_equal(scene->fake.apply_count - before, 1);
    assert_int_equal(fake_count(&scene->fake, "ask app:file/m"), 0);
    assert_int_equal(scene->result.done_count, 2);
    assert_int_equal(scene->result.needless_count, 2);
    scene_free(scene);
}

// Between two files something that the first may ask for.
static void declare_boot(struct scene *scene, const char *first, const char *last)
{
    scene_add_host(scene);
    add_file(scene, "/a", first);
    scene_add(scene, "boot", "b", "host/app", "{\"content\": \"x\"}");
    add_file(scene, "/z", last);
    text_reset(&scene->fake.log);
}

static struct scene *boot_scene(const char *first, const char *last)
{
    struct scene *scene = scene_new(5, false);
    declare_boot(scene, "x", "x");
    scene_run(scene);
    scene_restart(scene);
    declare_boot(scene, first, last);
    scene_plan(scene);
    return scene;
}

static void what_follows_may_become_due(void **state)
{
    (void) state;
    struct scene *scene = boot_scene("y", "y");
    const struct change *boot = scene_change(scene, "app:boot/b");
    assert_int_equal(boot->action, CHANGE_UPDATE);
    assert_int_equal(boot->verdict, VERDICT_MAY);
    assert_string_equal(boot->because, "app:file/a may ask for it");
    assert_int_equal(scene->plan->may_count, 1);
    size_t before = scene->fake.apply_count;
    assert_true(scene_try_apply(scene));
    assert_int_equal(fake_count(&scene->fake, "observe host/app"), 2);
    assert_int_equal(fake_count(&scene->fake, "update app:boot/b"), 0);
    assert_int_equal(scene->fake.apply_count - before, 2);
    assert_int_equal(scene->result.done_count, 2);
    assert_int_equal(scene->result.needless_count, 1);
    scene_free(scene);
}

// Seen again behind the batch before it, and carried out by itself.
static void what_follows_and_is_due_is_done_alone(void **state)
{
    (void) state;
    struct scene *scene = boot_scene("y", "y");
    fake_remove(&scene->fake, "app:boot/b");
    size_t before = scene->fake.apply_count;
    assert_true(scene_try_apply(scene));
    assert_int_equal(fake_count(&scene->fake, "update app:boot/b"), 1);
    assert_int_equal(scene->fake.apply_count - before, 3);
    assert_int_equal(scene->result.done_count, 3);
    scene_free(scene);
}

static void nothing_before_it_nothing_to_follow(void **state)
{
    (void) state;
    struct scene *scene = boot_scene("x", "y");
    assert_int_equal(scene_change(scene, "app:boot/b")->action, CHANGE_NONE);
    assert_true(scene_try_apply(scene));
    assert_int_equal(fake_count(&scene->fake, "observe host/app"), 1);
    assert_int_equal(scene->result.done_count, 1);
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_says_that_it_may_change),
        cmocka_unit_test(what_is_not_needed_commits_nothing),
        cmocka_unit_test(what_is_needed_is_done_and_the_next_decides_on_the_host),
        cmocka_unit_test(behind_a_step_it_goes_with_the_batch),
        cmocka_unit_test(what_follows_may_become_due),
        cmocka_unit_test(what_follows_and_is_due_is_done_alone),
        cmocka_unit_test(nothing_before_it_nothing_to_follow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
