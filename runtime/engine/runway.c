// SPDX-License-Identifier: MIT
#include "engine/runway.h"

#include "engine/cost.h"

bool runway_find(const struct engine *engine, const struct plan_revenue *revenue,
                 struct money cost, struct money cash, struct runway *runway)
{
    *runway = (struct runway){.knows_revenue = revenue->is_known};
    if (!cost_convert(engine, cash, cost.currency, &runway->cash))
        return false;
    __int128 loss = cost.units;
    if (revenue->is_known)
        loss -= revenue->monthly.units;
    runway->is_covered = loss <= 0;
    if (runway->is_covered)
        return true;
    __int128 months = runway->cash.units / loss;
    runway->months = months < RUNWAY_MOST_MONTHS ? (int64_t) months : RUNWAY_MOST_MONTHS;
    return true;
}
