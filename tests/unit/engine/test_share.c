// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/share.h"

static struct money euro(const char *text)
{
    struct money money;
    struct fault fault;
    assert_true(money_parse(text, "EUR", &money, &fault));
    return money;
}

static void shares_are_rounded_half_to_even(void **state)
{
    static const struct {
        const char *cost, *revenue, *share;
    } cases[] = {
        {"27.75", "925", "3.0%"},
        {"0", "925", "0.0%"},
        {"0", "0", "0.0%"},
        {"4.97", "0", "more than all"},
        {"0.25", "1000", "0.0%"},
        {"0.5", "1000", "0.0%"},
        {"0.50000001", "1000", "0.1%"},
        {"1.5", "1000", "0.2%"},
        {"1000", "1000", "100.0%"},
        {"9990", "1000", "999.0%"},
        {"9991", "1000", "over 999%"},
        {"90000000000", "0.00000001", "over 999%"},
    };
    char text[SHARE_TEXT_SIZE];
    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        share_format(euro(cases[i].cost), euro(cases[i].revenue), text);
        assert_string_equal(text, cases[i].share);
    }
    assert_string_equal(share_number(euro("27.75"), euro("925"), text), "3.0");
    assert_null(share_number(euro("1"), euro("0"), text));
    assert_null(share_number(euro("9991"), euro("1000"), text));
}

static void a_part_is_exact(void **state)
{
    struct money part;
    (void) state;
    assert_true(share_of("10%", euro("39.99"), &part));
    assert_int_equal(part.units, euro("3.999").units);
    assert_true(share_of("7.5%", euro("1000"), &part));
    assert_int_equal(part.units, euro("75").units);
    assert_true(share_of("0.0001%", euro("1000000"), &part));
    assert_int_equal(part.units, euro("1").units);
}

static void what_is_no_share_is_refused(void **state)
{
    static const char *const wrong[] = {"ten",   "10",   "%",    "-1%",  "1.2.3%",
                                        "1000%", "10 %", "10%%", "1e2%", ""};
    struct money part;
    (void) state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (share_of(wrong[i], euro("1"), &part))
            fail_msg("%s", wrong[i]);
}

static void a_plan_takes_it_in_its_own_currency(void **state)
{
    (void) state;
    const struct engine_rate rate = {"EUR", "USD", 2 * MONEY_UNIT, "2026-09-30"};
    struct engine_revenue revenue = {.is_told = true, .is_known = true, .customers = 7};
    struct engine engine = {.rates = &rate, .rate_count = 1, .revenue = &revenue};
    struct plan plan = {.cost_after = euro("1")};
    struct fault fault;
    arena_init(&plan.arena, 0);
    assert_true(money_parse("1000", "USD", &revenue.monthly, &fault));
    share_take(&engine, &plan);
    assert_true(plan.revenue.is_known);
    assert_int_equal(plan.revenue.monthly.units, euro("500").units);
    assert_int_equal(plan.revenue.customers, 7);
    engine.rate_count = 0;
    share_take(&engine, &plan);
    assert_false(plan.revenue.is_known);
    engine.revenue = NULL;
    share_take(&engine, &plan);
    assert_false(plan.revenue.is_told);
    assert_string_equal(plan.revenue.unknown, "no revenue is known");
    arena_clear(&plan.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_rounded_half_to_even),
        cmocka_unit_test(a_part_is_exact),
        cmocka_unit_test(what_is_no_share_is_refused),
        cmocka_unit_test(a_plan_takes_it_in_its_own_currency),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
