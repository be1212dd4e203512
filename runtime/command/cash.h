// SPDX-License-Identifier: MIT
//
// cash = { amount = "12000 €", as_of = "2026-11-01" } of pipster.lua: what the costs are
// paid from.
#pragma once

#include "command/project.h"

// *told false: the project tells none. What cannot be read is a fault.
bool cash_read(const struct project *project, bool *told, struct money *amount,
               int64_t *as_of_ms, struct fault *fault) FAULT_CHECKED;
