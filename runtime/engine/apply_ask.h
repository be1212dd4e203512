// SPDX-License-Identifier: MIT
//
// What only a run may ask: whether a thing is to be changed depends on a look that itself
// may not be made in a plan. It is asked right before its turn, when nothing is under way
// on its host; behind other steps of a batch it decides for itself, on the host.
#pragma once

#include "engine/apply.h"

// Starts asking about those whose turn it is; false when there are none.
bool apply_ask_start(struct apply *apply, struct apply_lane *lane);
// Something is going to be done before it: what it answered holds no more.
void apply_ask_forget(struct node *node);
