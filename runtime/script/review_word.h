// SPDX-License-Identifier: MIT
//
// review "name" { part, text, when, ask }: a line of a checklist, judged by
// engine/review.h.
#pragma once

#include <lua.h>

#include "script/declare.h"

// Adds the word to the environment on top of the stack.
void review_word_push(lua_State *lua);
// That every line has its table.
bool review_word_check(const struct declare *declare, struct fault *fault) FAULT_CHECKED;
// What was said, into the set.
void review_word_list(const struct declare *declare, struct resource_set *set);
