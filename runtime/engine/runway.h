// SPDX-License-Identifier: MIT
//
// How long the cash lasts, by what comes in and what is declared here costs.
#pragma once

#include "engine/engine.h"

#define RUNWAY_MOST_MONTHS 1200

struct runway {
    struct money cash;  // in the currency of the costs
    int64_t as_of_ms;   // the day of which it is
    bool is_covered;    // as much comes in as goes out
    int64_t months;     // whole ones, from that day on; at most RUNWAY_MOST_MONTHS
    bool knows_revenue; // false: as if nothing came in
};

// False where there is no exchange rate for the cash.
bool runway_find(const struct engine *engine, const struct plan_revenue *revenue,
                 struct money cost, struct money cash, struct runway *runway);
