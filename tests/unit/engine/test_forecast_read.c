// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/forecast_read.h"

static struct arena arena;

static int begin(void **state)
{
    (void) state;
    arena_init(&arena, 0);
    return 0;
}

static int end(void **state)
{
    (void) state;
    arena_clear(&arena);
    return 0;
}

static void growth_is_a_share_of_a_month(void **state)
{
    static const struct {
        const char *text;
        int64_t percent; // 10^-8; 0 with ill: refused
        bool ill;
    } cases[] = {
        {"12%/month", 12 * MONEY_UNIT, false},
        {"12%", 12 * MONEY_UNIT, false},
        {"-3.5%/month", -350000000, false},
        {"+4%/month", 4 * MONEY_UNIT, false},
        {"0%", 0, false},
        {"1000%", 1000 * MONEY_UNIT, false},
        {"-99%", -99 * MONEY_UNIT, false},
        {"-100%/month", 0, true},
        {"-200%", 0, true},
        {"1000.1%", 0, true},
        {"12", 0, true},
        {"12%/year", 0, true},
        {"%", 0, true},
        {"", 0, true},
        {"+%", 0, true},
        {"1e3%", 0, true},
        {"99999999999999999999999999%", 0, true},
        {"12%/months", 0, true},
    };
    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fault fault = {0};
        int64_t percent = 0;
        bool read = forecast_read_growth(cases[i].text, &percent, &fault);
        if (read == cases[i].ill || percent != cases[i].percent)
            fail_msg("\"%s\" gave %d, %lld", cases[i].text, read, (long long) percent);
        assert_int_equal(fault.next[0] != '\0', cases[i].ill);
    }
}

static void it_is_compound_and_exact(void **state)
{
    int64_t units = 100 * MONEY_UNIT;
    (void) state;
    for (int i = 0; i < 3; i++)
        units = forecast_read_grown(units, 10 * MONEY_UNIT);
    assert_int_equal(units, INT64_C(13310000000));                // 133.10
    assert_int_equal(forecast_read_grown(1, 50 * MONEY_UNIT), 2); // 1.5, half to even
    assert_int_equal(forecast_read_grown(100 * MONEY_UNIT, -25 * MONEY_UNIT),
                     75 * MONEY_UNIT);
    assert_true(forecast_read_grown(INT64_MAX / 2, 1000 * MONEY_UNIT) > 0);
}

static void a_figure_is_read(void **state)
{
    struct rule_figure figure;
    struct fault fault = {0};
    (void) state;
    assert_true(forecast_read_figure(&arena, "cpu=85%", &figure, &fault));
    assert_string_equal(figure.name, "cpu");
    assert_int_equal(figure.lowest, 85 * MONEY_UNIT);
    assert_int_equal(figure.highest, 85 * MONEY_UNIT);
    assert_true(forecast_read_figure(&arena, "soc2=yes", &figure, &fault));
    assert_int_equal(figure.value, 1);
    assert_true(forecast_read_figure(&arena, "soc2=no", &figure, &fault));
    assert_int_equal(figure.value, 0);
    assert_true(forecast_read_figure(&arena, "at_risk=$40", &figure, &fault));
    assert_string_equal(figure.currency, "USD");
    assert_int_equal(figure.value, 40 * MONEY_UNIT);
    assert_true(forecast_read_value(&arena, "revenue", "640.5", "EUR", &figure, &fault));
    assert_string_equal(figure.currency, "EUR");
    assert_int_equal(figure.value, INT64_C(64050000000));
}

static void what_is_no_figure_is_refused(void **state)
{
    static const char *const texts[] = {
        "cpu",      "=85%",        "cpu=",         "cpu=> 80%",
        "cpu=high", "revenue=640", "at_risk=$$40", "cpu=85% 12",
        "cpu=1=2",  "revenue=yes", "customers=no", "customers=$50"};
    (void) state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct rule_figure figure;
        struct fault fault = {0};
        if (forecast_read_figure(&arena, texts[i], &figure, &fault))
            fail_msg("\"%s\" was read", texts[i]);
        assert_int_equal(fault.kind, FAULT_USAGE);
        assert_true(fault.next[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(growth_is_a_share_of_a_month, begin, end),
        cmocka_unit_test_setup_teardown(it_is_compound_and_exact, begin, end),
        cmocka_unit_test_setup_teardown(a_figure_is_read, begin, end),
        cmocka_unit_test_setup_teardown(what_is_no_figure_is_refused, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
