// SPDX-License-Identifier: MIT
//
// What Lua code can name: an allow-list. A playbook gets a fresh table of it; the stdlib
// shares one that nobody can change. No io, os, load, debug or coroutine, no randomness,
// no finalizers; pairs and next go in the order of the keys.
#pragma once

#include <lua.h>

// Opens Lua's own libraries, keeps what is allowed and forgets the rest.
int sandbox_open(lua_State *lua);
// A fresh environment for one playbook.
void sandbox_push_playbook(lua_State *lua);
// The environment of the stdlib.
void sandbox_push_stdlib(lua_State *lua);
// Adds the value on top of the stack to the stdlib's environment and pops it.
void sandbox_set_stdlib(lua_State *lua, const char *name);
