// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/rule_look.h"
#include "engine/rule_rates.h"

static void has_rate(const struct rule_rate *rates, size_t count, const char *from,
                     const char *to, int64_t rate)
{
    const struct rule_rate *found = rule_look_rate(rates, count, from, to);
    assert_non_null(found);
    assert_int_equal(found->rate, rate);
}

static void what_was_told_first_counts(void **state)
{
    static const struct engine_rate told[] = {
        {"EUR", "USD", 110000000, "2026-09-30"},
        {"USD", "EUR", 90909091, "2026-09-30"},
        {"USD", "EUR", 80000000, "2026-09-30"},
    };
    struct arena arena;
    size_t count;
    (void) state;
    arena_init(&arena, 0);
    const struct rule_rate *rates = rule_rates_list(&arena, told, 3, &count);
    assert_int_equal(count, 2);
    has_rate(rates, count, "EUR", "USD", 110000000);
    has_rate(rates, count, "USD", "EUR", 90909091);
    arena_clear(&arena);
}

static void two_others_meet_at_the_euro(void **state)
{
    static const struct engine_rate told[] = {
        {"EUR", "USD", 125000000, "2026-09-30"}, {"USD", "EUR", 80000000, "2026-09-30"},
        {"EUR", "GBP", 80000000, "2026-09-30"},  {"GBP", "EUR", 125000000, "2026-09-30"},
        {"EUR", "CHF", 95000000, "2026-09-30"},
    };
    struct arena arena;
    size_t count;
    (void) state;
    arena_init(&arena, 0);
    const struct rule_rate *rates = rule_rates_list(&arena, told, 5, &count);
    has_rate(rates, count, "USD", "GBP", 64000000);
    has_rate(rates, count, "GBP", "USD", 156250000);
    has_rate(rates, count, "USD", "CHF", 76000000);
    assert_null(rule_look_rate(rates, count, "CHF", "USD"));
    assert_null(rule_look_rate(rates, count, "USD", "USD"));
    arena_clear(&arena);
}

static void what_is_no_rate_is_left_out(void **state)
{
    static const struct engine_rate told[] = {
        {"EUR", "XXX", 9000000000000000000, "2026-09-30"},
        {"XXX", "EUR", 0, "2026-09-30"},
        {"EURO", "USD", 110000000, "2026-09-30"},
    };
    struct arena arena;
    size_t count;
    (void) state;
    arena_init(&arena, 0);
    const struct rule_rate *rates = rule_rates_list(&arena, told, 3, &count);
    assert_int_equal(count, 1);
    has_rate(rates, count, "EUR", "XXX", 9000000000000000000);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_told_first_counts),
        cmocka_unit_test(two_others_meet_at_the_euro),
        cmocka_unit_test(what_is_no_rate_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
