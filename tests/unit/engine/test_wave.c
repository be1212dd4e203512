// SPDX-License-Identifier: MIT
#include "engine/wave.h"

#include "engine/scene.h"

#define HOSTS 4

static const char *const hosts[HOSTS] = {"host/h0", "host/h1", "host/h2", "host/h3"};
static struct resource_rolling rolling;

static struct scene *scene_of_four(size_t serial, size_t max_fail)
{
    struct scene *scene = scene_new(1, false);
    rolling = (struct resource_rolling){.name = "web",
                                        .where = "playbooks/test.lua:9",
                                        .hosts = hosts,
                                        .host_count = HOSTS,
                                        .serial = serial,
                                        .max_fail = max_fail};
    scene->set.rollings = &rolling;
    scene->set.rolling_count = 1;
    for (int i = 0; i < HOSTS; i++) {
        const char *host = hosts[i];
        scene_add(scene, "host", host + 5, NULL,
                  arena_format(&scene->arena, "{\"address\": \"10.0.0.%d\"}", i));
        scene_add(scene, "file", "/a", host, "{\"content\": \"1\"}");
        scene_add(scene, "file", "/b", host,
                  "{\"content\": \"1\", \"notify\": \"reload x\"}");
    }
    return scene;
}

static long place(struct scene *scene, const char *what, int host, const char *rest)
{
    char line[64];
    snprintf(line, sizeof line, "%s%s%s", what, hosts[host] + 5, rest);
    long at = fake_place(&scene->fake, line);
    if (at < 0)
        fail_msg("not done: %s", line);
    return at;
}

// Whatever is done on `later` comes after all that is done on `earlier`.
static void expect_after(struct scene *scene, int later, int earlier)
{
    char handler[64];
    snprintf(handler, sizeof handler, "handler %s reload x", hosts[earlier]);
    long first = place(scene, "create host/", later, "");
    assert_true(first > place(scene, "create ", earlier, ":file/b"));
    assert_true(fake_place(&scene->fake, handler) >= 0);
    assert_true(first > fake_place(&scene->fake, handler));
}

static void one_wave_after_the_other(void **state)
{
    (void) state;
    struct scene *scene = scene_of_four(2, 0);
    fake_await(&scene->fake, 0, 2); // none is done before two are begun
    scene_run(scene);
    // The hosts of one wave are begun together, and no others.
    assert_int_equal(scene->fake.most_hosts, 2);
    for (int later = 2; later < 4; later++)
        for (int earlier = 0; earlier < 2; earlier++)
            expect_after(scene, later, earlier);
    assert_int_equal(scene->result.done_count, 12);
    scene_expect_empty(scene);
    // Other waves are no change, and no reason to write.
    int64_t commits = database_commit_count(scene->engine.database);
    rolling.serial = 1;
    scene_run(scene);
    assert_int_equal(database_commit_count(scene->engine.database), commits);
    scene_free(scene);
}

static void too_many_failed(void **state)
{
    (void) state;
    struct scene *scene = scene_of_four(1, 0);
    fake_script(&scene->fake, "h1:file/a", FAKE_FAIL);
    scene_plan(scene);
    assert_false(scene_try_apply(scene));
    assert_int_equal(scene->result.done_count, 4); // h0, and host/h1
    assert_int_equal(scene->result.failed_count, 1);
    assert_int_equal(fake_count(&scene->fake, "create host/h2"), 0);
    assert_int_equal(fake_count(&scene->fake, "create host/h3"), 0);
    fake_script(&scene->fake, "h1:file/a", FAKE_FINE);
    scene_run(scene);
    scene_expect_empty(scene);
    scene_free(scene);
}

static void some_may_fail(void **state)
{
    (void) state;
    struct scene *scene = scene_of_four(1, 1);
    fake_script(&scene->fake, "h0:file/b", FAKE_FAIL);
    fake_script(&scene->fake, "h2:file/a", FAKE_FAIL);
    scene_plan(scene);
    assert_false(scene_try_apply(scene));
    assert_int_equal(fake_count(&scene->fake, "create h1:file/b"), 1);
    assert_int_equal(fake_count(&scene->fake, "create host/h2"), 1);
    assert_int_equal(fake_count(&scene->fake, "create host/h3"), 0);
    scene_free(scene);
}

static void a_host_that_cannot_be_set_up_holds_nothing_up(void **state)
{
    (void) state;
    struct scene *scene = scene_of_four(1, 4);
    scene_run(scene);
    for (size_t i = 0; i < scene->set.count; i++)
        if (strcmp(scene->set.items[i].type, "file") == 0)
            scene->set.items[i].attributes =
                scene_value(scene, "{\"content\": \"2\", \"notify\": \"reload x\"}");
    fake_script(&scene->fake, "reload x", FAKE_FAIL);
    scene_plan(scene);
    assert_false(scene_try_apply(scene));
    for (int i = 0; i < HOSTS; i++)
        place(scene, "update ", i, ":file/b");
    scene_free(scene);
}

static void waves_that_stand_in_each_others_way(void **state)
{
    (void) state;
    struct scene *scene = scene_of_four(1, 0);
    scene->set.items[1].attributes =
        scene_value(scene, "{\"content\": {\"$reference\": \"h3:file/a.digest\"}}");
    assert_false(scene_try_plan(scene));
    assert_int_equal(scene->fault.kind, FAULT_USAGE);
    assert_string_equal(scene->fault.what,
                        "the waves of rolling \"web\" cannot be put in order");
    assert_string_equal(scene->fault.where, "playbooks/test.lua:9");
    // In the order of the waves the same need is fine.
    rolling.serial = 4;
    scene_run(scene);
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_wave_after_the_other),
        cmocka_unit_test(too_many_failed),
        cmocka_unit_test(some_may_fail),
        cmocka_unit_test(a_host_that_cannot_be_set_up_holds_nothing_up),
        cmocka_unit_test(waves_that_stand_in_each_others_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
