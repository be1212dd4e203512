// SPDX-License-Identifier: MIT
//
// `pipster review`: each line of the checklist with what it saw, then the sum.
#pragma once

#include "engine/review.h"
#include "view/terminal.h"

// What is retired or dearer, and what to take instead.
struct review_price {
    const char *address, *text;
    const struct value *data; // a map of the same
};

struct review_shown {
    struct review_lines lines;
    const struct review_found *found; // one a line
    const struct review_price *prices;
    size_t price_count;
    const char *last; // "2026-11-29", or NULL: it was never gone through
    const char *due;  // the day from which it is due
    bool is_due;
};

void review_view_print(const struct terminal *terminal, const struct review_shown *shown);
// One line "review_line" each, one "review_price" each, then "review".
void review_view_json(FILE *stream, const struct review_shown *shown);
size_t review_view_count(const struct review_shown *shown, enum rule_truth truth);
