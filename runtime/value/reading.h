// SPDX-License-Identifier: MIT
//
// What may be made of a reading of the revenue: whether its figures are too old, and
// whether they are too far from the last ones to be believed without a person's word.
#pragma once

#include "value/record.h"

#define READING_ODD_PERCENT    40
#define READING_MOST_CUSTOMERS INT64_C(1000000000)

bool reading_is_stale(const struct record_revenue *reading, int64_t now_ms);
// More than 40 % more or less than the last accepted one, by the cautious figures; `last`
// NULL: there is none, and the first is taken as it is. In another currency than the last
// it is odd too: what it is worth is a person's to say.
bool reading_is_odd(const struct record_revenue *reading,
                    const struct record_revenue *last);
// By how many percent, rounded half away from zero: -62; no more than ±9999, which
// is also what is told after nothing. Both are of one currency.
int reading_change_percent(const struct record_revenue *reading,
                           const struct record_revenue *last);
