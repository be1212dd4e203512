// SPDX-License-Identifier: MIT
//
// The table that a playbook writes after rule "name", as a struct rule.
#pragma once

#include "engine/rule.h"

// `table` is a map of plain data in the arena. Place and file are left to the caller.
bool rule_read(struct arena *arena, const char *name, const struct value *table,
               struct rule *rule, struct fault *fault) FAULT_CHECKED;
