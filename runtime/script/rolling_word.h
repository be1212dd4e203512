// SPDX-License-Identifier: MIT
//
// rolling "web" { hosts = { a, b }, serial = 1, max_fail = 0 }: which hosts are changed
// one wave after the other.
#pragma once

#include <lua.h>

#include "script/declare.h"

// Adds the word to the environment on top of the stack.
void rolling_word_push(lua_State *lua);
// What was said, into the set.
void rolling_word_list(const struct declare *declare, struct resource_set *set);
