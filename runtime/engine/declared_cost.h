// SPDX-License-Identifier: MIT
//
// What declared things cost, without a look at the world: for prices of another day and
// for a machine that has no network.
#pragma once

#include "engine/engine.h"

// A plan in which everything declared is new, priced and summed. It is there to be shown;
// it cannot be carried out.
bool declared_cost_plan(const struct engine *engine, const struct resource_set *wanted,
                        struct plan **plan, struct fault *fault) FAULT_CHECKED;
