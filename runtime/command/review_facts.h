// SPDX-License-Identifier: MIT
//
// What the state shows by itself, as figures that rules and reviews compare: no host and
// no API is asked. What it does not show is not known, and says what would tell it.
#pragma once

#include "command/workbench.h"
#include "engine/rule.h"

#define REVIEW_FACTS 40
#define REVIEW_RATES 64

struct review_facts {
    struct rule_figure figures[REVIEW_FACTS];
    size_t figure_count;
    struct rule_rate rates[REVIEW_RATES];
    size_t rate_count;
    struct record_answers answers;
};

// Reads them as of now; *input points into `facts` and the bench's arena.
bool review_facts_read(struct workbench *bench, int64_t now_ms,
                       struct review_facts *facts, struct rule_input *input,
                       struct fault *fault) FAULT_CHECKED;
