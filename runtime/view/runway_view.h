// SPDX-License-Identifier: MIT
//
// What stands below a bill: what it is for each customer, and how long the cash lasts.
#pragma once

#include <stdio.h>

#include "engine/runway.h"
#include "view/terminal.h"

struct runway_shown {
    struct money cost;
    const struct plan_revenue *revenue;
    const struct runway *runway; // NULL: no cash is told
    int64_t now_ms;
};

void runway_view_print(const struct terminal *terminal, const struct runway_shown *shown);
// One line of type "cost_basis"; none where there is nothing to tell.
void runway_view_json(FILE *stream, const struct runway_shown *shown);
