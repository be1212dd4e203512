// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "value/reading.h"

static struct record_revenue of(const char *cautious, const char *currency)
{
    struct record_revenue reading = {.fresh_until_ms = 1000};
    struct fault fault;
    assert_true(money_parse(cautious, currency, &reading.cautious, &fault));
    return reading;
}

static void it_is_stale_after_its_time(void **state)
{
    (void) state;
    struct record_revenue reading = of("1", "EUR");
    assert_false(reading_is_stale(&reading, 1000));
    assert_true(reading_is_stale(&reading, 1001));
}

static void it_is_odd_beyond_forty_percent(void **state)
{
    static const struct {
        const char *now, *was;
        bool odd;
    } cases[] = {
        {"140", "100", false},  {"140.01", "100", true}, {"60", "100", false},
        {"59.99", "100", true}, {"0", "100", true},      {"0", "0", false},
        {"0.01", "0", true},    {"100", "100", false},
    };
    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct record_revenue now = of(cases[i].now, "EUR"),
                              was = of(cases[i].was, "EUR");
        if (reading_is_odd(&now, &was) != cases[i].odd)
            fail_msg("%s after %s", cases[i].now, cases[i].was);
    }
}

static void the_first_is_taken_and_another_currency_is_asked_about(void **state)
{
    (void) state;
    struct record_revenue euro = of("100", "EUR"), dollar = of("100", "USD");
    assert_false(reading_is_odd(&euro, NULL));
    assert_true(reading_is_odd(&dollar, &euro));
}

static void a_change_is_told_in_percent(void **state)
{
    static const struct {
        const char *now, *was;
        int percent;
    } cases[] = {
        {"100", "100", 0},   {"38", "100", -62},     {"150", "100", 50},
        {"0", "100", -100},  {"1000000", "1", 9999}, {"100.5", "100", 1},
        {"99.5", "100", -1}, {"99.4", "100", -1},    {"5", "0", 9999},
    };
    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct record_revenue now = of(cases[i].now, "EUR"),
                              was = of(cases[i].was, "EUR");
        int percent = reading_change_percent(&now, &was);
        if (percent != cases[i].percent)
            fail_msg("%s after %s: %d", cases[i].now, cases[i].was, percent);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_stale_after_its_time),
        cmocka_unit_test(it_is_odd_beyond_forty_percent),
        cmocka_unit_test(the_first_is_taken_and_another_currency_is_asked_about),
        cmocka_unit_test(a_change_is_told_in_percent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
