// SPDX-License-Identifier: MIT
#include "value/fixture.h"

#include "value/value.h"

#include <math.h>

enum { MOST = 64 };

static size_t fill(const struct value *all[MOST])
{
    const struct value *item = value_text(&arena, "a");
    const struct value *items[] = {item, value_integer(&arena, 1)};
    struct value_entry entries[] = {{"a", item}, {"b", items[1]}};
    const struct value *const given[] = {
        NULL,
        value_bool(false),
        value_bool(true),
        value_number(&arena, NAN),
        value_number(&arena, -INFINITY),
        value_number(&arena, -0x1p63),
        value_integer(&arena, INT64_MIN + 1),
        value_number(&arena, -1.5),
        value_integer(&arena, -1),
        value_number(&arena, -0.5),
        value_number(&arena, 0.0),
        value_number(&arena, 0.5),
        value_integer(&arena, 1),
        value_number(&arena, 9007199254740992.0),
        value_integer(&arena, INT64_C(9007199254740993)),
        value_integer(&arena, INT64_MAX),
        value_number(&arena, 0x1p63),
        value_number(&arena, INFINITY),
        value_text(&arena, ""),
        value_text(&arena, "a"),
        value_string(&arena, "a\0", 2),
        value_text(&arena, "b"),
        value_secret(&arena, "secret/x", "\xff", 1),
        value_list(&arena, NULL, 0),
        value_list(&arena, &item, 1),
        value_list(&arena, &items[1], 1),
        value_map(&arena, NULL, 0),
        value_map(&arena, entries, 1),
        value_map(&arena, entries, 2),
        value_map(&arena, entries + 1, 1),
        value_unknown(&arena, "t/a", "x", false),
        value_unknown(&arena, "t/b", "a", false),
        value_reference(&arena, "t/a", "x", false),
        value_reference(&arena, "t/a", "y", false),
        value_template(&arena, items, 2),
    };
    size_t count = sizeof given / sizeof *given;

    for (size_t i = 0; i < count; i++) {
        all[i] = given[i];
    }
    return count;
}

static void is_a_total_order(void **state)
{
    const struct value *all[MOST];
    size_t count = fill(all);

    (void) state;
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(value_compare(all[i], all[i]), 0);
        for (size_t j = 0; j < count; j++) {
            int order = value_compare(all[i], all[j]);
            int back = value_compare(all[j], all[i]);
            assert_int_equal((order > 0) - (order < 0), (back < 0) - (back > 0));
            assert_true((order == 0) == (i == j));
            for (size_t k = 0; k < count; k++) {
                if (order < 0 && value_compare(all[j], all[k]) < 0) {
                    assert_true(value_compare(all[i], all[k]) < 0);
                }
            }
        }
    }
}

static void agrees_with_equality(void **state)
{
    const struct value *secret = value_secret(&arena, "secret/x", "a", 1);

    (void) state;
    assert_int_equal(value_compare(secret, value_text(&arena, "a")), 0);
    assert_int_equal(value_compare(value_integer(&arena, 3), value_number(&arena, 3)), 0);
    assert_int_equal(value_compare(NULL, value_null()), 0);
    assert_int_equal(value_compare(value_reference(&arena, "t/a", "x", true),
                                   value_reference(&arena, "t/a", "x", false)),
                     0);
}

static void sorts_numbers_by_worth(void **state)
{
    const struct value *all[MOST];

    (void) state;
    fill(all);
    for (size_t i = 3; i < 17; i++) {
        assert_true(value_compare(all[i], all[i + 1]) < 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_a_total_order),
        cmocka_unit_test(agrees_with_equality),
        cmocka_unit_test(sorts_numbers_by_worth),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
