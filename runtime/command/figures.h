// SPDX-License-Identifier: MIT
//
// The figures that rules look at, as of one moment: what came in, what all costs, what
// checks measured and what people answered. Missing, stale or not accepted is not known,
// and says why and what to do.
#pragma once

#include "command/figures_state.h"
#include "command/workbench.h"
#include "engine/rule.h"
#include "store/answer.h"

#define FIGURES_OF_BUSINESS 8

struct figures {
    struct arena *arena;
    struct database *database;
    int64_t now_ms;
    struct rule_figure business[FIGURES_OF_BUSINESS];
    size_t business_count;
    struct figures_state state;
    struct rule_rate *rates; // in both directions
    size_t rate_count;
    struct record_answers answers;
    const struct record_revenue *revenue; // to be relied on; NULL: none is
    const char *revenue_unknown;          // then why
};

// `cost`: of all in a month; NULL: it is not known.
bool figures_gather(struct workbench *bench, const struct money *cost, int64_t now_ms,
                    struct figures *figures, struct fault *fault) FAULT_CHECKED;
// All that the rule looks at. What is remembered of it is left to the caller.
bool figures_input(const struct figures *figures, const struct rule *rule,
                   struct rule_input *input, struct fault *fault) FAULT_CHECKED;
// What comes in a month in that currency; false: not known.
bool figures_monthly(const struct figures *figures, const char *currency,
                     struct money *monthly);
