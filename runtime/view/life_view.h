// SPDX-License-Identifier: MIT
//
// What a plan tells of the life of a thing: what is lost and what survives when another
// takes its place, who follows it there, and what is only called or kept differently.
#pragma once

#include "engine/plan.h"
#include "view/terminal.h"

// The lines behind a change; none where there is nothing to tell.
void life_view_print(const struct terminal *terminal, const struct plan *plan,
                     const struct change *change);
// " 1 moved. 2 forgotten." of the summary.
void life_view_count(const struct terminal *terminal, const struct plan *plan);
