// SPDX-License-Identifier: MIT
//
// What everything costs a month, before and after, net, in the project's currency.
#pragma once

#include "engine/engine.h"

// Sums the price lines of all previews; what has no price, or no exchange rate, is
// listed.
bool cost_sum(const struct engine *engine, struct plan *plan,
              struct fault *fault) FAULT_CHECKED;

// `amount` in `currency` by the engine's dated rates (either direction); false: no rate.
bool cost_convert(const struct engine *engine, struct money amount, const char *currency,
                  struct money *converted);
