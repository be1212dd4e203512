// SPDX-License-Identifier: MIT
//
// What a declaration says about the life of its thing, beside what it is: which
// attributes are left as they are, and what a difference does that only a new thing could
// have.
#pragma once

#include "engine/diff.h"
#include "engine/planner.h"

// Whether `ignore` of a declaration or a row names it; it may be NULL.
bool lifecycle_ignores(const struct value *ignore, const char *name);

// For something that is there: what is wanted, with what is to be ignored as found.
const struct value *lifecycle_wanted(struct arena *arena, const struct change *change);

// Differences of birth become fields where they are to be acted on; the others are told.
void lifecycle_births(struct planner *planner, const struct change *change,
                      struct diff *diff);

// It goes by another name out there than its address says: a field of its own.
void lifecycle_name(struct arena *arena, const struct change *change, struct diff *diff);

// Fields that its type says are not for every eye are as secret ones.
void lifecycle_hide(struct change *change);

// Whether a rebuild in place is asked for and does what else would take a new one.
bool lifecycle_rebuilds(const struct change *change, const struct schema *schema);
