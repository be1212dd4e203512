// SPDX-License-Identifier: MIT
//
// The edges that removals bring, beside those of the declarations: what depends on a
// thing goes before it, on one host what is removed makes room first, and what disappears
// with its machine follows it.
#pragma once

#include "engine/planner.h"

// Adds them to a graph whose nodes are drafts; everything is decided.
void arrange_removals(const struct planner *planner, struct graph *graph);
