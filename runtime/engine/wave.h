// SPDX-License-Identifier: MIT
//
// The waves of rolling runs, as order between hosts: what is done on a host waits for all
// that is done on the hosts of the wave before, whatever becomes of it.
#pragma once

#include "engine/planner.h"

// Adds that order; everything is decided.
void wave_arrange(struct planner *planner, struct graph *graph);
// When the graph could not be sorted with it: says which hosts stand in each other's way,
// of the nodes on the cycle. False also where no wave has to do with it.
bool wave_refuse(const struct planner *planner, const size_t *cycle, size_t count,
                 struct fault *fault);
