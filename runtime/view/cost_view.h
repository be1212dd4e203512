// SPDX-License-Identifier: MIT
//
// A bill, as people and as machines read it.
#pragma once

#include <stdio.h>

#include "engine/bill.h"
#include "engine/paid.h"
#include "view/terminal.h"

struct cost_shown {
    const struct bill *bill;
    enum bill_by by;
    int hours;        // that are priced; 0: a month
    bool diff;        // what it costs now beside that, and only where they differ
    const char *rate;   // "1 EUR = 1.085 USD of 2026-09-30", or NULL
    const char *prices; // of which book: "Hetzner's prices, of 2026-06-30", or NULL
    struct paid_list paid; // things that were made for another price than the list's
    const char *vat;    // "19%": the sum is told gross too; or NULL
    const char *stale;  // why the rates are not to be relied on, or NULL
    const struct plan_revenue *revenue; // what the sum is a share of, or NULL
};

void cost_view_print(const struct terminal *terminal, const struct cost_shown *shown);
// "cost_line" a row, then "cost" with the sums.
void cost_view_json(FILE *stream, const struct cost_shown *shown);
