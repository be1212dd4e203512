// SPDX-License-Identifier: MIT
//
// Costs as a share of what comes in a month: exact, until it is shown.
#pragma once

#include "engine/engine.h"

// Takes the engine's revenue over into the plan, in the currency of the plan's costs.
void share_take(const struct engine *engine, struct plan *plan);

// "10%" or "7.5%" of that, as an amount. False: it is no share.
bool share_of(const char *percent, struct money revenue, struct money *amount);

#define SHARE_TEXT_SIZE 32
// "3.0%", rounded half to even at the tenth; "over 999%"; of nothing "more than all".
char *share_format(struct money cost, struct money revenue, char buffer[SHARE_TEXT_SIZE]);
// The same without a sign, or NULL where it is no number: "3.0".
const char *share_number(struct money cost, struct money revenue,
                         char buffer[SHARE_TEXT_SIZE]);
