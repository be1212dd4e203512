// SPDX-License-Identifier: MIT
//
// Stages that could not be evaluated: what they declared last time stays as it is, and
// what a stage was told must still hold in the plan that it led to.
#pragma once

#include "engine/planner.h"

// The stage, not evaluated now, that a row belongs to; NULL when there is none.
const struct resource_deferral *stage_of_record(const struct planner *planner,
                                                const struct record *record);
// The same of a draft that is not declared.
const struct resource_deferral *stage_of(const struct planner *planner,
                                         const struct draft *draft);
// The first stage that a check would have to wait for, since it stands before it.
const struct resource_deferral *stage_before(const struct planner *planner,
                                             const struct resource *check);
// Whether an unfinished step is for the run that can evaluate all stages: it may be of
// one of them.
bool stage_keeps_step(const struct planner *planner, const struct record_step *step);
bool stage_keeps_handler(const struct planner *planner,
                         const struct record_handler *handler);

// Tells options->moved of every answer that this plan takes back, as far as it is
// decided; FAULT_STALE when there was one.
bool stage_judge(const struct planner *planner, struct fault *fault) FAULT_CHECKED;
