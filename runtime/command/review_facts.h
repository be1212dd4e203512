// SPDX-License-Identifier: MIT
//
// The figures that a review looks at: those of rules, with the cost as the last run left
// it and what was measured last in place of a window. No host and no API is asked.
#pragma once

#include "command/workbench.h"
#include "engine/rule.h"

#define REVIEW_FACTS 40

struct review_facts {
    struct rule_figure figures[REVIEW_FACTS];
    size_t figure_count;
    struct record_answers answers;
};

// Reads them as of now; *input points into `facts` and the bench's arena.
bool review_facts_read(struct workbench *bench, int64_t now_ms,
                       struct review_facts *facts, struct rule_input *input,
                       struct fault *fault) FAULT_CHECKED;
