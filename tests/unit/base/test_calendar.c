// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "base/calendar.h"

// Every day of eight centuries, beside what the C library makes of it.
static void days_are_those_of_the_c_library(void **state)
{
    (void) state;
    for (int64_t day = -141000; day < 150000; day++) {
        time_t seconds = (time_t) (day * 86400);
        struct tm parts;
        gmtime_r(&seconds, &parts);
        struct calendar_date date = calendar_date_of(day * CALENDAR_DAY_MS);
        if (date.year != parts.tm_year + 1900 || date.month != parts.tm_mon + 1 ||
            date.day != parts.tm_mday || calendar_ms(date) != day * CALENDAR_DAY_MS)
            fail_msg("day %d is told as %d-%d-%d", (int) day, date.year, date.month,
                     date.day);
    }
}

static void a_day_ends_with_its_last_millisecond(void **state)
{
    char text[CALENDAR_TEXT_SIZE];
    (void) state;
    assert_string_equal(calendar_format(calendar_date_of(-1), text), "1969-12-31");
    assert_string_equal(calendar_format(calendar_date_of(0), text), "1970-01-01");
    assert_string_equal(calendar_format(calendar_date_of(86399999), text), "1970-01-01");
    assert_string_equal(calendar_format(calendar_date_of(INT64_MAX), text), "9999-12-31");
    assert_string_equal(calendar_format(calendar_date_of(INT64_MIN), text), "0001-01-01");
}

static void months_later_keep_the_day_where_there_is_one(void **state)
{
    static const struct {
        const char *from;
        int months;
        const char *to;
    } cases[] = {
        {"2026-01-31", 1, "2026-02-28"},    {"2028-01-31", 1, "2028-02-29"},
        {"2026-01-31", 2, "2026-03-31"},    {"2026-11-30", 3, "2027-02-28"},
        {"2026-03-31", -1, "2026-02-28"},   {"2026-12-15", 1, "2027-01-15"},
        {"2026-01-15", -1, "2025-12-15"},   {"2000-02-29", 12, "2001-02-28"},
        {"2000-02-29", 1200, "2100-02-28"}, {"2026-05-05", 0, "2026-05-05"},
        {"9999-12-05", 1, "9999-12-05"},
    };
    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct calendar_date date;
        char text[CALENDAR_TEXT_SIZE];
        assert_true(calendar_parse(cases[i].from, &date));
        date = calendar_add_months(date, cases[i].months);
        assert_string_equal(calendar_format(date, text), cases[i].to);
    }
}

static void months_between_are_counted_by_their_names(void **state)
{
    struct calendar_date from, to;
    (void) state;
    assert_true(calendar_parse("2026-01-31", &from));
    assert_true(calendar_parse("2026-02-01", &to));
    assert_int_equal(calendar_months_between(from, to), 1);
    assert_int_equal(calendar_months_between(to, from), -1);
    assert_true(calendar_parse("2028-01", &to));
    assert_int_equal(calendar_months_between(from, to), 24);
}

static void what_no_calendar_has_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",           "2026",        "2026-13-01", "2026-00-01", "2026-02-29",
        "2100-02-29", "2026-04-31",  "2026-01-00", "2026-1-1",   "2026/01/01",
        "0000-01-01", "2026-01-01x", "2026-01-",   "26-01-01",   "2026-0a-01",
        "+026-01-01", "2026-01-1 ",
    };
    struct calendar_date date;
    char text[CALENDAR_TEXT_SIZE];
    (void) state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (calendar_parse(wrong[i], &date))
            fail_msg("\"%s\" is taken", wrong[i]);
    assert_true(calendar_parse("2028-02-29", &date));
    assert_true(calendar_parse("2026-07", &date));
    assert_string_equal(calendar_format(date, text), "2026-07-01");
    assert_string_equal(calendar_format_month(date, text), "2026-07");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_those_of_the_c_library),
        cmocka_unit_test(a_day_ends_with_its_last_millisecond),
        cmocka_unit_test(months_later_keep_the_day_where_there_is_one),
        cmocka_unit_test(months_between_are_counted_by_their_names),
        cmocka_unit_test(what_no_calendar_has_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
