// SPDX-License-Identifier: MIT
//
// Readings of the revenue, as people and as machines read them.
#pragma once

#include <stdio.h>

#include "engine/churn.h"
#include "value/record.h"
#include "view/terminal.h"

struct revenue_shown {
    const struct record_revenue *row;
    const struct record_revenue *last; // accepted before it, or NULL
    const struct churn *churn;         // NULL: not known
    bool tells_risk;                   // a source tells what is at risk
    int64_t now_ms;
};

void revenue_view_print(const struct terminal *terminal,
                        const struct revenue_shown *shown);
// One line of the history.
void revenue_view_row(const struct terminal *terminal, const struct record_revenue *row);
// One line of type "revenue", for both.
void revenue_view_json(FILE *stream, const struct revenue_shown *shown);
