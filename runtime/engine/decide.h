// SPDX-License-Identifier: MIT
//
// What becomes of one thing: its action, the reason for it, and what the provider tells
// about it beforehand. Used by a plan, and again by apply where the plan could not know.
#pragma once

#include "engine/planner.h"

// Everything it refers to is decided or done, and it was observed.
bool decide_draft(struct planner *planner, struct draft *draft,
                  struct fault *fault) FAULT_CHECKED;

// The same during apply: may end in less than what was planned, never in something else.
bool decide_again(struct planner *planner, struct draft *draft,
                  struct fault *fault) FAULT_CHECKED;
