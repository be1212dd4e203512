// SPDX-License-Identifier: MIT
//
// What was approved beside what would be done now: it may be less, never another thing.
#pragma once

#include "base/map.h"
#include "engine/planfile.h"

// Both with their digests. `begun`: addresses that an earlier run of this very plan had
// begun to change, so that they look otherwise than they did; NULL when none did.
// FAULT_STALE names the address and the field.
bool planfile_compare(const struct planfile *approved, const struct planfile *now,
                      const struct map *begun, struct fault *fault) FAULT_CHECKED;
