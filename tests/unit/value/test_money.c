// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "value/money.h"

#include <string.h>

static struct money euro(const char *text)
{
    struct money money;
    struct fault fault;

    assert_true(money_parse(text, "EUR", &money, &fault));
    return money;
}

static void reads_amounts(void **state)
{
    (void) state;
    assert_int_equal(euro("4.9900000000").units, INT64_C(499000000));
    assert_string_equal(euro("1").currency, "EUR");
    assert_int_equal(euro("-0.5").units, -50000000);
    assert_int_equal(euro("0").units, 0);
    assert_int_equal(euro("-0").units, 0);
    assert_int_equal(euro("0.00000001").units, 1);
    assert_int_equal(euro("92233720368.54775807").units, INT64_MAX);
    assert_int_equal(euro("000000000000000000000000001").units, MONEY_UNIT);
}

static void rounds_half_to_even_when_read(void **state)
{
    (void) state;
    assert_int_equal(euro("0.000000005").units, 0);
    assert_int_equal(euro("0.000000015").units, 2);
    assert_int_equal(euro("0.000000025").units, 2);
    assert_int_equal(euro("0.0000000250000").units, 2);
    assert_int_equal(euro("0.0000000250001").units, 3);
    assert_int_equal(euro("0.0000000249999").units, 2);
    assert_int_equal(euro("-0.000000015").units, -2);
    assert_int_equal(euro("0.999999999").units, MONEY_UNIT);
}

static void refuses_what_is_no_amount(void **state)
{
    static const char *const wrong[] = {
        "",
        "-",
        ".",
        ".5",
        "5.",
        "1e3",
        " 1",
        "1 ",
        "1,50",
        "--1",
        "+1",
        "0x10",
        "1.2.3",
        "inf",
        "92233720368.54775808",
        "99999999999999999999999999999999999999999999",
    };
    static const char *const currencies[] = {"", "EU", "EURO", "eur", "€"};
    struct money money;
    struct fault fault;

    (void) state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fault_clear(&fault);
        assert_false(money_parse(wrong[i], "EUR", &money, &fault));
        assert_true(fault_is_set(&fault));
    }
    for (size_t i = 0; i < sizeof currencies / sizeof *currencies; i++) {
        assert_false(money_parse("1", currencies[i], &money, &fault));
    }
}

static void reads_budgets(void **state)
{
    static const struct {
        const char *text;
        const char *shown;
    } cases[] = {
        {"€4.99", "4.99 €"},       {"4.99 €", "4.99 €"},     {"$15", "15.00 $"},
        {"USD 15", "15.00 $"},     {"15 EUR", "15.00 €"},    {"15EUR", "15.00 €"},
        {"$15/month", "15.00 $"},  {"$180/year", "15.00 $"}, {"3 CHF/month", "3.00 CHF"},
        {" € 5 /month", "5.00 €"}, {"£7", "7.00 £"},         {"10 €/year", "0.83 €"},
    };
    char text[MONEY_TEXT_SIZE];
    struct money money;
    struct fault fault;

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(money_parse_budget(cases[i].text, &money, &fault));
        assert_string_equal(money_format(money, text), cases[i].shown);
    }
    assert_true(money_parse_budget("1 €/year", &money, &fault));
    assert_int_equal(money.units, 8333333);
}

static void refuses_what_is_no_budget(void **state)
{
    static const char *const wrong[] = {
        "",       "15",           "€",    "€15 EUR",      "15 euro", "€-5", "€5/day",
        "5 EURO", "€5 per month", "5 €€", "$92233720369", "5 eur",   "€5/", "EU 5",
    };
    struct money money;
    struct fault fault;

    (void) state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fault_clear(&fault);
        assert_false(money_parse_budget(wrong[i], &money, &fault));
        assert_true(strlen(fault.next) > 0);
    }
}

static void adds_one_currency_only(void **state)
{
    struct money sum = money_zero("");
    struct fault fault;

    (void) state;
    assert_true(money_add(&sum, euro("4.15"), &fault));
    assert_string_equal(sum.currency, "EUR");
    assert_true(money_add(&sum, money_zero(""), &fault));
    assert_true(money_subtract(&sum, euro("5"), &fault));
    assert_int_equal(sum.units, -85000000);
    assert_false(money_add(&sum, money_zero("USD"), &fault));
    assert_int_equal(sum.units, -85000000);
    assert_string_equal(sum.currency, "EUR");
    sum = euro("92233720368");
    assert_false(money_add(&sum, euro("1"), &fault));
    assert_string_equal(sum.currency, "EUR");
    assert_int_equal(sum.units, INT64_C(9223372036800000000));
}

static void scales_half_to_even(void **state)
{
    struct money one = {.units = 1, .currency = "EUR"};
    struct money five = {.units = 5, .currency = "EUR"};

    (void) state;
    assert_int_equal(money_scale(one, 1, 2).units, 0);
    assert_int_equal(money_scale(one, 3, 2).units, 2);
    assert_int_equal(money_scale(five, 1, 2).units, 2);
    assert_int_equal(money_scale(five, -1, 2).units, -2);
    assert_int_equal(money_scale(five, 1, -2).units, -2);
    assert_int_equal(money_scale(five, 1, 3).units, 2);
    assert_int_equal(money_scale(euro("10"), 20, 100).units, 200000000);
    assert_int_equal(money_scale(euro("92233720368"), 1000, 1).units, INT64_MAX);
    assert_int_equal(money_scale(euro("-92233720368"), 1000, 1).units, -INT64_MAX);
    assert_int_equal(money_scale(euro("92233720368"), INT64_MAX, INT64_MAX).units,
                     euro("92233720368").units);
}

static void converts_at_a_rate(void **state)
{
    struct money dollars = money_convert(euro("10"), INT64_C(108550000), "USD");

    (void) state;
    assert_string_equal(dollars.currency, "USD");
    assert_int_equal(dollars.units, INT64_C(1085500000));
    assert_int_equal(money_convert(euro("0.00000001"), 50000000, "USD").units, 0);
    assert_int_equal(money_convert(euro("0.00000003"), 50000000, "USD").units, 2);
}

static void shows_cents(void **state)
{
    char text[MONEY_TEXT_SIZE];
    struct money smallest = {.units = INT64_MIN, .currency = "CHF"};

    (void) state;
    assert_string_equal(money_format(euro("4.15"), text), "4.15 €");
    assert_string_equal(money_format(euro("-4.15"), text), "-4.15 €");
    assert_string_equal(money_format(euro("0.005"), text), "0.00 €");
    assert_string_equal(money_format(euro("0.015"), text), "0.02 €");
    assert_string_equal(money_format(euro("-0.005"), text), "0.00 €");
    assert_string_equal(money_format(euro("-0.0051"), text), "-0.01 €");
    assert_string_equal(money_format(euro("1234567.895"), text), "1234567.90 €");
    assert_string_equal(money_format(money_zero(""), text), "0.00");
    assert_string_equal(money_format(smallest, text), "-92233720368.55 CHF");
    assert_string_equal(money_format_signed(euro("4.15"), text), "+4.15 €");
    assert_string_equal(money_format_signed(euro("0.001"), text), "0.00 €");
    assert_string_equal(money_format_signed(euro("-1"), text), "-1.00 €");
}

static void writes_exact_amounts(void **state)
{
    static const char *const same[] = {
        "0", "4.99", "-0.5", "10", "100", "0.00000001", "-92233720368.54775807",
    };
    char text[MONEY_TEXT_SIZE];
    struct money smallest = {.units = INT64_MIN, .currency = "EUR"};

    (void) state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_string_equal(money_format_exact(euro(same[i]), text), same[i]);
    }
    assert_string_equal(money_format_exact(smallest, text), "-92233720368.54775808");
}

static void compares(void **state)
{
    (void) state;
    assert_true(money_compare(euro("1"), euro("2")) < 0);
    assert_true(money_compare(euro("2"), euro("-3")) > 0);
    assert_int_equal(money_compare(euro("0"), money_zero("")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_amounts),
        cmocka_unit_test(rounds_half_to_even_when_read),
        cmocka_unit_test(refuses_what_is_no_amount),
        cmocka_unit_test(reads_budgets),
        cmocka_unit_test(refuses_what_is_no_budget),
        cmocka_unit_test(adds_one_currency_only),
        cmocka_unit_test(scales_half_to_even),
        cmocka_unit_test(converts_at_a_rate),
        cmocka_unit_test(shows_cents),
        cmocka_unit_test(writes_exact_amounts),
        cmocka_unit_test(compares),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
