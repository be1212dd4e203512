// SPDX-License-Identifier: MIT
//
// Reading what exists: one request per cloud type, all at once; then one per host, all at
// once. A host that is not there yet, or goes with its machine, is not asked.
#pragma once

#include "engine/planner.h"

// Reads everything that does not live on a host.
bool refresh_cloud(struct planner *planner, struct fault *fault) FAULT_CHECKED;

// Reads every host of which it is decided by now what becomes of its machine. *more:
// there was one, so that more can be decided.
bool refresh_hosts(struct planner *planner, bool *more,
                   struct fault *fault) FAULT_CHECKED;

// One request about these things of one host. `done` is called from turn(), after every
// draft holds its answer.
typedef void (*refresh_done_fn)(void *context);
void refresh_start_host(struct planner *planner, struct draft *host,
                        struct draft **drafts, size_t count, refresh_done_fn done,
                        void *context);
