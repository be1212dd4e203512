// SPDX-License-Identifier: MIT
//
// The project's exchange rates as rules go by them.
#pragma once

#include "engine/engine.h"
#include "engine/rule.h"

// Each pair once, as it was told first. Lists of reference rates are the euro's: between
// two others stands what follows from theirs with it.
struct rule_rate *rule_rates_list(struct arena *arena, const struct engine_rate *told,
                                  size_t told_count, size_t *count);
