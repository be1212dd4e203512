// SPDX-License-Identifier: MIT
//
// Unfinished intents of earlier runs: what became of them, as the world shows.
#pragma once

#include "engine/planner.h"

// Fills plan->settled; everything is decided.
void settle_tell(struct planner *planner);
