// SPDX-License-Identifier: MIT
//
// What would come, or would have come: a table of months, what rules would do in them,
// and what keeps the others from it.
#pragma once

#include "engine/forecast.h"
#include "view/terminal.h"

struct forecast_shown {
    const struct forecast *forecast;
    const struct rule *rules; // those of the forecast's verdicts
    size_t rule_count;
    const char *title;        // "12%/month from 441.00 $ and 52 customers"
    const char *const *notes; // what the reader has to know of the figures
    size_t note_count;
    const char *hint; // how to tell what is not known
};

void forecast_view_print(const struct terminal *terminal,
                         const struct forecast_shown *shown);
// "forecast_month" a row, "rule_event" each thing that is done, "rule" each rule with its
// last state, then "forecast".
void forecast_view_json(FILE *stream, const struct forecast_shown *shown);
// An SVG: see plot.h.
void forecast_view_plot(struct text *out, const struct forecast_shown *shown);

// What a rule proposes, in words, in the arena.
const char *forecast_view_proposal(struct arena *arena, const struct rule *rule);
// What keeps a rule that is not in force from proposing, or NULL.
const char *forecast_view_obstacle(const struct rule_verdict *verdict);
