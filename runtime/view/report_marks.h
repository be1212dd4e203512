// SPDX-License-Identifier: MIT
//
// What rules did, as marks in a plot over months: a proposal, its acceptance, its end.
#pragma once

#include "view/plot.h"
#include "view/report.h"

// At most PLOT_MARKS of them, the newest, in the order of their time. `ends_ms` are the
// first milliseconds behind each month.
size_t report_marks_list(const struct report *report, const int64_t *ends_ms,
                         size_t month_count, struct plot_mark marks[PLOT_MARKS]);
