// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/duration.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)

static void reads_what_people_write(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {{"90d", 90 * DAY_MS},         {"1y", 365 * DAY_MS}, {"2w", 14 * DAY_MS},
                 {"12h", DAY_MS / 2},          {"1m", 60000},        {"007d", 7 * DAY_MS},
                 {"100000d", 100000 * DAY_MS}, {"30s", 30000}};
    struct fault fault;
    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t ms = 0;
        assert_true(duration_parse(cases[i].text, &ms, &fault));
        assert_int_equal(ms, cases[i].ms);
    }
}

static void refuses_anything_else(void **state)
{
    static const char *const cases[] = {
        "",   "d", "90", "0d", "-1d", "1.5d", "9 d", "90dd", "100001d", "99999999999999d",
        "90D"};
    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fault fault;
        int64_t ms = 7;
        assert_false(duration_parse(cases[i], &ms, &fault));
        assert_int_equal(ms, 7);
        assert_non_null(strstr(fault.next, "90d"));
    }
}

static void says_the_largest_unit(void **state)
{
    char text[DURATION_TEXT_SIZE];
    (void) state;
    assert_string_equal(duration_format(97 * DAY_MS + 5, text), "97 days");
    assert_string_equal(duration_format(DAY_MS, text), "1 day");
    assert_string_equal(duration_format(DAY_MS - 1, text), "23 hours");
    assert_string_equal(duration_format(60000, text), "1 minute");
    assert_string_equal(duration_format(90000, text), "90 seconds");
    assert_string_equal(duration_format(1000, text), "1 second");
    assert_string_equal(duration_format(0, text), "0 minutes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_people_write),
        cmocka_unit_test(refuses_anything_else),
        cmocka_unit_test(says_the_largest_unit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
