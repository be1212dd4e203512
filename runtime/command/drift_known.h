// SPDX-License-Identifier: MIT
//
// Which drift was told before: kept in the environment's cache, since a look writes no
// state. What is no drift any more is forgotten, so that it is new when it comes again.
#pragma once

#include "engine/drift.h"
#include "store/cache.h"

// *since, in step with the drift's items: when each was told first, 0 for never before.
// `cache` may be NULL: everything is new. What is found now counts as told from now on.
bool drift_known_update(struct arena *arena, struct cache *cache,
                        const struct drift *drift, int64_t **since,
                        struct fault *fault) FAULT_CHECKED;
