// SPDX-License-Identifier: MIT
//
// restarts = service, reloads = service in any declaration on a host: when the thing
// changes, that unit is restarted or reloaded, once, after the last of its causes.
#pragma once

#include <lua.h>

#include "script/declare.h"

// Whether a key of a declaration is one of these, on types without such an attribute.
bool restart_word_is(const char *name);
// Takes them from the table at `index`; what it does not say stays.
void restart_word_take(lua_State *lua, struct declare *declare, int index,
                       struct resource *resource);
