// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "view/time_view.h"

#include <stdlib.h>
#include <time.h>

static void moments_are_told_where_the_reader_is(void **state)
{
    char text[TIME_VIEW_SIZE];
    (void) state;
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1); // no list of zones is needed
    tzset();
    assert_string_equal(time_view_local(INT64_C(1795254000000), text),
                        "2026-11-21 10:40");
    setenv("TZ", "UTC", 1);
    tzset();
    assert_string_equal(time_view_local(INT64_C(1795254000000), text),
                        "2026-11-21 09:40");
}

static void ago_is_the_largest_whole_unit(void **state)
{
    const struct {
        int64_t seconds;
        const char *told;
    } cases[] = {
        {0, "just now"},
        {59, "just now"},
        {60, "1 minute ago"},
        {3599, "59 minutes ago"},
        {3600, "1 hour ago"},
        {86400 * 6, "6 days ago"},
        {86400 * 13, "1 week ago"},
        {86400 * 70, "2 months ago"},
        {86400 * 800, "2 years ago"},
        {-5, "just now"},
    };
    char text[TIME_VIEW_SIZE];
    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(time_view_ago(1000, 1000 + cases[i].seconds * 1000, text),
                            cases[i].told);
}

static void spans_have_two_units_at_most(void **state)
{
    char text[TIME_VIEW_SIZE];
    (void) state;
    assert_string_equal(time_view_span(412, text), "0.4 s");
    assert_string_equal(time_view_span(12900, text), "12 s");
    assert_string_equal(time_view_span(185000, text), "3 min 05 s");
    assert_string_equal(time_view_span(7800000, text), "2 h 10 min");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_told_where_the_reader_is),
        cmocka_unit_test(ago_is_the_largest_whole_unit),
        cmocka_unit_test(spans_have_two_units_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
