// SPDX-License-Identifier: MIT
//
// What money_parse takes, money_format_exact gives back so that it reads as the same
// amount; adding and subtracting cancel out; a budget is never negative.
#include "value/money.h"

#include <stdlib.h>
#include <string.h>

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_amount(const char *text)
{
    char exact[MONEY_TEXT_SIZE];
    char shown[MONEY_TEXT_SIZE];
    struct fault fault;
    struct money money;
    struct money again;
    struct money sum;

    if (!money_parse(text, "EUR", &money, &fault)) {
        return;
    }
    money_format_exact(money, exact);
    require(money_parse(exact, "EUR", &again, &fault));
    require(money_compare(money, again) == 0);
    require(strlen(exact) <= strlen(text) || strlen(exact) <= 22);
    sum = money_zero("");
    require(money_add(&sum, money, &fault));
    require(money_subtract(&sum, money, &fault) && sum.units == 0);
    require(money_scale(money, 7, 7).units == money.units);
    require(money_convert(money, MONEY_UNIT, "USD").units == money.units);
    require(money_scale(money, -1, 3).units == -money_scale(money, 1, 3).units);
    money_format(money, shown);
    money_format_signed(money, exact);
    require(strcmp(shown, exact + (exact[0] == '+')) == 0);
}

static void check_budget(const char *text)
{
    char shown[MONEY_TEXT_SIZE];
    struct fault fault;
    struct money money;
    struct money again;

    if (!money_parse_budget(text, &money, &fault)) {
        require(fault.next[0]);
        return;
    }
    require(money.units >= 0 && strlen(money.currency) == 3);
    money_format(money, shown);
    if (money.units < INT64_MAX - MONEY_UNIT) {
        require(money_parse_budget(shown, &again, &fault));
        require(strcmp(money.currency, again.currency) == 0);
        require(llabs(money.units - again.units) <= MONEY_UNIT / 200);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *text = malloc(length + 1);

    if (!text) {
        return 0;
    }
    if (length) {
        memcpy(text, bytes, length);
    }
    text[length] = '\0';
    check_amount(text);
    check_budget(text);
    free(text);
    return 0;
}
