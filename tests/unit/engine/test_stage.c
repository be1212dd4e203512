// SPDX-License-Identifier: MIT
#include "engine/stage.h"

#include "engine/scene.h"

static struct resource_deferral deferral = {
    .stage = "cluster",
    .waits_for = "cloud.thing/web.ip",
    .where = "playbooks/test.lua:3",
    .order = 2,
};

static void defer(struct scene *scene)
{
    scene->set.deferrals = &deferral;
    scene->set.deferral_count = 1;
}

// What the stage declares: a host of its own, a file on it, something in the cloud.
static void add_staged(struct scene *scene)
{
    scene_add(scene, "host", "inner", NULL, "{\"address\": \"10.9.9.9\"}")->stage =
        "cluster";
    scene_add(scene, "file", "/a", "host/inner",
              "{\"content\": \"x\", \"notify\": \"reload a\"}")
        ->stage = "cluster";
    scene_add(scene, "cloud.other", "staged", NULL, "{}")->stage = "cluster/deep";
}

static void what_a_deferred_stage_declared_stays(void **state)
{
    (void) state;
    struct scene *scene = scene_new(3, false);
    scene_add(scene, "cloud.thing", "web", NULL, "{\"size\": 1}");
    add_staged(scene);
    scene_run(scene);
    scene_expect_empty(scene);
    scene_restart(scene);
    scene_add(scene, "cloud.thing", "web", NULL, "{\"size\": 2}");
    defer(scene);
    fake_script(&scene->fake, "host/inner", FAKE_UNREACHABLE);
    fake_remove(&scene->fake, "cloud.other/staged");
    text_reset(&scene->fake.log);
    scene_plan(scene);
    const char *reason = "stage \"cluster\" is deferred: cloud.thing/web.ip is known "
                         "after apply";
    scene_expect(scene, "host/inner", CHANGE_NONE, reason);
    scene_expect(scene, "inner:file/a", CHANGE_NONE, reason);
    scene_expect(scene, "cloud.other/staged", CHANGE_NONE, reason);
    assert_string_equal(scene_change(scene, "inner:file/a")->deferred, "cluster");
    assert_int_equal(scene->plan->destroy_count, 0);
    assert_int_equal(scene->plan->deferral_count, 1);
    assert_int_equal(fake_count(&scene->fake, "observe host/inner"), 0);
    assert_true(scene_try_apply(scene));
    assert_non_null(fake_find(&scene->fake, "inner:file/a"));
    struct state_rows rows;
    assert_true(state_load(scene->engine.database, &scene->arena, &rows, &scene->fault));
    assert_int_equal(rows.count, 4);
    assert_string_equal(state_find(&rows, "cloud.other/staged")->stage, "cluster/deep");
    scene_free(scene);
}

static void a_stage_that_is_gone_is_destroyed(void **state)
{
    (void) state;
    struct scene *scene = scene_new(3, false);
    scene_add(scene, "cloud.thing", "web", NULL, "{}");
    scene_add(scene, "cloud.other", "of-it", NULL, "{}")->stage = "cluster";
    scene_add(scene, "cloud.other", "of-another", NULL, "{}")->stage = "clusters";
    scene_run(scene);
    scene_restart(scene);
    scene_add(scene, "cloud.thing", "web", NULL, "{}");
    scene_plan(scene);
    scene_expect(scene, "cloud.other/of-it", CHANGE_DELETE, "not declared any more");
    defer(scene);
    scene_plan(scene);
    scene_expect(scene, "cloud.other/of-another", CHANGE_DELETE, "not declared any more");
    scene->options.destroy = true;
    scene_plan(scene);
    scene_expect(scene, "cloud.other/of-it", CHANGE_DELETE, "destroyed");
    assert_int_equal(scene->plan->deferral_count, 0);
    scene_free(scene);
}

static void what_moves_into_a_deferred_stage_waits(void **state)
{
    (void) state;
    struct scene *scene = scene_new(3, false);
    scene_add(scene, "cloud.thing", "web", NULL, "{}");
    scene_add(scene, "cloud.other", "old", NULL, "{}");
    scene_run(scene);
    struct resource_move move = {
        .from = "cloud.other/old",
        .to = "cloud.other/new",
        .where = "playbooks/test.lua:9",
    };
    scene_restart(scene);
    scene_add(scene, "cloud.thing", "web", NULL, "{}");
    scene->set.moves = &move;
    scene->set.move_count = 1;
    defer(scene);
    scene_run(scene);
    assert_string_equal(scene_change(scene, "cloud.other/old")->deferred, "cluster");
    assert_non_null(fake_find(&scene->fake, "cloud.other/old"));
    scene_free(scene);
}

static void a_check_waits_for_the_stage_before_it(void **state)
{
    (void) state;
    struct scene *scene = scene_new(3, false);
    scene_add(scene, "cloud.thing", "web", NULL, "{}");
    scene_add(scene, "check.ok", "early", NULL, "{}");
    scene_add(scene, "check.ok", "late", NULL, "{}");
    defer(scene);
    scene_run(scene);
    assert_int_equal(fake_count(&scene->fake, "check check.ok/early"), 1);
    assert_int_equal(fake_count(&scene->fake, "check check.ok/late"), 0);
    scene->set.deferral_count = 0;
    scene_run(scene);
    assert_int_equal(fake_count(&scene->fake, "check check.ok/late"), 1);
    scene_free(scene);
}

// Killed while a stage was carried out: what it began has no row, or one with a step
// open.
static void open_steps_of_a_stage_stay_open(void **state)
{
    (void) state;
    struct scene *scene = scene_new(3, false);
    scene_add(scene, "cloud.thing", "web", NULL, "{}");
    scene_add(scene, "cloud.other", "staged", NULL, "{\"size\": 1}")->stage = "cluster";
    scene_run(scene);
    scene_restart(scene);
    scene_add(scene, "cloud.thing", "web", NULL, "{}");
    scene_add(scene, "cloud.other", "staged", NULL, "{\"size\": 2}")->stage = "cluster";
    scene_add(scene, "cloud.other", "new", NULL, "{}")->stage = "cluster";
    fake_script(&scene->fake, "cloud.other/staged", FAKE_LOST);
    fake_script(&scene->fake, "cloud.other/new", FAKE_LOST);
    scene_plan(scene);
    assert_false(scene_try_apply(scene));
    scene_restart(scene);
    scene_add(scene, "cloud.thing", "web", NULL, "{\"size\": 5}");
    defer(scene);
    scene_run(scene);
    assert_non_null(fake_find(&scene->fake, "cloud.other/new"));
    assert_int_equal(scene->plan->settled_count, 0);
    struct journal_open open;
    assert_true(
        journal_load_open(scene->engine.database, &scene->arena, &open, &scene->fault));
    assert_int_equal(open.step_count, 2);
    scene_restart(scene);
    scene->set.deferral_count = 0;
    fake_script(&scene->fake, "cloud.other/staged", FAKE_FINE);
    fake_script(&scene->fake, "cloud.other/new", FAKE_FINE);
    scene_add(scene, "cloud.thing", "web", NULL, "{\"size\": 5}");
    scene_add(scene, "cloud.other", "staged", NULL, "{\"size\": 2}")->stage = "cluster";
    scene_add(scene, "cloud.other", "new", NULL, "{}")->stage = "cluster";
    scene_run(scene);
    assert_int_equal(scene->plan->settled_count, 2);
    scene_expect_empty(scene);
    scene_free(scene);
}

struct moved {
    size_t count;
    char last[128];
};

static void on_moved(void *context, const struct value *reference,
                     const struct value *now)
{
    struct moved *moved = context;
    moved->count++;
    snprintf(moved->last, sizeof moved->last, "%s.%s %s", reference->reference.address,
             reference->reference.path,
             now->kind == VALUE_STRING ? now->string.bytes : value_kind_name(now->kind));
}

static void answers_must_hold(void **state)
{
    (void) state;
    struct scene *scene = scene_new(3, false);
    struct moved moved = {0};
    scene->options.moved = on_moved;
    scene->options.moved_context = &moved;
    scene_add(scene, "cloud.thing", "web", NULL, "{\"zone\": \"a\"}");
    scene_run(scene);
    const char *ip =
        value_find_text(fake_find(&scene->fake, "cloud.thing/web"), "ip", "");
    struct resource_answer answer = {
        .reference = value_reference(&scene->arena, "cloud.thing/web", "ip", false),
        .told = value_text(&scene->arena, ip),
    };
    scene->set.answers = &answer;
    scene->set.answer_count = 1;
    assert_true(scene_try_plan(scene));
    assert_int_equal(moved.count, 0);
    fake_drift(&scene->fake, "cloud.thing/web", "ip",
               value_text(&scene->arena, "10.1.1.1"));
    assert_false(scene_try_plan(scene));
    assert_int_equal(scene->fault.kind, FAULT_STALE);
    assert_string_equal(moved.last, "cloud.thing/web.ip 10.1.1.1");
    scene_restart(scene);
    scene_add(scene, "cloud.thing", "web", NULL, "{\"zone\": \"b\"}");
    assert_false(scene_try_plan(scene));
    assert_string_equal(moved.last, "cloud.thing/web.ip unknown");
    assert_int_equal(moved.count, 2);
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_deferred_stage_declared_stays),
        cmocka_unit_test(a_stage_that_is_gone_is_destroyed),
        cmocka_unit_test(what_moves_into_a_deferred_stage_waits),
        cmocka_unit_test(a_check_waits_for_the_stage_before_it),
        cmocka_unit_test(open_steps_of_a_stage_stay_open),
        cmocka_unit_test(answers_must_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
