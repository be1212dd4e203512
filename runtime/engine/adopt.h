// SPDX-License-Identifier: MIT
//
// Taking over what exists: a plan is made as if rows were there that are not
// (engine_options.assumed: an address and what the world knows the thing by), so that the
// types look for exactly that; what was found is then recorded as ours. For `import`,
// `adopt` and `state recover`.
#pragma once

#include "engine/engine.h"

// Rows of things that no playbook at hand declares are those of this one: left alone by
// plans, until something declares them.
#define ADOPT_PLAYBOOK "(recovered)"

// Both, sorted; where an address is in both, `rows` has it.
struct state_rows adopt_rows(struct arena *arena, const struct state_rows *rows,
                             const struct state_rows *assumed);

// After engine_plan: queues the rows of what was assumed and found, as ours where it was
// assumed to be; `everything`: of all that was found. How many there are.
size_t adopt_record(struct engine *engine, struct plan *plan, bool everything,
                    struct transaction *transaction);
