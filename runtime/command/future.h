// SPDX-License-Identifier: MIT
//
// What the verbs share that judge rules over figures which are not those of today:
// forecast, what-if and rules backtest. All is read, nothing is stored.
#pragma once

#include "command/rule_price.h"
#include "view/forecast_view.h"

#define FUTURE_NOTES 8

struct future {
    struct workbench bench;
    struct rule_price price;
    struct rule_rate *rates; // of the project, in both directions
    size_t rate_count;
    struct rule_figure *assumed; // --assume
    size_t assumed_count;
    const char *currency;                  // of amounts that are written without one
    struct rule_figure revenue, customers; // that it begins with
    const char *begin;                     // these in words
    const char *notes[FUTURE_NOTES];
    size_t note_count;
    int64_t now_ms;
};

// Opens everything and evaluates the playbook: `playbook`, as it was typed, or, where it
// is NULL, the one last run. future_close may be called in any case.
bool future_open(struct future *future, const struct options *options,
                 const char *playbook, struct fault *fault) FAULT_CHECKED;
void future_close(struct future *future);

// What comes in: --mrr and --customers, else the newest reading that was accepted, else
// it is not known.
bool future_take_revenue(struct future *future, struct fault *fault) FAULT_CHECKED;

// What is remembered of the rules, and whose proposals are accepted.
bool future_take_pasts(struct future *future, struct forecast_input *input,
                       struct fault *fault) FAULT_CHECKED;

// A point of those figures (NULL: none), with what is assumed; of two of one name the
// assumed one counts.
struct forecast_point future_point(struct future *future, int64_t from_ms,
                                   const struct rule_figure *figures, size_t count);

// Judges and shows it: as a table or as JSON, and as a plot where --svg wants one.
bool future_show(struct future *future, struct forecast_input *input, const char *title,
                 struct fault *fault) FAULT_CHECKED;
