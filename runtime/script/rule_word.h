// SPDX-License-Identifier: MIT
//
// rule "name" { when = { revenue = "> $500" }, hold = "14d", propose = { … } }: a
// business trigger, judged by engine/rule.h.
#pragma once

#include <lua.h>

#include "script/declare.h"

// Adds the word to the environment on top of the stack.
void rule_word_push(lua_State *lua);
// That every rule has its table, and amends what is declared.
bool rule_word_check(const struct declare *declare, struct fault *fault) FAULT_CHECKED;
// What was said, into the set.
void rule_word_list(const struct declare *declare, struct resource_set *set);
