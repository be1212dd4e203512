// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/runway.h"

static struct money amount(const char *text, const char *currency)
{
    struct money money;
    struct fault fault;
    assert_true(money_parse(text, currency, &money, &fault));
    return money;
}

static void cash_lasts_whole_months(void **state)
{
    static const struct {
        const char *cash, *cost, *revenue; // NULL: not known
        bool covered;
        int64_t months;
    } cases[] = {
        {"1000", "100", NULL, false, 10},
        {"999.99", "100", NULL, false, 9},
        {"1000", "100", "50", false, 20},
        {"1000", "100", "100", true, 0},
        {"1000", "100", "640", true, 0},
        {"0", "100", NULL, false, 0},
        {"1000", "0", NULL, true, 0},
        {"1000", "100", "0", false, 10},
        {"90000000000", "0.01", NULL, false, RUNWAY_MOST_MONTHS},
    };
    const struct engine engine = {.currency = "EUR"};
    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct plan_revenue revenue = {.is_known = cases[i].revenue != NULL};
        struct runway runway;
        if (revenue.is_known)
            revenue.monthly = amount(cases[i].revenue, "EUR");
        assert_true(runway_find(&engine, &revenue, amount(cases[i].cost, "EUR"),
                                amount(cases[i].cash, "EUR"), &runway));
        assert_int_equal(runway.is_covered, cases[i].covered);
        assert_int_equal(runway.months, cases[i].months);
        assert_int_equal(runway.knows_revenue, revenue.is_known);
    }
}

static void cash_in_another_currency_wants_a_rate(void **state)
{
    struct engine_rate rate = {"USD", "EUR", MONEY_UNIT / 2, "2026-11-01"};
    struct engine engine = {.currency = "EUR"};
    const struct plan_revenue revenue = {0};
    struct runway runway;
    (void) state;
    assert_false(runway_find(&engine, &revenue, amount("100", "EUR"),
                             amount("1000", "USD"), &runway));
    engine.rates = &rate;
    engine.rate_count = 1;
    assert_true(runway_find(&engine, &revenue, amount("100", "EUR"),
                            amount("1000", "USD"), &runway));
    assert_int_equal(runway.months, 5);
    assert_int_equal(runway.cash.units, amount("500", "EUR").units);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cash_lasts_whole_months),
        cmocka_unit_test(cash_in_another_currency_wants_a_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
