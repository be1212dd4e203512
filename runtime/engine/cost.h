// SPDX-License-Identifier: MIT
//
// What everything costs a month, before and after, net, in the project's currency.
#pragma once

#include "engine/engine.h"

// One price of one thing.
struct cost_line {
    const struct change *change;
    const struct price_line *price;
    bool is_after; // else before
};

struct cost_lines {
    struct cost_line *items;
    size_t count;
};

// What the things of a plan cost before it and after it, in the plan's order: the lines
// that make both sums.
void cost_list(struct plan *plan, struct cost_lines *lines);

// Sums the price lines of all previews; what has no price, or no exchange rate, is
// listed.
bool cost_sum(const struct engine *engine, struct plan *plan,
              struct fault *fault) FAULT_CHECKED;

// Why nobody should rely on a rate by which something of the plan was converted; NULL:
// none was, or they are fresh.
const char *cost_stale(const struct engine *engine, const struct plan *plan);

// `amount` in `currency` by the engine's dated rates (either direction); false: no rate.
bool cost_convert(const struct engine *engine, struct money amount, const char *currency,
                  struct money *converted);
