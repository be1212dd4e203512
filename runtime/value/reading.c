// SPDX-License-Identifier: MIT
#include "value/reading.h"

#include <string.h>

#define MOST_PERCENT 9999

bool reading_is_stale(const struct record_revenue *reading, int64_t now_ms)
{
    return now_ms > reading->fresh_until_ms;
}

static bool is_same_currency(struct money left, struct money right)
{
    return left.currency[0] == '\0' || right.currency[0] == '\0' ||
           strcmp(left.currency, right.currency) == 0;
}

bool reading_is_odd(const struct record_revenue *reading,
                    const struct record_revenue *last)
{
    if (last == NULL)
        return false;
    if (!is_same_currency(reading->cautious, last->cautious))
        return true;
    struct money was = last->cautious;
    struct money least = money_scale(was, 100 - READING_ODD_PERCENT, 100);
    struct money most = money_scale(was, 100 + READING_ODD_PERCENT, 100);
    return reading->cautious.units < least.units || reading->cautious.units > most.units;
}

int reading_change_percent(const struct record_revenue *reading,
                           const struct record_revenue *last)
{
    __int128 was = last->cautious.units, now = reading->cautious.units;
    if (was <= 0)
        return MOST_PERCENT;
    __int128 change = (now - was) * 100, half = change < 0 ? -was / 2 : was / 2;
    __int128 percent = (change + half) / was;
    return percent > MOST_PERCENT    ? MOST_PERCENT
           : percent < -MOST_PERCENT ? -MOST_PERCENT
                                     : (int) percent;
}
