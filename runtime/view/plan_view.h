// SPDX-License-Identifier: MIT
//
// A plan as people read it: each change with its reason, fields, actions, downtime, data
// at risk and price; then the counts and the cost, in the words scripts look for.
#pragma once

#include "engine/plan.h"
#include "view/terminal.h"

// `verbose` shows the actions of every change and things that stay as they are.
void plan_view_print(const struct terminal *terminal, const struct plan *plan,
                     bool verbose);

// "Plan: 3 to add, 1 to change, 0 to destroy." or "No changes. …"
void plan_view_summary(const struct terminal *terminal, const struct plan *plan);

// "Cost: +4.15 €/month (23.60 → 27.75)." with what is not priced.
void plan_view_cost(const struct terminal *terminal, const struct plan *plan);

// "address = 192.0.2.1" lines.
void plan_view_outputs(const struct terminal *terminal,
                       const struct resource_output *outputs, size_t count);
