// SPDX-License-Identifier: MIT
//
// Exact money: an int64 count of 10^-8 of a currency unit, so ±92 billion units.
// The API's ten decimals are rounded half to even at the eighth, once, when read;
// shares and conversions round half to even at the eighth too; what is shown is rounded
// half to even at the cent, at the very end.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

#define MONEY_UNIT INT64_C(100000000)

struct money {
    int64_t units;    // of 10^-8
    char currency[4]; // "EUR", "USD"; empty: zero of no currency yet
};

struct money money_zero(const char *currency);

// "4.9900000000" in `currency`; also "-0.5". No exponent, no blanks.
bool money_parse(const char *text, const char *currency, struct money *money,
                 struct fault *fault) FAULT_CHECKED;
// "€4.99", "4.99 €", "$15", "USD 15", "15 EUR", each with an optional "/month", "/year"
// (divided by 12) behind; what people write in a budget. The result is per month.
bool money_parse_budget(const char *text, struct money *money, struct fault *fault)
    FAULT_CHECKED;

// A zero without currency takes the other's; two different currencies are an error.
bool money_add(struct money *sum, struct money amount, struct fault *fault) FAULT_CHECKED;
bool money_subtract(struct money *from, struct money amount, struct fault *fault)
    FAULT_CHECKED;
// amount × numerator / denominator, e.g. 20 percent = 20, 100. Out of range, here and in
// money_convert: the largest amount, which fails every budget.
struct money money_scale(struct money amount, int64_t numerator, int64_t denominator);

// `rate` is in 10^-8 of `currency` for one unit of the amount's currency.
struct money money_convert(struct money amount, int64_t rate, const char *currency);

int money_compare(struct money left, struct money right); // same currency

#define MONEY_TEXT_SIZE 40
// "4.15 €", "-4.15 €", "15.00 $", "3.00 CHF"; returns `buffer`.
char *money_format(struct money amount, char buffer[MONEY_TEXT_SIZE]);
// "+4.15 €", "0.00 €", "-1.00 €"
char *money_format_signed(struct money amount, char buffer[MONEY_TEXT_SIZE]);
// The exact decimal without currency, shortest: "4.99", for JSON and state.
char *money_format_exact(struct money amount, char buffer[MONEY_TEXT_SIZE]);
