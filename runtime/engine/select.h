// SPDX-License-Identifier: MIT
//
// --only and --except: which changes of a plan are carried out now. What is left out
// stays as it is; so does what cannot be done without it.
#pragma once

#include "engine/planner.h"

// Marks the drafts that were left out, before anything is decided. A selector is an
// address glob, tag=NAME, host=NAME (the host and all on it), group=NAME (the same of all
// hosts of a group) or phase=N; one that matches nothing is a fault.
bool select_mark(struct planner *planner, struct fault *fault) FAULT_CHECKED;

// Once everything is decided: with --only, what a selected change cannot do without comes
// along; what needs something left out is skipped. Skipped changes become CHANGE_NONE and
// say why.
void select_hold(struct planner *planner);
