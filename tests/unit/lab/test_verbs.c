// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lab/verbs.h"
#include "value/json.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct scene {
    struct arena arena;
    struct lab *lab;
    char folder[64];
};

static int open_scene(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    struct fault fault = {0};
    strcpy(scene->folder, "/tmp/pipster-verbs-XXXXXX");
    if (!mkdtemp(scene->folder))
        return -1;
    arena_init(&scene->arena, 0);
    struct lab_settings settings = {.driver = DRIVER_NONE, .directory = scene->folder};
    *state = scene;
    return lab_open(&scene->lab, &settings, &fault) ? 0 : -1;
}

static int close_scene(void **state)
{
    struct scene *scene = *state;
    lab_close(scene->lab);
    arena_clear(&scene->arena);
    int left = rmdir(scene->folder); // driver none writes nothing
    free(scene);
    return left;
}

static bool call(struct scene *scene, const char *verb, const char *json,
                 const char *answer, struct fault *fault)
{
    const struct value *argument = NULL, *found = NULL;
    assert_true(json_read(&scene->arena, json, strlen(json), &argument, fault));
    if (!verbs_call(scene->lab, verb, argument, &scene->arena, &found, fault))
        return false;
    assert_string_equal(json_text(&scene->arena, found), answer);
    return true;
}

static void follows_the_power(void **state)
{
    struct fault fault = {0};
    assert_true(call(*state, "status", "{\"id\":7}", "\"absent\"", &fault));
    assert_true(call(*state, "start", "{\"id\":7,\"name\":\"app\"}", "null", &fault));
    assert_true(call(*state, "status", "7", "\"running\"", &fault));
    assert_true(call(*state, "stop", "{\"id\":7,\"hard\":false}", "null", &fault));
    assert_true(call(*state, "status", "7", "\"off\"", &fault));
    assert_true(call(*state, "reset", "{\"id\":7}", "null", &fault));
    assert_true(call(*state, "resize", "{\"id\":7,\"cores\":2,\"memory_gb\":4.0}", "null",
                     &fault));
    assert_true(call(*state, "status", "7", "\"running\"", &fault));
    assert_true(call(*state, "remove", "{\"id\":7}", "null", &fault));
    assert_true(call(*state, "status", "7", "\"absent\"", &fault));
}

static void keeps_a_firewall_for_later(void **state)
{
    struct fault fault = {0};
    const char *wall =
        "{\"id\":8,\"open\":false,\"rules\":[{\"direction\":\"in\","
        "\"protocol\":\"tcp\",\"port\":\"22\",\"source_ips\":[\"::/0\"]}]}";
    assert_true(call(*state, "firewall", wall, "null", &fault));
    assert_true(call(*state, "firewall", wall, "null", &fault));
    assert_true(call(*state, "start", "{\"id\":8,\"name\":\"app\"}", "null", &fault));
    assert_true(call(*state, "firewall", "{\"id\":8,\"open\":true}", "null", &fault));
    assert_true(call(*state, "firewall", "{\"id\":9,\"open\":true}", "null", &fault));
}

static void answers_the_rest(void **state)
{
    struct fault fault = {0};
    assert_true(call(*state, "notices", "{}", "[]", &fault));
    assert_true(
        call(*state, "dns", "{\"zones\":[\"a.b\"],\"records\":[]}", "null", &fault));
    assert_true(call(*state, "start",
                     "{\"id\":10,\"name\":\"box\",\"appliance\":true,\"files\":"
                     "[{\"path\":\"/etc/x\",\"mode\":384,\"content\":\"x\"}]}",
                     "null", &fault));
    assert_true(call(*state, "give", "{\"id\":10,\"files\":[]}", "null", &fault));
    assert_false(call(*state, "give", "{\"id\":99}", "", &fault));
    assert_false(call(*state, "stop", "{\"id\":99}", "", &fault));
    assert_non_null(strstr(fault.what, "no host 99"));
    assert_false(call(*state, "stop", "{}", "", &fault));
    assert_false(call(*state, "dance", "{}", "", &fault));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(follows_the_power, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(keeps_a_firewall_for_later, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(answers_the_rest, open_scene, close_scene),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
