// SPDX-License-Identifier: MIT
//
// removed { "…" }: rows that are dropped while their things stay. What is on a host that
// is removed, or on that of a machine, stays with it.
#pragma once

#include "engine/planner.h"

// None of what is removed may still be declared.
bool removed_check(const struct planner *planner, struct fault *fault) FAULT_CHECKED;
// What says that this one is only forgotten, or NULL.
const struct resource_removal *removed_find(const struct planner *planner,
                                            const struct draft *draft);
