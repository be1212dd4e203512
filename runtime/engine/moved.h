// SPDX-License-Identifier: MIT
//
// moved { from, to }: what is recorded under one address is the thing declared under
// another. A plan looks at the rows as they will be; a run renames them before all else.
#pragma once

#include "engine/planner.h"

// Those that concern what is recorded, in order; ends with from NULL.
struct moved {
    const char *from, *to;
    const char *where;
    struct state_rows rows; // before it
};

// Gives what was loaded its new addresses. An error: one said twice, in a circle, still
// declared under the old address or not under the new, or recorded under both.
bool moved_take(struct planner *planner, struct fault *fault) FAULT_CHECKED;
// The address under which the database still has it: itself when it was not moved.
const char *moved_origin(const struct planner *planner, const char *address);
// Once there are drafts: what was moved from where.
void moved_tell(struct planner *planner);
// Into the database.
bool moved_write(struct planner *planner, struct fault *fault) FAULT_CHECKED;
