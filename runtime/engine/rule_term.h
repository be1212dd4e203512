// SPDX-License-Identifier: MIT
//
// The comparisons and spans of a rule as people write them.
#pragma once

#include "engine/rule.h"

// "> $500", ">= 10", "< 5%", "<= 500ms"; "yes" and "no" make an answer of it. `figure` is
// its name, `kind` RULE_FIGURE or RULE_MEASURED; both texts are copied.
bool rule_term_parse(struct arena *arena, const char *figure, enum rule_kind kind,
                     const char *text, struct rule_term *term,
                     struct fault *fault) FAULT_CHECKED;
// "14d" as in duration.h, "1 month", "3 months"; "0" is no time at all.
bool rule_term_parse_span(const char *text, struct rule_span *span,
                          struct fault *fault) FAULT_CHECKED;
// The moment so much later; months are those of the calendar, in UTC.
int64_t rule_term_after(struct rule_span span, int64_t from_ms);

// Whether the business tells that figure, and no check; *is_money says of what.
bool rule_term_is_of_business(const char *figure, bool *is_money);
