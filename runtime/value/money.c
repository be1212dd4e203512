// SPDX-License-Identifier: MIT
//
// Everything in between is __int128, so that only a result can be out of range. A result
// that is gets the largest amount there is: it then fails every budget.
#include "value/money.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DECIMALS    8
#define CENT        (MONEY_UNIT / 100)
#define YEAR_MONTHS 12

static const struct {
    const char *sign;
    const char *currency;
} signs[] = {{"€", "EUR"}, {"$", "USD"}, {"£", "GBP"}};

struct money money_zero(const char *currency)
{
    struct money money = {0};

    assert(strlen(currency) < sizeof money.currency);
    memcpy(money.currency, currency, strlen(currency));
    return money;
}

static int64_t clamp(__int128 units)
{
    if (units > INT64_MAX) {
        return INT64_MAX;
    }
    return units < -INT64_MAX ? -INT64_MAX : (int64_t) units;
}

// Half to even.
static __int128 divide(__int128 dividend, __int128 divisor)
{
    __int128 quotient;
    __int128 rest;

    if (divisor < 0) {
        dividend = -dividend;
        divisor = -divisor;
    }
    quotient = dividend / divisor;
    rest = dividend % divisor;
    rest = rest < 0 ? -rest : rest;
    if (rest > divisor - rest || (rest == divisor - rest && quotient % 2 != 0)) {
        quotient += dividend < 0 ? -1 : 1;
    }
    return quotient;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

// What stands behind the eighth decimal: whether it rounds up.
static bool rounds_up(const char *digits, bool odd)
{
    if (*digits != '5') {
        return *digits > '5';
    }
    digits++;
    digits += strspn(digits, "0");
    return is_digit(*digits) || odd;
}

// Reads digits, a point, digits; moves `text` behind them. False when they are no number
// or too large a one.
static bool read_units(const char **text, __int128 *units)
{
    const char *at = *text;
    size_t whole = strspn(at, "0123456789");
    size_t decimals;
    __int128 sum = 0;

    if (whole < 1) {
        return false;
    }
    for (size_t i = 0; i < whole && sum <= INT64_MAX; i++) {
        sum = sum * 10 + (at[i] - '0');
    }
    at += whole;
    decimals = *at == '.' ? strspn(at + 1, "0123456789") : 0;
    if (*at == '.' && decimals < 1) {
        return false;
    }
    for (size_t i = 1; i <= DECIMALS; i++) {
        sum = sum * 10 + (i <= decimals ? at[i] - '0' : 0);
    }
    if (decimals > DECIMALS && rounds_up(at + 1 + DECIMALS, sum % 2 != 0)) {
        sum++;
    }
    *units = sum;
    *text = at + (decimals ? decimals + 1 : 0);
    return sum <= INT64_MAX;
}

static bool currency_is_valid(const char *currency)
{
    for (size_t i = 0; i < 3; i++) {
        if (currency[i] < 'A' || currency[i] > 'Z') {
            return false;
        }
    }
    return currency[3] == '\0';
}

bool money_parse(const char *text, const char *currency, struct money *money,
                 struct fault *fault)
{
    bool negative = *text == '-';
    const char *at = text + negative;
    __int128 units = 0;

    if (!currency_is_valid(currency)) {
        return fault_set(fault, FAULT_ERROR, "\"%.16s\" is no currency", currency);
    }
    if (!read_units(&at, &units) || *at) {
        fault_set(fault, FAULT_ERROR, "\"%.64s\" is no amount of money", text);
        return fault_why(fault, "amounts look like 4.99 and stay below 92 billion");
    }
    *money = money_zero(currency);
    money->units = (int64_t) (negative ? -units : units);
    return true;
}

static void skip_blanks(const char **text)
{
    *text += strspn(*text, " ");
}

// "€" or "EUR"; false when neither is there.
static bool read_currency(const char **text, char currency[4])
{
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t length = strlen(signs[i].sign);
        if (strncmp(*text, signs[i].sign, length) == 0) {
            memcpy(currency, signs[i].currency, 4);
            *text += length;
            return true;
        }
    }
    if (strspn(*text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3) {
        return false;
    }
    memcpy(currency, *text, 3);
    currency[3] = '\0';
    *text += 3;
    return true;
}

// "", "/month", "/year" and their short forms; months 0 when it is something else.
static int read_months(const char *text)
{
    static const struct {
        const char *word;
        int months;
    } spans[] = {
        {"", 1}, {"/month", 1}, {"/mo", 1}, {"/year", YEAR_MONTHS}, {"/yr", YEAR_MONTHS},
    };

    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        if (strcmp(text, spans[i].word) == 0) {
            return spans[i].months;
        }
    }
    return 0;
}

static bool refuse_budget(struct fault *fault, const char *text)
{
    fault_set(fault, FAULT_ERROR, "\"%.64s\" is no budget", text);
    return fault_next(fault, "write it like \"€15/month\", \"15 EUR\" or \"$180/year\"");
}

bool money_parse_budget(const char *text, struct money *money, struct fault *fault)
{
    const char *at = text;
    char currency[4];
    __int128 units;
    bool before;
    int months;

    skip_blanks(&at);
    before = read_currency(&at, currency);
    skip_blanks(&at);
    if (!read_units(&at, &units)) {
        return refuse_budget(fault, text);
    }
    skip_blanks(&at);
    if (!before && !read_currency(&at, currency)) {
        return refuse_budget(fault, text);
    }
    skip_blanks(&at);
    months = read_months(at);
    if (!months) {
        return refuse_budget(fault, text);
    }
    *money = money_zero(currency);
    money->units = (int64_t) divide(units, months);
    return true;
}

static bool agree(struct money *sum, struct money amount, struct fault *fault)
{
    if (!sum->currency[0] && sum->units == 0) {
        memcpy(sum->currency, amount.currency, sizeof sum->currency);
    }
    if (!amount.currency[0] && amount.units == 0) {
        return true;
    }
    if (strcmp(sum->currency, amount.currency) != 0) {
        return fault_set(fault, FAULT_ERROR,
                         "%s and %s cannot be added up without a rate", sum->currency,
                         amount.currency);
    }
    return true;
}

static bool add(struct money *sum, struct money amount, int sign, struct fault *fault)
{
    __int128 units = (__int128) sum->units + (__int128) amount.units * sign;

    if (!agree(sum, amount, fault)) {
        return false;
    }
    if (units != clamp(units)) {
        return fault_set(fault, FAULT_ERROR, "a sum of money is over 92 billion");
    }
    sum->units = (int64_t) units;
    return true;
}

bool money_add(struct money *sum, struct money amount, struct fault *fault)
{
    return add(sum, amount, 1, fault);
}

bool money_subtract(struct money *from, struct money amount, struct fault *fault)
{
    return add(from, amount, -1, fault);
}

struct money money_scale(struct money amount, int64_t numerator, int64_t denominator)
{
    assert(denominator != 0);
    amount.units = clamp(divide((__int128) amount.units * numerator, denominator));
    return amount;
}

struct money money_convert(struct money amount, int64_t rate, const char *currency)
{
    struct money converted = money_zero(currency);

    converted.units = clamp(divide((__int128) amount.units * rate, MONEY_UNIT));
    return converted;
}

int money_compare(struct money left, struct money right)
{
    assert(!left.currency[0] || !right.currency[0] ||
           strcmp(left.currency, right.currency) == 0);
    return (left.units > right.units) - (left.units < right.units);
}

static const char *sign_of(const char *currency)
{
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (strcmp(currency, signs[i].currency) == 0) {
            return signs[i].sign;
        }
    }
    return currency;
}

static char *format(struct money amount, const char *plus, char buffer[MONEY_TEXT_SIZE])
{
    int64_t cents = (int64_t) divide(amount.units, CENT);
    const char *sign = cents < 0 ? "-" : cents > 0 ? plus : "";
    const char *currency = sign_of(amount.currency);

    cents = cents < 0 ? -cents : cents;
    snprintf(buffer, MONEY_TEXT_SIZE, "%s%" PRId64 ".%02" PRId64 "%s%s", sign,
             cents / 100, cents % 100, *currency ? " " : "", currency);
    return buffer;
}

char *money_format(struct money amount, char buffer[MONEY_TEXT_SIZE])
{
    return format(amount, "", buffer);
}

char *money_format_signed(struct money amount, char buffer[MONEY_TEXT_SIZE])
{
    return format(amount, "+", buffer);
}

char *money_format_exact(struct money amount, char buffer[MONEY_TEXT_SIZE])
{
    // Not -units, which INT64_MIN has not.
    uint64_t units =
        amount.units < 0 ? 0 - (uint64_t) amount.units : (uint64_t) amount.units;
    size_t length;

    snprintf(buffer, MONEY_TEXT_SIZE, "%s%" PRIu64 ".%08" PRIu64,
             amount.units < 0 ? "-" : "", units / MONEY_UNIT, units % MONEY_UNIT);
    length = strlen(buffer);
    while (buffer[length - 1] == '0') {
        buffer[--length] = '\0';
    }
    if (buffer[length - 1] == '.') {
        buffer[length - 1] = '\0';
    }
    return buffer;
}
