// SPDX-License-Identifier: MIT
//
// The table that a playbook writes after rule "name", as a struct rule.
#pragma once

#include "engine/rule.h"

// `table` is a map of plain data in the arena. Place and file are left to the caller.
bool rule_read(struct arena *arena, const char *name, const struct value *table,
               struct rule *rule, struct fault *fault) FAULT_CHECKED;
// What the function of a rule that asks gave: a proposal, or why there is none. NULL: it
// gave nothing, which is refused.
bool rule_read_proposal(struct arena *arena, const struct value *proposal,
                        struct rule *rule, struct fault *fault) FAULT_CHECKED;
