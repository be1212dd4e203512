// SPDX-License-Identifier: MIT
#include "engine/apply_check.h"

#include "engine/scene.h"
#include "store/measurement.h"

static struct record_run *newest_run(struct scene *scene, size_t *count)
{
    struct record_run *runs = NULL;
    assert_true(journal_load_runs(scene->engine.database, &scene->arena, 0, &runs, count,
                                  &scene->fault));
    return runs;
}

static size_t runs_after_another(struct scene *scene, enum fake_fault what)
{
    size_t count = 0;
    fake_script(&scene->fake, "check.ok/one", what);
    scene_expect_empty(scene);
    assert_int_equal(scene_try_apply(scene), what != FAKE_FAIL);
    newest_run(scene, &count);
    return count;
}

static void a_warning_passes_and_is_kept(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct record_measurements found;
    size_t count = 0;
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    scene_add(scene, "check.ok", "one", NULL, "{}");
    fake_script(&scene->fake, "check.ok/one", FAKE_WARN);
    scene_run(scene);
    assert_int_equal(scene->result.check_passed_count, 1);
    assert_int_equal(scene->result.check_warned_count, 1);
    const struct record_run *run = newest_run(scene, &count);
    assert_int_equal(count, 1);
    assert_string_equal(run->outcome, "done");
    assert_int_equal(value_find_integer(run->summary, "checks_warned", 0), 1);
    assert_string_equal(
        json_text(&scene->arena, value_find(run->summary, "checks")),
        "[{\"address\":\"check.ok/one\",\"passed\":true,"
        "\"warnings\":[\"p95 is 140 ms, over 100 ms\"]}]");
    assert_true(measurement_load_run(scene->engine.database, &scene->arena, run->id,
                                     &found, &scene->fault));
    assert_int_equal(found.count, 1);
    assert_string_equal(found.rows[0].address, "check.ok/one");
    assert_string_equal(found.rows[0].name, "p95_ms");
    assert_true(found.rows[0].value == 140.0 && found.rows[0].at_ms > 0);
    scene_free(scene);
}

// The newest run that judged says how it is: nothing new is not told again.
static void a_run_without_changes_is_kept_when_it_tells_something(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    scene_add(scene, "check.ok", "one", NULL, "{}");
    scene_run(scene);
    assert_int_equal(runs_after_another(scene, FAKE_FINE), 1);
    assert_int_equal(scene->result.run, 0);
    assert_int_equal(runs_after_another(scene, FAKE_MEASURE), 2);
    assert_int_equal(scene->result.run, 2);
    assert_int_equal(fake_count(&scene->fake, "last 140"), 0);
    assert_int_equal(runs_after_another(scene, FAKE_FINE), 2);
    assert_int_equal(runs_after_another(scene, FAKE_WARN), 3);
    assert_int_equal(fake_count(&scene->fake, "last 140 of 1"), 1);
    assert_int_equal(runs_after_another(scene, FAKE_FINE), 4);
    assert_int_equal(runs_after_another(scene, FAKE_FINE), 4);
    assert_int_equal(runs_after_another(scene, FAKE_FAIL), 5);
    assert_int_equal(runs_after_another(scene, FAKE_FINE), 6);
    size_t count = 0;
    const struct record_run *runs = newest_run(scene, &count);
    assert_string_equal(runs[0].outcome, "done");
    assert_string_equal(runs[1].outcome, "failed");
    assert_true(runs[1].begun_at_ms <= runs[1].ended_at_ms);
    scene_free(scene);
}

static void what_was_sampled_before_keeps_its_time_and_is_kept_once(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct record_measurements found;
    scene_add(scene, "cloud.thing", "a", NULL, "{}");
    scene_add(scene, "check.ok", "one", NULL, "{}");
    fake_script(&scene->fake, "check.ok/one", FAKE_SAMPLE);
    scene_run(scene);
    fake_script(&scene->fake, "check.ok/one", FAKE_SAMPLE);
    scene_expect_empty(scene);
    assert_true(scene_try_apply(scene));
    assert_true(measurement_load_since(scene->engine.database, &scene->arena, "cpu", 0,
                                       &found, &scene->fault));
    assert_int_equal(found.count, 2);
    assert_int_equal(found.rows[0].at_ms, 7000);
    assert_int_equal(found.rows[1].at_ms, 8000);
    assert_int_equal(found.rows[1].run, 1);
    assert_string_equal(found.rows[1].address, "check.ok/one");
    scene_free(scene);
}

static void without_a_database_nothing_is_kept(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, true);
    scene_add(scene, "check.ok", "one", NULL, "{}");
    fake_script(&scene->fake, "check.ok/one", FAKE_WARN);
    scene_run(scene);
    assert_int_equal(scene->result.check_warned_count, 1);
    assert_int_equal(scene->result.run, 0);
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_warning_passes_and_is_kept),
        cmocka_unit_test(a_run_without_changes_is_kept_when_it_tells_something),
        cmocka_unit_test(what_was_sampled_before_keeps_its_time_and_is_kept_once),
        cmocka_unit_test(without_a_database_nothing_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
