// SPDX-License-Identifier: MIT
#include "engine/select.h"

#include "engine/scene.h"

static void ask(struct scene *scene, const char *only, const char *except)
{
    const char **list = arena_alloc(&scene->arena, 2 * sizeof *list);
    list[0] = only;
    list[1] = except;
    scene->options = (struct engine_options){
        .only = list,
        .only_count = only != NULL,
        .except = list + 1,
        .except_count = except != NULL,
    };
}

static void expect_skipped(struct scene *scene, const char *address, const char *because)
{
    const struct change *change = scene_change(scene, address);
    assert_int_equal(change->action, CHANGE_NONE);
    assert_non_null(change->skipped);
    assert_string_equal(change->skipped, because);
}

static void what_is_left_out_stays(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "a", NULL, "{\"size\": 1, \"price\": \"4 EUR\"}");
    scene_add(scene, "cloud.thing", "b", NULL, "{\"size\": 1, \"price\": \"2 EUR\"}");
    ask(scene, NULL, "cloud.thing/a");
    scene_plan(scene);
    expect_skipped(scene, "cloud.thing/a", "left out by --except");
    assert_int_equal(scene_change(scene, "cloud.thing/a")->skipped_action, CHANGE_CREATE);
    assert_int_equal(scene->plan->skipped_count, 1);
    assert_int_equal(scene->plan->add_count, 1);
    assert_int_equal(scene->plan->cost_after.units, 2 * MONEY_UNIT);
    assert_true(scene_try_apply(scene));
    assert_int_equal(fake_count(&scene->fake, "create cloud.thing/a"), 0);
    assert_int_equal(fake_count(&scene->fake, "create cloud.thing/b"), 1);
    // The next run without it is the remainder.
    ask(scene, NULL, NULL);
    scene_run(scene);
    assert_int_equal(fake_count(&scene->fake, "create cloud.thing/a"), 1);
    scene_expect_empty(scene);
    scene_free(scene);
}

static void what_needs_it_is_skipped(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add_host(scene);
    scene_add(scene, "file", "/free", "host/app", "{\"content\": \"x\"}");
    scene_add(scene, "cloud.thing", "apart", NULL, "{\"size\": 1}");
    ask(scene, NULL, "cloud.thing/web");
    scene_plan(scene);
    expect_skipped(scene, "host/app", "needs cloud.thing/web, which is left out");
    expect_skipped(scene, "app:file/free", "needs host/app, which is left out");
    assert_true(scene_try_apply(scene));
    assert_int_equal(fake_count(&scene->fake, "create cloud.thing/apart"), 1);
    assert_int_equal(fake_count(&scene->fake, "create cloud.thing/web"), 0);
    assert_int_equal(fake_count(&scene->fake, "create app:file/free"), 0);
    scene_free(scene);
}

static void what_it_cannot_do_without_comes_along(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add_host(scene);
    scene_add(scene, "file", "/free", "host/app", "{\"content\": \"x\"}");
    scene_add(scene, "cloud.thing", "apart", NULL, "{\"size\": 1}");
    ask(scene, "app:file/free", NULL);
    scene_plan(scene);
    assert_int_equal(scene_change(scene, "cloud.thing/web")->action, CHANGE_CREATE);
    assert_non_null(
        strstr(scene_change(scene, "cloud.thing/web")->reason, "(host/app needs it)"));
    expect_skipped(scene, "cloud.thing/apart", "left out by --only");
    assert_true(scene_try_apply(scene));
    assert_int_equal(fake_count(&scene->fake, "create app:file/free"), 1);
    assert_int_equal(fake_count(&scene->fake, "create cloud.thing/apart"), 0);
    // A change in place of what is there is not needed.
    scene->set.items[0].attributes = scene_value(scene, "{\"size\": 2}");
    scene->set.items[scene->set.count - 2].attributes =
        scene_value(scene, "{\"content\": \"y\"}");
    scene_plan(scene);
    expect_skipped(scene, "cloud.thing/web", "left out by --only");
    assert_int_equal(scene_change(scene, "app:file/free")->action, CHANGE_UPDATE);
    scene_free(scene);
}

static void except_outweighs_only(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add_host(scene);
    scene_add(scene, "file", "/free", "host/app", "{\"content\": \"x\"}");
    ask(scene, "app:file/free", "cloud.*");
    scene_plan(scene);
    expect_skipped(scene, "cloud.thing/web", "left out by --except");
    expect_skipped(scene, "app:file/free", "needs host/app, which is left out");
    assert_true(plan_is_empty(scene->plan));
    scene_free(scene);
}

static void by_tag_host_and_phase(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    const struct value *tags = scene_value(scene, "[\"base\",\"web\"]");
    scene_add(scene, "cloud.thing", "a", NULL, "{\"size\": 1}")->tags = tags;
    scene_add(scene, "cloud.thing", "b", NULL, "{\"size\": 1}")->phase = 2;
    scene_add(scene, "host", "app", NULL, "{\"address\": \"10.0.0.2\"}");
    scene_add(scene, "file", "/x", "host/app", "{\"content\": \"x\"}");
    ask(scene, "tag=web", NULL);
    scene_plan(scene);
    assert_int_equal(scene->plan->add_count, 1);
    assert_int_equal(scene_change(scene, "cloud.thing/a")->action, CHANGE_CREATE);
    ask(scene, "phase=2", NULL);
    scene_plan(scene);
    assert_int_equal(scene->plan->add_count, 1);
    assert_int_equal(scene_change(scene, "cloud.thing/b")->action, CHANGE_CREATE);
    ask(scene, NULL, "host=app");
    scene_plan(scene);
    assert_int_equal(scene->plan->add_count, 2);
    expect_skipped(scene, "app:file/x", "left out by --except");
    // What is recorded keeps its tags: it can be chosen when it is not declared any more.
    ask(scene, NULL, NULL);
    scene_run(scene);
    scene_restart(scene);
    ask(scene, "tag=base", NULL);
    scene_plan(scene);
    assert_int_equal(scene->plan->destroy_count, 1);
    assert_int_equal(scene_change(scene, "cloud.thing/a")->action, CHANGE_DELETE);
    scene_free(scene);
}

static void what_is_still_needed_is_not_removed(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "a", NULL, "{\"size\": 1}");
    scene_add(scene, "cloud.thing", "b", NULL,
              "{\"link\": {\"$reference\": \"cloud.thing/a.id\"}}");
    scene_run(scene);
    scene_restart(scene);
    ask(scene, NULL, "cloud.thing/b");
    scene_plan(scene);
    expect_skipped(scene, "cloud.thing/a", "cloud.thing/b, which is left out, needs it");
    assert_true(plan_is_empty(scene->plan));
    ask(scene, "cloud.thing/b", NULL);
    scene_run(scene);
    assert_int_equal(fake_count(&scene->fake, "delete cloud.thing/b"), 1);
    assert_int_equal(fake_count(&scene->fake, "delete cloud.thing/a"), 0);
    scene_free(scene);
}

static void a_host_that_is_left_out_need_not_answer(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "host", "app", NULL, "{\"address\": \"10.0.0.2\"}");
    scene_add(scene, "file", "/x", "host/app", "{\"content\": \"x\"}");
    scene_run(scene);
    scene_add(scene, "cloud.thing", "a", NULL, "{\"size\": 1}");
    map_put(&scene->fake.faults, "host/app", (void *) FAKE_UNREACHABLE);
    map_put(&scene->fake.faults, "app:file/x", (void *) FAKE_UNREACHABLE);
    assert_false(scene_try_plan(scene));
    ask(scene, NULL, "host=app");
    scene_run(scene);
    assert_int_equal(fake_count(&scene->fake, "create cloud.thing/a"), 1);
    assert_non_null(
        strstr(scene_change(scene, "app:file/x")->skipped, "it could not be read"));
    scene_free(scene);
}

static void by_group(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    const struct value *tags = scene_value(scene, "[\"web\"]");
    scene_add(scene, "host", "app", NULL, "{\"address\": \"10.0.0.2\"}")->tags = tags;
    scene_add(scene, "file", "/x", "host/app", "{\"content\": \"x\"}");
    scene_add(scene, "host", "db", NULL, "{\"address\": \"10.0.0.3\"}");
    scene_add(scene, "file", "/x", "host/db", "{\"content\": \"x\"}")->tags = tags;
    ask(scene, "group=web", NULL);
    scene_plan(scene);
    assert_int_equal(scene->plan->add_count, 2);
    assert_int_equal(scene_change(scene, "app:file/x")->action, CHANGE_CREATE);
    ask(scene, NULL, "group=web");
    scene_plan(scene);
    expect_skipped(scene, "app:file/x", "left out by --except");
    assert_int_equal(scene_change(scene, "db:file/x")->action, CHANGE_CREATE);
    ask(scene, "group=wbe", NULL);
    assert_false(scene_try_plan(scene));
    scene_free(scene);
}

static void silence(struct scene *scene, const char *host, const char *thing)
{
    map_put(&scene->fake.faults, host, (void *) FAKE_UNREACHABLE);
    map_put(&scene->fake.faults, thing, (void *) FAKE_UNREACHABLE);
}

static void a_host_that_does_not_answer_holds_up_its_branch_alone(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "host", "app", NULL, "{\"address\": \"10.0.0.2\"}");
    scene_add(scene, "file", "/x", "host/app", "{\"content\": \"x\"}");
    scene_add(scene, "host", "db", NULL, "{\"address\": \"10.0.0.3\"}");
    scene_run(scene);
    scene_after(scene, scene_add(scene, "cloud.thing", "a", NULL, "{\"size\": 1}"),
                "app:file/x");
    scene_add(scene, "cloud.thing", "b", NULL, "{\"size\": 1}");
    scene_add(scene, "file", "/y", "host/db", "{\"content\": \"y\"}");
    silence(scene, "host/app", "app:file/x");
    assert_false(scene_try_plan(scene));
    assert_int_equal(scene->fault.kind, FAULT_UNREACHABLE);
    scene->options.leave_unreached = true;
    scene_run(scene);
    assert_int_equal(fake_count(&scene->fake, "create cloud.thing/b"), 1);
    assert_int_equal(fake_count(&scene->fake, "create db:file/y"), 1);
    assert_int_equal(fake_count(&scene->fake, "create cloud.thing/a"), 0);
    expect_skipped(scene, "cloud.thing/a",
                   "needs app:file/x, whose host does not answer");
    assert_int_equal(scene->plan->unreached_count, 1);
    assert_string_equal(scene->plan->unreached[0].host, "host/app");
    assert_false(plan_is_whole(scene->plan, &scene->fault));
    assert_int_equal(scene->fault.kind, FAULT_UNREACHABLE);
    assert_non_null(strstr(scene->fault.what, "while reading host/app"));
    // When it answers again, the rest is done.
    map_clear(&scene->fake.faults);
    map_init(&scene->fake.faults);
    scene_run(scene);
    assert_true(plan_is_whole(scene->plan, &scene->fault));
    assert_int_equal(fake_count(&scene->fake, "create cloud.thing/a"), 1);
    assert_int_equal(fake_count(&scene->fake, "create cloud.thing/b"), 1);
    scene_free(scene);
}

// What was last seen of it says nothing about what was begun since.
static void what_was_cut_off_there_stays_open(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "host", "app", NULL, "{\"address\": \"10.0.0.2\"}");
    struct resource *file =
        scene_add(scene, "file", "/x", "host/app", "{\"content\": \"x\"}");
    scene_run(scene);
    file->attributes = scene_value(scene, "{\"content\": \"y\"}");
    fake_script(&scene->fake, "app:file/x", FAKE_LOST);
    scene_plan(scene);
    assert_false(scene_try_apply(scene));
    silence(scene, "host/app", "app:file/x");
    scene->options.leave_unreached = true;
    for (int again = 0; again < 2; again++) {
        scene_run(scene);
        assert_int_equal(scene->plan->settled_count, 1);
        assert_string_equal(scene->plan->settled[0],
                            "update app:file/x of run 2: not known, it cannot be read");
    }
    map_clear(&scene->fake.faults);
    map_init(&scene->fake.faults);
    scene_plan(scene);
    assert_string_equal(scene->plan->settled[0],
                        "update app:file/x of run 2: it happened");
    scene_free(scene);
}

static void what_is_on_it_is_not_removed_unseen(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "host", "app", NULL, "{\"address\": \"10.0.0.2\"}");
    scene_add(scene, "file", "/x", "host/app", "{\"content\": \"x\"}");
    scene_run(scene);
    scene_restart(scene);
    scene_add(scene, "host", "app", NULL, "{\"address\": \"10.0.0.2\"}");
    scene_after(scene, scene_add(scene, "cloud.thing", "a", NULL, "{\"size\": 1}"),
                "host/app");
    silence(scene, "host/app", "app:file/x");
    scene->options.leave_unreached = true;
    scene_plan(scene);
    assert_true(plan_is_empty(scene->plan));
    assert_non_null(scene_change(scene, "app:file/x")->skipped);
    scene_free(scene);
}

static void a_selector_must_select(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "alpha", NULL, "{\"size\": 1}");
    ask(scene, "cloud.thing/alhpa", NULL);
    assert_false(scene_try_plan(scene));
    assert_int_equal(scene->fault.kind, FAULT_USAGE);
    assert_string_equal(scene->fault.what, "--only=cloud.thing/alhpa selects nothing");
    assert_string_equal(scene->fault.next, "did you mean cloud.thing/alpha?");
    ask(scene, NULL, "phase=one");
    assert_false(scene_try_plan(scene));
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left_out_stays),
        cmocka_unit_test(what_needs_it_is_skipped),
        cmocka_unit_test(what_it_cannot_do_without_comes_along),
        cmocka_unit_test(except_outweighs_only),
        cmocka_unit_test(by_tag_host_and_phase),
        cmocka_unit_test(what_is_still_needed_is_not_removed),
        cmocka_unit_test(a_host_that_is_left_out_need_not_answer),
        cmocka_unit_test(by_group),
        cmocka_unit_test(a_host_that_does_not_answer_holds_up_its_branch_alone),
        cmocka_unit_test(what_was_cut_off_there_stays_open),
        cmocka_unit_test(what_is_on_it_is_not_removed_unseen),
        cmocka_unit_test(a_selector_must_select),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
