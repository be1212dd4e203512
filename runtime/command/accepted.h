// SPDX-License-Identifier: MIT
//
// Proposals of rules that were accepted: laid over every playbook that is evaluated,
// until they are withdrawn.
#pragma once

#include "command/workbench.h"

// Reads them and lays all of them.
bool accepted_load(struct workbench *bench, struct fault *fault) FAULT_CHECKED;
// Lays all of them again, where others were laid meanwhile.
void accepted_lay(struct workbench *bench);

// What a playbook cannot be evaluated with may be one of them. Always false.
bool accepted_blame(const struct workbench *bench, struct fault *fault);

// How many script_amendments the one row becomes, at most.
size_t accepted_room(const struct record_amendment *row);
// Adds them behind the first *count.
void accepted_add(struct workbench *bench, const struct record_amendment *row,
                  struct script_amendment *amendments, size_t *count);
