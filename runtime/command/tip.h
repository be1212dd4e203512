// SPDX-License-Identifier: MIT
//
// The tip: the playbook last applied. A run is of the tip, or of one that includes it:
// what else was declared would be left to nobody, and amendments would be undone.
// Playbooks that begin with include(tip()) may take turns over the one below them.
#pragma once

#include "command/workbench.h"

// Reads tip and what is below it from the state.
bool tip_load(struct workbench *bench, struct fault *fault) FAULT_CHECKED;
// Whether the evaluated playbook may be run; the fault says what to type otherwise.
bool tip_allows(const struct workbench *bench, struct fault *fault) FAULT_CHECKED;
// From now on it is the evaluated playbook.
bool tip_move(struct workbench *bench, struct fault *fault) FAULT_CHECKED;
