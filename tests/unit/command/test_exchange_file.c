// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "command/exchange_file.h"

struct reading {
    struct arena arena;
    struct project project;
    struct fault fault;
};

static bool take(struct reading *reading, const char *head, const char *row)
{
    *reading = (struct reading){0};
    arena_init(&reading->arena, 0);
    return exchange_file_take(&reading->project, &reading->arena,
                              arena_text(&reading->arena, head),
                              arena_text(&reading->arena, row), &reading->fault);
}

static void the_rates_of_a_day_are_read_in_both_directions(void **state)
{
    struct reading reading;
    (void) state;
    assert_true(take(&reading, "Date, USD, JPY, XYZ, \r\n",
                     "29 September 2026, 1.25, N/A, 2, \r\n"));
    assert_int_equal(reading.project.rate_count, 4);
    assert_string_equal(reading.project.rates[0].to, "USD");
    assert_int_equal(reading.project.rates[0].rate, 125000000);
    assert_string_equal(reading.project.rates[1].from, "USD");
    assert_int_equal(reading.project.rates[1].rate, 80000000);
    assert_string_equal(reading.project.rates[0].date, "2026-09-29");
    arena_clear(&reading.arena);
}

static void a_rate_that_is_none_is_refused(void **state)
{
    static const struct {
        const char *row, *words;
    } cases[] = {
        {"29 September 2026,0", "the rate of USD must be above zero"},
        {"29 September 2026,-1", "the rate of USD must be above zero"},
        {"29 September 2026,much", "reading the rate of USD"},
        {"31 February 2026,1.25", "no list of reference rates"},
    };
    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reading reading;
        assert_false(take(&reading, "Date,USD", cases[i].row));
        assert_non_null(strstr(reading.fault.what, cases[i].words));
        arena_clear(&reading.arena);
    }
}

// One EUR for so many of another that one of them is less than a rate can say.
static void there_is_no_inverse_of_nothing(void **state)
{
    struct reading reading;
    (void) state;
    assert_true(take(&reading, "Date,USD", "2026-09-29,9000000000"));
    assert_int_equal(reading.project.rate_count, 1);
    arena_clear(&reading.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rates_of_a_day_are_read_in_both_directions),
        cmocka_unit_test(a_rate_that_is_none_is_refused),
        cmocka_unit_test(there_is_no_inverse_of_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
