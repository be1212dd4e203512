// SPDX-License-Identifier: MIT
//
// create_before_destroy: the old thing becomes NAME.old, in state and out there, before
// the new one is made under the name; it goes when all that uses the name uses the new
// one. No playbook can declare such a name. What a cut-off run leaves is a row NAME.old,
// not declared: it goes in the same place of the next run.
#pragma once

#include "engine/apply.h"
#include "engine/planner.h"

// Once all is decided: a draft for each old thing, with what it must wait for.
bool depose_plan(struct planner *planner, struct fault *fault) FAULT_CHECKED;

// The step by which the old one gives up the name, before the node's create; NULL: none.
const struct change *depose_step(const struct node *node);
// With the intent of that step: the row takes the new address.
void depose_record(struct apply *apply, struct transaction *transaction,
                   struct draft *heir);
// Whether an old one is kept after all, since apply found that it need not be replaced.
bool depose_is_off(const struct draft *draft);
