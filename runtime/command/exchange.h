// SPDX-License-Identifier: MIT
//
// `exchange` of pipster.lua: what one currency is worth in another, on which day.
//
//     exchange = { date = "2026-09-30", EUR_USD = "1.0850" }
//     exchange = { file = "eurofxref.csv", max_age = "30d" }
#pragma once

#include "command/project.h"

// Fills the project's rates, in both directions. Rates older than max_age (180 days), and
// those without a date, are used and said to be so: project->rates_stale.
bool exchange_read(struct project *project, struct arena *arena, int64_t now_ms,
                   struct fault *fault) FAULT_CHECKED;

// One rate and its inverse, behind those that are there; there is room for them.
void exchange_add(struct project *project, struct arena *arena, const char *from,
                  const char *to, int64_t rate, const char *date);
