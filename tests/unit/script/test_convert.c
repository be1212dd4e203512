// SPDX-License-Identifier: MIT
#include "script/fixture.h"

#include "script/convert.h"
#include "script/machine.h"
#include "script/reference.h"
#include "value/json.h"

#include <lauxlib.h>

struct trip {
    struct arena *arena;
    const struct value *value;
    const struct value *back;
    enum convert_null null;
};

static int there_and_back(lua_State *lua)
{
    struct trip *trip = lua_touserdata(lua, 1);
    int top = lua_gettop(lua);
    convert_push(lua, trip->value, trip->null);
    assert_int_equal(lua_gettop(lua), top + 1);
    trip->back = convert_check(lua, -1, trip->arena);
    assert_int_equal(lua_gettop(lua), top + 1);
    return 0;
}

static void travel(struct fixture *fixture, struct trip *trip)
{
    trip->arena = &fixture->arena;
    if (!script_protect(fixture->script, there_and_back, trip, &fixture->fault)) {
        fail_msg("%s", fixture->fault.what);
    }
}

static void test_json_comes_back_the_same(void **state)
{
    static const char *const texts[] = {
        "[]",
        "{}",
        "{\"a\":[],\"b\":{},\"c\":[[]]}",
        "[1,2.5,true,false,\"x\\u0000y\",null]",
        "{\"deep\":{\"er\":[{\"k\":\"v\"}]},\"n\":-9223372036854775808}",
        "\"\"",
        "null"};
    struct fixture *fixture = *state;
    fixture_start(fixture);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct trip trip = {.null = CONVERT_NULL_IS_MARK};
        assert_true(json_read(&fixture->arena, texts[i], strlen(texts[i]), &trip.value,
                              &fixture->fault));
        travel(fixture, &trip);
        assert_string_equal(json_text(&fixture->arena, trip.back), texts[i]);
    }
}

static void test_boxes_come_back_the_same(void **state)
{
    struct fixture *fixture = *state;
    struct arena *arena = &fixture->arena;
    fixture_start(fixture);
    const struct value *parts[] = {value_text(arena, "a"),
                                   value_reference(arena, "x/y", "z", false)};
    const struct value *values[] = {
        value_reference(arena, "secret/a", "value", true),
        value_unknown(arena, "x/y", "", false),
        value_template(arena, parts, 2),
        value_secret(arena, "secret/a", "by\0tes", 6),
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct trip trip = {.value = values[i]};
        travel(fixture, &trip);
        assert_ptr_not_equal(trip.back, values[i]);
        assert_int_equal(trip.back->kind, values[i]->kind);
        // Unknown equals nothing, not even itself.
        assert_int_equal(value_equal(trip.back, values[i]),
                         values[i]->kind != VALUE_UNKNOWN);
    }
}

struct join {
    struct arena *arena;
    const struct value *left;
    const struct value *right;
    const struct value *joined;
};

static int join(lua_State *lua)
{
    struct join *asked = lua_touserdata(lua, 1);
    convert_push(lua, asked->left, CONVERT_NULL_IS_NIL);
    convert_push(lua, asked->right, CONVERT_NULL_IS_NIL);
    reference_join(lua, 2, 3);
    asked->joined = convert_check(lua, -1, asked->arena);
    return 0;
}

static void test_joins(void **state)
{
    struct fixture *fixture = *state;
    struct arena *arena = &fixture->arena;
    fixture_start(fixture);
    const struct value *text = value_text(arena, "text");
    const struct value *secret = value_secret(arena, "secret/a", "pass", 4);
    const struct value *unknown = value_unknown(arena, "x/y", "ip", false);
    const struct value *reference = value_reference(arena, "x/y", "ip", false);
    const struct {
        const struct value *left;
        const struct value *right;
        enum value_kind kind;
    } cases[] = {
        {text, text, VALUE_STRING},        {text, value_integer(arena, 5), VALUE_STRING},
        {text, secret, VALUE_SECRET},      {secret, secret, VALUE_SECRET},
        {secret, unknown, VALUE_UNKNOWN},  {unknown, text, VALUE_UNKNOWN},
        {reference, text, VALUE_TEMPLATE}, {reference, secret, VALUE_TEMPLATE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct join asked = {arena, cases[i].left, cases[i].right, NULL};
        assert_true(script_protect(fixture->script, join, &asked, &fixture->fault));
        assert_int_equal(asked.joined->kind, cases[i].kind);
        if (cases[i].kind == VALUE_UNKNOWN) {
            assert_int_equal(asked.joined->reference.secret, i == 4);
        }
    }
    struct join asked = {arena, text, secret, NULL};
    assert_true(script_protect(fixture->script, join, &asked, &fixture->fault));
    assert_int_equal(asked.joined->secret.length, 8);
    assert_memory_equal(asked.joined->secret.bytes, "textpass", 8);
    asked.right = value_bool(true);
    assert_false(script_protect(fixture->script, join, &asked, &fixture->fault));
    assert_non_null(strstr(fixture->fault.what, "boolean"));
}

static int push_function(lua_State *lua)
{
    struct arena *arena = lua_touserdata(lua, 1);
    lua_newtable(lua);
    lua_pushcfunction(lua, push_function);
    lua_setfield(lua, -2, "f");
    convert_check(lua, -1, arena);
    return 0;
}

static void test_functions_are_no_values(void **state)
{
    struct fixture *fixture = *state;
    fixture_start(fixture);
    assert_false(
        script_protect(fixture->script, push_function, &fixture->arena, &fixture->fault));
    assert_non_null(strstr(fixture->fault.what, "function cannot be used as a value"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_json_comes_back_the_same),
        FIXTURE_TEST(test_boxes_come_back_the_same),
        FIXTURE_TEST(test_joins),
        FIXTURE_TEST(test_functions_are_no_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
