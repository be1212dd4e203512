// SPDX-License-Identifier: MIT
#include "engine/churn.h"

#include <inttypes.h>
#include <stdio.h>

// The sum of what the parts tell; -1 where one of them tells nothing.
static int64_t told_of(const struct record_revenue *row)
{
    const struct value *parts = row->parts;
    int64_t sum = 0;
    if (parts == NULL || parts->kind != VALUE_LIST || parts->list.count == 0)
        return -1;
    for (size_t i = 0; i < parts->list.count; i++) {
        int64_t told = value_find_integer(parts->list.items[i], "churned", -1);
        if (told < 0)
            return -1;
        sum += told;
    }
    return sum;
}

// The newest that tells customers and is a month older than the last; -1: none.
static int64_t find_first(const struct record_revenues *rows,
                          const struct record_revenue *last)
{
    for (size_t i = rows->count; i > 0; i--)
        if (rows->rows[i - 1].customers >= 0 &&
            rows->rows[i - 1].as_of_ms <= last->as_of_ms - CHURN_PERIOD_MS)
            return (int64_t) i - 1;
    return -1;
}

static int64_t fallen(const struct record_revenues *rows, size_t first)
{
    int64_t lost = 0, before = rows->rows[first].customers;
    for (size_t i = first + 1; i < rows->count; i++) {
        int64_t now = rows->rows[i].customers;
        if (now < 0)
            continue;
        lost += now < before ? before - now : 0;
        before = now;
    }
    return lost;
}

bool churn_find(const struct record_revenues *rows, struct churn *churn)
{
    if (rows->count == 0)
        return false;
    const struct record_revenue *last = &rows->rows[rows->count - 1];
    int64_t told = told_of(last), first = find_first(rows, last);
    *churn = (struct churn){0};
    if (last->customers < 0 || (told < 0 && first < 0))
        return false;
    if (told >= 0) {
        churn->is_told = true;
        churn->lost = told;
        churn->of = first >= 0 ? rows->rows[first].customers : last->customers + told;
        return true;
    }
    churn->lost = fallen(rows, (size_t) first);
    churn->of = rows->rows[first].customers;
    churn->from_ms = rows->rows[first].as_of_ms;
    return true;
}

char *churn_percent(const struct churn *churn, char buffer[CHURN_TEXT_SIZE])
{
    int64_t tenths = 0;
    if (churn->of > 0) {
        __int128 all = (__int128) churn->lost * 1000, twice = 2 * (all % churn->of);
        tenths = (int64_t) (all / churn->of);
        if (twice > churn->of || (twice == churn->of && tenths % 2 != 0))
            tenths++;
    }
    snprintf(buffer, CHURN_TEXT_SIZE, "%" PRId64 ".%" PRId64, tenths / 10, tenths % 10);
    return buffer;
}
