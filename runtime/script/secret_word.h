// SPDX-License-Identifier: MIT
//
// secret("jwt_key", { … }): the word of a playbook. What it gives is a reference; the
// value never reaches Lua.
#pragma once

#include <lua.h>

int secret_word_call(lua_State *lua);
