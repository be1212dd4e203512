// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"

#include <stdlib.h>

static void reads_the_fixed_clock(void **state)
{
    (void) state;
    setenv("SOURCE_DATE_EPOCH", "1795341480", 1);
    assert_int_equal(clock_now_ms(), INT64_C(1795341480000));
    setenv("SOURCE_DATE_EPOCH", "0", 1);
    assert_int_equal(clock_now_ms(), 0);
}

static void ignores_a_senseless_fixed_clock(void **state)
{
    static const char *const senseless[] = {
        "", "-5", " 5", "5x", "now", "99999999999999999999", "9999999999999",
    };

    (void) state;
    for (size_t i = 0; i < sizeof senseless / sizeof *senseless; i++) {
        setenv("SOURCE_DATE_EPOCH", senseless[i], 1);
        assert_true(clock_now_ms() > INT64_C(1700000000000));
    }
    unsetenv("SOURCE_DATE_EPOCH");
    assert_true(clock_now_ms() > INT64_C(1700000000000));
}

static void never_goes_back(void **state)
{
    int64_t before = clock_monotonic_ms();

    (void) state;
    assert_true(clock_monotonic_ms() >= before);
}

static void formats_in_utc(void **state)
{
    char text[CLOCK_TEXT_SIZE];

    (void) state;
    setenv("TZ", "Asia/Tokyo", 1);
    assert_string_equal(clock_format(INT64_C(1795341480999), text),
                        "2026-11-22T09:58:00Z");
    assert_string_equal(clock_format(0, text), "1970-01-01T00:00:00Z");
    assert_string_equal(clock_format(-1, text), "1969-12-31T23:59:59Z");
    assert_string_equal(clock_format(-1000, text), "1969-12-31T23:59:59Z");
    assert_string_equal(clock_format(INT64_C(951782400000), text),
                        "2000-02-29T00:00:00Z");
    clock_format(INT64_MAX, text);
    clock_format(INT64_MIN, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_fixed_clock),
        cmocka_unit_test(ignores_a_senseless_fixed_clock),
        cmocka_unit_test(never_goes_back),
        cmocka_unit_test(formats_in_utc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
