// SPDX-License-Identifier: MIT
//
// What once was, as a table that people keep: lines of CSV, the first of which names the
// columns: date, mrr, customers, and any other figure that rules look at.
#pragma once

#include "engine/forecast.h"

struct forecast_history {
    struct forecast_point *points; // a line each, in the order of their dates
    size_t count;
};

// Amounts without a currency are in `currency`. An empty cell is not known. Faults tell
// the line, as FILE:LINE.
bool forecast_history_parse(struct arena *arena, const char *file, const char *bytes,
                            size_t length, const char *currency,
                            struct forecast_history *history,
                            struct fault *fault) FAULT_CHECKED;
