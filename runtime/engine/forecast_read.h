// SPDX-License-Identifier: MIT
//
// What people write of a future: how it grows, and what is to be taken for known.
#pragma once

#include "engine/rule.h"

// "12%/month", or without the month; more than -100 % and at most 1000 %. *percent is
// 10^-8 of a percent.
bool forecast_read_growth(const char *text, int64_t *percent,
                          struct fault *fault) FAULT_CHECKED;
// The amount a month later, rounded half to even at its eighth decimal.
int64_t forecast_read_grown(int64_t units, int64_t percent);

// "cpu=85%", "soc2=yes", "at_risk=$40": a figure that is known.
bool forecast_read_figure(struct arena *arena, const char *text,
                          struct rule_figure *figure, struct fault *fault) FAULT_CHECKED;
// The same of its name and its value. What needs a currency and has none gets
// `currency`; NULL: nothing needs one.
bool forecast_read_value(struct arena *arena, const char *name, const char *value,
                         const char *currency, struct rule_figure *figure,
                         struct fault *fault) FAULT_CHECKED;
