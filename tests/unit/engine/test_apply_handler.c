// SPDX-License-Identifier: MIT
#include "engine/apply_handler.h"

#include "engine/scene.h"

#define RESTARTED "handler host/box restart x"

// A host that is there already, with what is declared on it.
static void add_box(struct scene *scene)
{
    scene_add(scene, "host", "box", NULL, "{\"address\": \"192.0.2.1\"}");
}

static struct resource *add_file(struct scene *scene, const char *name,
                                 const char *restarts)
{
    struct resource *file =
        scene_add(scene, "file", name, "host/box", "{\"content\": \"1\"}");
    if (restarts != NULL)
        file->restarts = scene_value(scene, restarts);
    return file;
}

// A scene that ran with the file /a, behind which x is restarted, and without it since.
static struct scene *new_removal(void)
{
    struct scene *scene = scene_new(1, false);
    add_box(scene);
    add_file(scene, "/a", "[\"x\"]");
    scene_run(scene);
    scene_restart(scene);
    add_box(scene);
    text_reset(&scene->fake.log);
    return scene;
}

static void a_removal_owes_what_a_change_does(void **state)
{
    (void) state;
    struct scene *scene = new_removal();
    scene_plan(scene);
    assert_int_equal(scene->plan->handler_count, 1);
    const struct plan_handler *handler = &scene->plan->handlers[0];
    assert_string_equal(handler->name, "restart x");
    assert_int_equal(handler->cause_count, 1);
    assert_string_equal(scene->plan->changes[handler->causes[0]].address, "box:file/a");
    assert_true(scene_try_apply(scene));
    assert_int_equal(fake_count(&scene->fake, RESTARTED), 1);
    assert_true(fake_place(&scene->fake, "delete box:file/a") <
                fake_place(&scene->fake, RESTARTED));
    scene_expect_empty(scene);
    scene_free(scene);
}

static void what_the_playbook_says_last_counts(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    add_box(scene);
    struct resource *file = add_file(scene, "/a", "[\"x\"]");
    scene_run(scene);
    file->restarts = scene_value(scene, "[\"y\"]");
    scene_run(scene); // changes nothing but the row
    scene_restart(scene);
    add_box(scene);
    scene_plan(scene);
    assert_int_equal(scene->plan->handler_count, 1);
    assert_string_equal(scene->plan->handlers[0].name, "restart y");
    scene_free(scene);
}

static void what_was_edited_stays_and_owes_nothing(void **state)
{
    (void) state;
    struct scene *scene = new_removal();
    scene->fake.edited = "it was edited";
    scene_plan(scene);
    assert_int_equal(scene_change(scene, "box:file/a")->action, CHANGE_FORGET);
    assert_int_equal(scene->plan->handler_count, 0);
    assert_true(scene_try_apply(scene));
    assert_int_equal(fake_count(&scene->fake, RESTARTED), 0);
    scene_expect_empty(scene);
    scene_free(scene);
}

static void what_is_gone_already_owes_nothing(void **state)
{
    (void) state;
    struct scene *scene = new_removal();
    fake_remove(&scene->fake, "box:file/a");
    scene_run(scene);
    assert_int_equal(scene->plan->handler_count, 0);
    assert_int_equal(fake_count(&scene->fake, RESTARTED), 0);
    scene_expect_empty(scene);
    scene_free(scene);
}

static void a_service_that_goes_too_is_not_restarted(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    add_box(scene);
    add_file(scene, "/units/x", NULL);
    add_file(scene, "/a", "[\"x\", \"y\"]");
    struct resource *stays = add_file(scene, "/b", "[\"x\"]");
    scene_run(scene);
    const struct resource kept = *stays;
    scene_restart(scene);
    add_box(scene);
    stays = add_file(scene, "/b", NULL);
    stays->restarts = kept.restarts;
    stays->attributes = scene_value(scene, "{\"content\": \"2\"}");
    text_reset(&scene->fake.log);
    scene_plan(scene);
    assert_int_equal(scene->plan->handler_count, 1);
    assert_string_equal(scene->plan->handlers[0].name, "restart y");
    assert_true(scene_try_apply(scene));
    assert_int_equal(fake_count(&scene->fake, RESTARTED), 0);
    assert_int_equal(fake_count(&scene->fake, "handler host/box restart y"), 1);
    scene_expect_empty(scene);
    scene_free(scene);
}

// What goes later may be what the unit belongs to, or what it cannot do without.
static void what_else_goes_is_waited_for(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    add_box(scene);
    scene_add(scene, "risk", "/late", "host/box", "{\"content\": \"1\"}");
    add_file(scene, "/a", "[\"x\"]");
    scene_run(scene);
    scene_restart(scene);
    add_box(scene);
    text_reset(&scene->fake.log);
    scene_run(scene);
    // The risky one has a batch of its own.
    assert_true(fake_place(&scene->fake, "delete box:file/a") <
                fake_place(&scene->fake, "delete box:risk/late"));
    assert_true(fake_place(&scene->fake, "delete box:risk/late") <
                fake_place(&scene->fake, RESTARTED));
    assert_int_equal(fake_count(&scene->fake, RESTARTED), 1);
    scene_expect_empty(scene);
    scene_free(scene);
}

static void a_removal_that_fails_leaves_it_owed(void **state)
{
    (void) state;
    struct scene *scene = new_removal();
    fake_script(&scene->fake, "box:file/a", FAKE_FAIL);
    scene_plan(scene);
    assert_false(scene_try_apply(scene));
    assert_int_equal(fake_count(&scene->fake, RESTARTED), 0);
    fake_script(&scene->fake, "box:file/a", FAKE_FINE);
    scene_run(scene);
    assert_int_equal(fake_count(&scene->fake, RESTARTED), 1);
    scene_expect_empty(scene);
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_removal_owes_what_a_change_does),
        cmocka_unit_test(what_the_playbook_says_last_counts),
        cmocka_unit_test(what_was_edited_stays_and_owes_nothing),
        cmocka_unit_test(what_is_gone_already_owes_nothing),
        cmocka_unit_test(a_service_that_goes_too_is_not_restarted),
        cmocka_unit_test(what_else_goes_is_waited_for),
        cmocka_unit_test(a_removal_that_fails_leaves_it_owed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
