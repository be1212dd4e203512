// SPDX-License-Identifier: MIT
#include "engine/scene.h"

static struct resource_move moves[8];

static void moved(struct scene *scene, const char *from, const char *to)
{
    scene->set.moves = moves;
    moves[scene->set.move_count] = (struct resource_move){
        from, to, arena_format(&scene->arena, "test.lua:%zu", scene->set.move_count + 1)};
    scene->set.move_count++;
}

static void restart(struct scene *scene)
{
    scene_restart(scene);
    scene->set.move_count = 0;
}

static struct scene *with_thing(unsigned seed, const char *name)
{
    struct scene *scene = scene_new(seed, false);
    scene_add(scene, "cloud.thing", name, NULL, "{\"size\": 1}");
    scene_run(scene);
    restart(scene);
    return scene;
}

static void expect_refused(struct scene *scene, const char *what, const char *where)
{
    assert_false(scene_try_plan(scene));
    if (strstr(scene->fault.what, what) == NULL || strcmp(scene->fault.where, where) != 0)
        fail_msg("%s (%s)", scene->fault.what, scene->fault.where);
}

static void the_row_and_the_name_follow(void **state)
{
    struct scene *scene = with_thing(1, "a");
    (void) state;
    scene_add(scene, "cloud.thing", "b", NULL, "{\"size\": 1}");
    moved(scene, "cloud.thing/a", "cloud.thing/b");
    scene_plan(scene);
    const struct change *change = scene_change(scene, "cloud.thing/b");
    assert_int_equal(change->action, CHANGE_UPDATE);
    assert_string_equal(change->moved_from, "cloud.thing/a");
    assert_string_equal(change->fields[0].name, "called");
    assert_int_equal(scene->plan->moved_count, 1);
    assert_true(scene_try_apply(scene));
    assert_int_equal(fake_count(&scene->fake, "delete cloud.thing/a"), 0);
    assert_null(fake_find(&scene->fake, "cloud.thing/a"));
    scene_expect_empty(scene); // the word may stay
    assert_int_equal(scene->plan->moved_count, 0);
    scene_free(scene);
}

static void a_chain_ends_at_its_last(void **state)
{
    const char *const begun[] = {"a", "b", "c"};
    (void) state;
    for (size_t i = 0; i < 3; i++) {
        struct scene *scene = with_thing((unsigned) i + 2, begun[i]);
        scene_add(scene, "cloud.thing", "c", NULL, "{\"size\": 1}");
        moved(scene, "cloud.thing/a", "cloud.thing/b");
        moved(scene, "cloud.thing/b", "cloud.thing/c");
        scene_run(scene);
        scene_expect_empty(scene);
        assert_int_equal(fake_count(&scene->fake, "create cloud.thing/c"), i == 2);
        scene_free(scene);
    }
}

static void a_host_takes_along_what_is_on_it(void **state)
{
    struct scene *scene = scene_new(6, false);
    (void) state;
    scene_add_host(scene);
    scene_add(scene, "file", "/etc/a", "host/app", "{\"content\": \"a\"}");
    scene_run(scene);
    restart(scene);
    scene_add(scene, "cloud.thing", "web", NULL, "{\"size\": 1}");
    scene_add(scene, "host", "new", NULL,
              "{\"address\": {\"$reference\": \"cloud.thing/web.ip\"},"
              " \"server_id\": {\"$reference\": \"cloud.thing/web.id\"}}");
    scene_add(scene, "file", "/etc/a", "host/new", "{\"content\": \"a\"}");
    moved(scene, "host/app", "host/new");
    fake_put(&scene->fake, "host/new", fake_find(&scene->fake, "host/app"));
    fake_put(&scene->fake, "new:file/etc/a", fake_find(&scene->fake, "app:file/etc/a"));
    scene_plan(scene);
    assert_int_equal(scene->plan->add_count + scene->plan->destroy_count, 0);
    assert_string_equal(scene_change(scene, "new:file/etc/a")->moved_from,
                        "app:file/etc/a");
    assert_false(plan_is_empty(scene->plan));
    assert_true(scene_try_apply(scene));
    scene_expect_empty(scene);
    assert_null(plan_find(scene->plan, "app:file/etc/a"));
    scene_free(scene);
}

static void a_secret_is_sealed_anew(void **state)
{
    struct scene *scene = scene_new(7, false);
    const struct value *before = NULL, *after = NULL;
    (void) state;
    scene_add(scene, "secret", "a", NULL, "{\"length\": 20}");
    scene_run(scene);
    assert_true(secret_load(scene->engine.database, scene->engine.vault, &scene->arena,
                            "secret/a", &before, &scene->fault));
    restart(scene);
    scene_add(scene, "secret", "b", NULL, "{\"length\": 20}");
    moved(scene, "secret/a", "secret/b");
    scene_plan(scene);
    assert_int_equal(scene_change(scene, "secret/b")->action, CHANGE_NONE);
    assert_true(scene_try_apply(scene));
    assert_true(secret_load(scene->engine.database, scene->engine.vault, &scene->arena,
                            "secret/b", &after, &scene->fault));
    assert_true(value_equal(before, after));
    scene_expect_empty(scene);
    scene_free(scene);
}

static void mistakes_are_told_with_their_line(void **state)
{
    struct scene *scene = with_thing(8, "a");
    (void) state;
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    moved(scene, "cloud.thing/a", "cloud.thing/b");
    expect_refused(scene, "is still declared", "test.lua:1");
    restart(scene);
    moved(scene, "cloud.thing/a", "cloud.thing/b");
    expect_refused(scene, "which is not declared", "test.lua:1");
    moved(scene, "cloud.thing/b", "cloud.thing/a");
    expect_refused(scene, "comes back to itself", "test.lua:1");
    restart(scene);
    moved(scene, "cloud.thing/a", "cloud.thing/b");
    moved(scene, "cloud.thing/a", "cloud.thing/c");
    expect_refused(scene, "is moved twice", "test.lua:2");
    restart(scene);
    scene_add(scene, "cloud.other", "b", NULL, "{}");
    moved(scene, "cloud.thing/a", "cloud.other/b");
    expect_refused(scene, "cannot be called", "test.lua:1");
    restart(scene);
    moved(scene, "cloud.thing/long-gone", "cloud.thing/never");
    scene_add(scene, "cloud.thing", "a", NULL, "{\"size\": 1}");
    scene_expect_empty(scene);
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_row_and_the_name_follow),
        cmocka_unit_test(a_chain_ends_at_its_last),
        cmocka_unit_test(a_host_takes_along_what_is_on_it),
        cmocka_unit_test(a_secret_is_sealed_anew),
        cmocka_unit_test(mistakes_are_told_with_their_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
