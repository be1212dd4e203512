// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "value/json.h"
#include "view/step_view.h"

#include <string.h>

static const struct value *read(struct arena *arena, const char *json)
{
    const struct value *value = NULL;
    struct fault fault;
    assert_true(json_read(arena, json, strlen(json), &value, &fault));
    return value;
}

static void digests_of_secrets_are_never_shown(void **state)
{
    struct arena arena;
    (void) state;
    arena_init(&arena, 0);
    const struct value *hidden = step_view_hide(
        &arena, read(&arena, "{\"env\": [{\"K\": {\"$secret\": \"secret/k\","
                             " \"digest\": \"d1g\"}}, {\"$secret\": \"secret/j\"}]}"));
    assert_string_equal(json_text(&arena, hidden),
                        "{\"env\":[{\"K\":{\"$secret\":\"secret/k\"}},"
                        "{\"$secret\":\"secret/j\"}]}");
    arena_clear(&arena);
}

static void fields_are_those_that_the_step_told(void **state)
{
    struct arena arena;
    size_t count = 0;
    (void) state;
    arena_init(&arena, 0);
    const struct record_step step = {
        .before = read(&arena, "{\"size\": 1, \"id\": 7}"),
        .after = read(&arena, "{\"size\": 2, \"key\": \"k\", \"same\": 3}"),
        .fields = read(&arena, "{\"key\": true, \"size\": false}"),
    };
    const struct step_field *fields = step_view_fields(&arena, &step, &count);
    assert_int_equal(count, 2);
    assert_string_equal(fields[0].name, "key");
    assert_null(fields[0].before);
    assert_true(fields[0].secret);
    assert_int_equal(fields[1].before->integer, 1);
    assert_int_equal(fields[1].after->integer, 2);
    assert_false(fields[1].secret);
    arena_clear(&arena);
}

static void an_older_step_is_compared(void **state)
{
    struct arena arena;
    size_t count = 0;
    (void) state;
    arena_init(&arena, 0);
    struct record_step step = {
        .before = read(&arena, "{\"size\": 1, \"same\": 3, \"id\": 7}"),
        .after = read(&arena, "{\"size\": 2, \"same\": 3}"),
    };
    const struct step_field *fields = step_view_fields(&arena, &step, &count);
    assert_int_equal(count, 1);
    assert_string_equal(fields[0].name, "size");
    step.before = NULL; // a create
    step_view_fields(&arena, &step, &count);
    assert_int_equal(count, 0);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_of_secrets_are_never_shown),
        cmocka_unit_test(fields_are_those_that_the_step_told),
        cmocka_unit_test(an_older_step_is_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
