// SPDX-License-Identifier: MIT
#include "engine/apply_limit.h"

#include "engine/scene.h"

// Twelve things of the cloud, and six machines with a file on each of their hosts.
static void add_many(struct scene *scene)
{
    char name[16], host[32], address[160];
    for (int i = 0; i < 12; i++) {
        snprintf(name, sizeof name, "t%d", i);
        scene_add(scene, "cloud.thing", name, NULL, "{}");
    }
    for (int i = 0; i < 6; i++) {
        snprintf(name, sizeof name, "h%d", i);
        snprintf(host, sizeof host, "host/h%d", i);
        snprintf(address, sizeof address, "{\"address\": \"192.0.2.%d\"}", i + 1);
        scene_add(scene, "host", name, NULL, address);
        scene_add(scene, "file", "/a", host, "{\"content\": \"1\"}");
    }
}

static void each_has_its_own_limit(void **state)
{
    static const struct engine_limit limits[] = {{"cloud", 3}, {"hosts", 2}};
    (void) state;
    struct scene *scene = scene_new(1, false);
    add_many(scene);
    scene->engine.parallel = 8;
    scene->engine.limits = limits;
    scene->engine.limit_count = 2;
    fake_await(&scene->fake, 3, 2);
    scene_run(scene);
    assert_int_equal(scene->fake.most_steps, 3);
    assert_int_equal(scene->fake.most_hosts, 2);
    scene_expect_empty(scene);
    scene_free(scene);
}

// What is held up by its own limit does not hold up the rest.
static void without_one_all_count_together(void **state)
{
    static const struct engine_limit limits[] = {{"cloud", 1}};
    (void) state;
    struct scene *scene = scene_new(1, false);
    add_many(scene);
    scene->engine.parallel = 8;
    scene->engine.limits = limits;
    scene->engine.limit_count = 1;
    fake_await(&scene->fake, 1, 6);
    scene_run(scene);
    assert_int_equal(scene->fake.most_steps, 1);
    assert_int_equal(scene->fake.most_hosts, 6);
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_its_own_limit),
        cmocka_unit_test(without_one_all_count_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
