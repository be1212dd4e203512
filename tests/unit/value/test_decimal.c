// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "value/decimal.h"

#include <string.h>

static const char *again(const char *text)
{
    static char buffer[DECIMAL_TEXT_SIZE];
    int64_t count;
    return decimal_parse(text, strlen(text), &count) ? decimal_format(count, buffer)
                                                     : "refused";
}

static void what_is_read_is_written(void **state)
{
    static const char *const rows[][2] = {
        {"5.49", "5.4900000000"},
        {"0", "0.0000000000"},
        {"-0.5", "-0.5000000000"},
        {"7.", "7.0000000000"},
        {"007.0000000001", "7.0000000001"},
        {"0.00000000019", "0.0000000001"},
        {"99999999.9999999999", "99999999.9999999999"},
        {"-0", "0.0000000000"},
    };
    (void) state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(again(rows[i][0]), rows[i][1]);
}

static void all_else_is_refused(void **state)
{
    static const char *const rows[] = {"",    "-",   ".5",  "1,5", "1e5",      " 1",
                                       "1 ",  "+1",  "--1", "1.2.3", "1.5x",
                                       "123456789", "1-",  "0x1"};
    int64_t count;
    (void) state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(again(rows[i]), "refused");
    assert_false(decimal_parse("1\0", 2, &count));
    assert_true(decimal_parse("12", 1, &count));
    assert_int_equal(count, DECIMAL_UNIT);
}

static void scaling_rounds_half_up(void **state)
{
    int64_t scaled = 0;
    (void) state;
    assert_true(decimal_scale(5, 1, 10, &scaled));
    assert_int_equal(scaled, 1);
    assert_true(decimal_scale(4, 1, 10, &scaled));
    assert_int_equal(scaled, 0);
    assert_true(decimal_scale(-5, 1, 10, &scaled));
    assert_int_equal(scaled, 0);
    assert_true(decimal_scale(-6, 1, 10, &scaled));
    assert_int_equal(scaled, -1);
    assert_true(decimal_scale(99999999 * DECIMAL_UNIT, 2000, 10000, &scaled));
    assert_int_equal(scaled, 199999998 * (DECIMAL_UNIT / 10));
}

static void what_has_no_result_is_told(void **state)
{
    int64_t scaled;
    (void) state;
    assert_false(decimal_scale(1, 1, 0, &scaled));
    assert_false(decimal_scale(1, 1, -2, &scaled));
    assert_false(decimal_scale(INT64_MAX, INT64_MAX, 1, &scaled));
    assert_false(decimal_scale(INT64_MAX, -2, 1, &scaled));
}

static void every_count_fits_into_the_buffer(void **state)
{
    char buffer[DECIMAL_TEXT_SIZE];
    (void) state;
    assert_string_equal(decimal_format(INT64_MIN, buffer), "-922337203.6854775808");
    assert_string_equal(decimal_format(-1, buffer), "-0.0000000001");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_is_written),
        cmocka_unit_test(all_else_is_refused),
        cmocka_unit_test(scaling_rounds_half_up),
        cmocka_unit_test(what_has_no_result_is_told),
        cmocka_unit_test(every_count_fits_into_the_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
