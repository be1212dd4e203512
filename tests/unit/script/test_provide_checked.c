// SPDX-License-Identifier: MIT
#include "script/fixture.h"

#include "engine/plan.h"
#include "script/provide_checked.h"

#include <lauxlib.h>
#include <lualib.h>

static struct step taken(struct fixture *fixture, const char *answer)
{
    static const struct change change = {.address = "check.load/a"};
    struct step step = {.change = &change, .outcome = STEP_DONE};
    lua_State *lua = luaL_newstate();
    assert_int_equal(luaL_dostring(lua, answer), LUA_OK);
    provide_checked_take(lua, &step, &fixture->arena);
    lua_close(lua);
    return step;
}

static void measurements_and_warnings_are_taken(void **state)
{
    struct fixture *fixture = *state;
    struct step step = taken(
        fixture, "return { status = 200, measured = { { name = 'p95_ms', value = 12.5, "
                 "unit = 'ms' }, { name = 'errors', value = 0 } }, warning = 'one', "
                 "warnings = { 'two', 'three' }, note = 'as before' }");
    assert_int_equal(step.outcome, STEP_DONE);
    assert_int_equal(value_find_integer(step.found, "status", 0), 200);
    assert_int_equal(step.answer.measured.count, 2);
    assert_string_equal(step.answer.measured.rows[0].name, "p95_ms");
    assert_true(step.answer.measured.rows[0].value == 12.5);
    assert_string_equal(step.answer.measured.rows[0].unit, "ms");
    assert_true(step.answer.measured.rows[1].value == 0.0);
    assert_null(step.answer.measured.rows[1].unit);
    assert_int_equal(step.answer.measured.rows[1].at_ms, 0);
    assert_int_equal(step.answer.warning_count, 3);
    assert_string_equal(step.answer.warnings[0], "one");
    assert_string_equal(step.answer.warnings[2], "three");
    assert_string_equal(step.answer.note, "as before");
}

static void a_measurement_may_tell_its_time(void **state)
{
    struct fixture *fixture = *state;
    struct step step =
        taken(fixture, "return { measured = { { name = 'cpu', value = 1, at = 1790000000 "
                       "}, { name = 'cpu', value = 2, at = 1790000060.25 } } }");
    assert_int_equal(step.outcome, STEP_DONE);
    assert_true(step.answer.measured.rows[0].at_ms == 1790000000000);
    assert_true(step.answer.measured.rows[1].at_ms == 1790000060250);
}

static void nothing_to_take_is_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct step step = taken(fixture, "return { measured = {}, warnings = {} }");
    assert_int_equal(step.outcome, STEP_DONE);
    assert_int_equal(step.answer.measured.count + step.answer.warning_count, 0);
    step = taken(fixture, "return nil");
    assert_int_equal(step.outcome, STEP_DONE);
}

static void what_is_no_measurement_fails_the_check(void **state)
{
    struct fixture *fixture = *state;
    static const char *const answers[] = {
        "return { measured = 'fast' }",
        "return { measured = { { value = 1 } } }",
        "return { measured = { { name = 'x', value = '1' } } }",
        "return { measured = { { name = 'x', value = 1, at = 'noon' } } }",
        "return { measured = { { name = 'x', value = 1, at = 0 } } }",
        "return { measured = { { name = 'x', value = 1, at = 1790000000000 } } }",
        "return { warning = 7 }",
        "return { warnings = { {} } }",
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct step step = taken(fixture, answers[i]);
        if (step.outcome != STEP_FAILED)
            fail_msg("%s passed", answers[i]);
        assert_non_null(strstr(step.fault.what, "of check.load/a is not what it must"));
    }
}

static void the_times_before_are_told_by_name(void **state)
{
    (void) state;
    static const struct record_measurement rows[] = {
        {2, "a", "p50_ms", 1.5, "ms", 7000},
        {2, "a", "p95_ms", 12.5, "ms", 7000},
        {1, "a", "p95_ms", 10, "ms", 3000}};
    lua_State *lua = luaL_newstate();
    luaL_openlibs(lua);
    provide_checked_push(lua, &(struct record_measurements){rows, 3});
    lua_setglobal(lua, "last");
    if (luaL_dostring(lua, "assert(#last.p50_ms == 1 and #last.p95_ms == 2)\n"
                           "assert(last.p95_ms[1].value == 12.5)\n"
                           "assert(last.p95_ms[2].value == 10)\n"
                           "assert(last.p95_ms[2].at == 3 and not last.errors)\n"
                           "assert(last.p50_ms[1].unit == 'ms')") != LUA_OK)
        fail_msg("%s", lua_tostring(lua, -1));
    lua_close(lua);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(measurements_and_warnings_are_taken),
        FIXTURE_TEST(a_measurement_may_tell_its_time),
        FIXTURE_TEST(the_times_before_are_told_by_name),
        FIXTURE_TEST(nothing_to_take_is_nothing),
        FIXTURE_TEST(what_is_no_measurement_fails_the_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
