// SPDX-License-Identifier: MIT
//
// Rules judged day by day over figures that are to come, or that once were: what would be
// proposed when, and what everything would cost. Every proposal counts as accepted on its
// day. Pure: prices come through a function, nothing is stored.
#pragma once

#include "engine/engine.h"
#include "engine/rule.h"

// What is known from a moment on, until the next one.
struct forecast_point {
    int64_t from_ms;
    const struct rule_figure *figures; // "revenue" and "customers" are told in the rows
    size_t figure_count;
};

struct forecast_price {
    struct money monthly;
    bool is_whole; // false: more than that, for something is not priced
};

// What all costs a month with the proposals of those rules in force.
typedef bool (*forecast_price_fn)(void *context, const bool *in_force,
                                  struct forecast_price *price,
                                  struct fault *fault) FAULT_CHECKED;

struct forecast_input {
    const struct engine *engine; // its rates and its currency
    const struct rule *rules;
    size_t rule_count;
    const struct rule_rate *rates;
    size_t rate_count;
    const struct rule_past *pasts;   // what is remembered of each rule; NULL: nothing
    const bool *in_force;            // whose proposal is accepted already; NULL: none
    const struct rule_input *others; // figures of each rule that no point tells; or NULL
    const struct forecast_point *points; // in the order of time
    size_t point_count;
    int64_t stale_ms;    // figures count for so long; 0: until there are newer ones
    const int64_t *ends; // of each row: what was so on the day before it
    size_t row_count;
    forecast_price_fn price;
    void *context;
};

struct forecast_row {
    int64_t from_ms;
    const struct rule_figure *revenue, *customers; // NULL: not known
    struct forecast_price cost;
    bool has_share;
    struct money monthly; // the revenue in the currency of the costs, where has_share
};

enum forecast_what {
    FORECAST_ACCEPTED, // it proposed, and that was done
    FORECAST_BLOCKED,  // it would have, at too great a share of the revenue
    FORECAST_RELEASED, // it proposed to go back, and that was done
    FORECAST_TOLD,     // it proposed something that changes nothing here
};

struct forecast_event {
    int64_t at_ms;
    size_t row;
    const struct rule *rule;
    enum forecast_what what;
    struct forecast_price before, after;
    bool has_share;
    struct money monthly;
    const char *why; // of what is blocked, or a warning, or NULL
};

struct forecast {
    struct forecast_row *rows;
    size_t row_count;
    struct forecast_event *events;
    size_t event_count;
    struct forecast_price first;   // as it is before any of it
    struct rule_verdict *verdicts; // of the last day, one for each rule
};

bool forecast_make(const struct forecast_input *input, struct arena *arena,
                   struct forecast *forecast, struct fault *fault) FAULT_CHECKED;
