// SPDX-License-Identifier: MIT
#include "engine/share.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/cost.h"

#define MOST_TENTHS 9990

void share_take(const struct engine *engine, struct plan *plan)
{
    const struct engine_revenue *revenue = engine->revenue;
    struct plan_revenue *taken = &plan->revenue;
    const char *currency = plan->cost_after.currency;
    *taken = (struct plan_revenue){.customers = -1, .unknown = "no revenue is known"};
    if (revenue == NULL)
        return;
    taken->is_told = revenue->is_told;
    taken->customers = revenue->customers;
    if (!revenue->is_known) {
        if (revenue->unknown != NULL)
            taken->unknown = arena_text(&plan->arena, revenue->unknown);
        return;
    }
    taken->is_known = cost_convert(engine, revenue->monthly, currency, &taken->monthly);
    taken->unknown =
        taken->is_known
            ? NULL
            : arena_format(&plan->arena,
                           "there is no exchange rate from %s, which it comes in, to %s",
                           revenue->monthly.currency, currency);
}

// "7.5" in 10^-8; false where it is no plain decimal up to three digits before the dot.
static bool read_percent(const char *percent, int64_t *units)
{
    char digits[32];
    size_t length = 0;
    while (percent[length] != '\0' && percent[length] != '%' &&
           length < sizeof digits - 1) {
        digits[length] = percent[length];
        length++;
    }
    digits[length] = '\0';
    struct money read;
    struct fault ignored;
    if (strcmp(percent + length, "%") != 0 ||
        !money_parse(digits, "EUR", &read, &ignored) || read.units < 0 ||
        read.units >= 1000 * MONEY_UNIT)
        return false;
    *units = read.units;
    return true;
}

bool share_of(const char *percent, struct money revenue, struct money *amount)
{
    int64_t units;
    if (!read_percent(percent, &units))
        return false;
    *amount = money_scale(revenue, units, 100 * MONEY_UNIT);
    return true;
}

// -1: more than can be told, -2: of nothing.
static int64_t tenths_of(struct money cost, struct money revenue)
{
    __int128 of = revenue.units, thousandfold = (__int128) cost.units * 1000;
    if (of <= 0)
        return cost.units <= 0 ? 0 : -2;
    __int128 tenths = thousandfold / of, twice = 2 * (thousandfold % of);
    if (twice > of || (twice == of && tenths % 2 != 0))
        tenths++;
    return tenths > MOST_TENTHS ? -1 : (int64_t) tenths;
}

const char *share_number(struct money cost, struct money revenue,
                         char buffer[SHARE_TEXT_SIZE])
{
    int64_t tenths = tenths_of(cost, revenue);
    if (tenths < 0)
        return NULL;
    snprintf(buffer, SHARE_TEXT_SIZE, "%" PRId64 ".%" PRId64, tenths / 10, tenths % 10);
    return buffer;
}

char *share_format(struct money cost, struct money revenue, char buffer[SHARE_TEXT_SIZE])
{
    int64_t tenths = tenths_of(cost, revenue);
    if (tenths < 0)
        snprintf(buffer, SHARE_TEXT_SIZE, "%s",
                 tenths == -1 ? "over 999%" : "more than all");
    else
        snprintf(buffer, SHARE_TEXT_SIZE, "%" PRId64 ".%" PRId64 "%%", tenths / 10,
                 tenths % 10);
    return buffer;
}
