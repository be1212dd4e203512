// SPDX-License-Identifier: MIT
#include "engine/schema.h"

#include "engine/scene.h"

struct checked {
    struct arena arena;
    struct fault fault;
    const struct value *value;
};

static bool check(struct checked *checked, const char *type, const char *json)
{
    const struct value *declared;
    arena_init(&checked->arena, 0);
    fault_clear(&checked->fault);
    assert_true(
        json_read(&checked->arena, json, strlen(json), &declared, &checked->fault));
    return schema_check(fake_schema(NULL, type), &checked->arena, "playbooks/a.lua:12",
                        "cloud.thing/x", declared, &checked->value, &checked->fault);
}

static void expect_fault(const char *json, const char *what, const char *next)
{
    struct checked checked;
    assert_false(check(&checked, "cloud.thing", json));
    if (strcmp(checked.fault.what, what) != 0 || strcmp(checked.fault.next, next) != 0)
        fail_msg("\"%s\" / \"%s\"", checked.fault.what, checked.fault.next);
    assert_string_equal(checked.fault.where, "playbooks/a.lua:12");
    arena_clear(&checked.arena);
}

static void names_are_checked(void **state)
{
    (void) state;
    expect_fault("{\"szie\": 1}", "cloud.thing/x: cloud.thing has no attribute \"szie\"",
                 "did you mean \"size\"?");
    expect_fault("{\"xyzzy\": 1}",
                 "cloud.thing/x: cloud.thing has no attribute \"xyzzy\"",
                 "see `pipster types cloud.thing`");
    expect_fault("{\"ip\": \"1\"}", "cloud.thing/x: ip cannot be declared", "");
    expect_fault("{\"labels\": {\"$x\": 1, \"b\": 2}}",
                 "cloud.thing/x: a key in labels begins with \"$\": \"$x\"", "");
}

static void kinds_are_checked(void **state)
{
    (void) state;
    expect_fault("{\"size\": \"big\"}", "cloud.thing/x: size must be a whole number", "");
    expect_fault("{\"size\": 1.5}", "cloud.thing/x: size must be a whole number", "");
    expect_fault("{\"parts\": \"a\"}", "cloud.thing/x: parts must be a list",
                 "write parts = { … }");
    expect_fault("{\"parts\": [\"a\", 1]}",
                 "cloud.thing/x: parts must be a string, while checking item 2", "");
    expect_fault("{\"colour\": \"gren\"}", "cloud.thing/x: colour cannot be \"gren\"",
                 "did you mean \"green\"?");
    expect_fault(
        "{\"type\": 3}",
        "cloud.thing/x: type must be a string, or a list of strings tried in order", "");
    expect_fault(
        "[1]", "cloud.thing/x: the declaration must be a table of names and values", "");
}

static void what_fits_passes(void **state)
{
    (void) state;
    struct checked checked;
    assert_true(check(&checked, "cloud.thing",
                      "{\"size\": 3.0, \"parts\": {}, \"labels\": [], \"type\": [\"a\"],"
                      " \"zone\": {\"$reference\": \"cloud.thing/y.zone\"},"
                      " \"image\": {\"$template\": [\"a\"]}, \"colour\": null}"));
    assert_int_equal(value_find(checked.value, "size")->kind, VALUE_INTEGER);
    assert_int_equal(value_find(checked.value, "parts")->kind, VALUE_LIST);
    assert_int_equal(value_find(checked.value, "labels")->kind, VALUE_MAP);
    assert_null(value_find(checked.value, "colour"));
    arena_clear(&checked.arena);
}

static void missing_and_default(void **state)
{
    (void) state;
    static const struct schema_attribute with_default[] = {
        {.name = "a", .kind = SCHEMA_INTEGER},
        {.name = "b", .kind = SCHEMA_BOOL, .required = true, .doc = "to be or not"},
    };
    struct schema_attribute attributes[2] = {with_default[0], with_default[1]};
    struct schema schema = {.type = "t", .attributes = attributes, .attribute_count = 2};
    struct arena arena;
    struct fault fault;
    const struct value *checked;
    arena_init(&arena, 0);
    attributes[0].fallback = value_integer(&arena, 7);
    assert_false(schema_check(&schema, &arena, "w", "t/x", NULL, &checked, &fault));
    assert_string_equal(fault.what, "t/x: b is missing");
    assert_string_equal(fault.why, "t needs it: to be or not");
    attributes[1].required = false;
    assert_true(schema_check(&schema, &arena, "w", "t/x", NULL, &checked, &fault));
    assert_int_equal(value_find_integer(checked, "a", 0), 7);
    arena_clear(&arena);
}

static void nearest_words(void **state)
{
    (void) state;
    const char *const words[] = {"location", "image", "firewalls", "type"};
    assert_string_equal(schema_nearest("loaction", words, 4), "location");
    assert_string_equal(schema_nearest("firewal", words, 4), "firewalls");
    assert_string_equal(schema_nearest("tpye", words, 4), "type");
    assert_null(schema_nearest("quux", words, 4));
    assert_null(schema_nearest("", words, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_checked), cmocka_unit_test(kinds_are_checked),
        cmocka_unit_test(what_fits_passes),  cmocka_unit_test(missing_and_default),
        cmocka_unit_test(nearest_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
