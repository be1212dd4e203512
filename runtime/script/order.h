// SPDX-License-Identifier: MIT
//
// pairs and next in the order of the keys: numbers, then texts by their bytes, then
// booleans. Lua's own order differs from run to run.
#pragma once

#include <lua.h>

int order_next(lua_State *lua);
int order_pairs(lua_State *lua);
