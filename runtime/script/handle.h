// SPDX-License-Identifier: MIT
//
// What declaring gives back: a handle on the resource. An attribute by dot is a
// reference, a verb by colon a call (amend, append, the type's own methods, and on a host
// every type of stdlib/host).
#pragma once

#include <lua.h>

#include "value/value.h"

struct declaration;

int handle_open(lua_State *lua);
void handle_push(lua_State *lua, struct declaration *declaration);
// NULL when the value there is none, or is of an evaluation that has ended.
struct declaration *handle_find(lua_State *lua, int index);
// Raises when there is a handle: it stands for no text.
void handle_refuse(lua_State *lua, int index, const char *what);
// What a handle means where a value is wanted: the resource's id. Raises for all else.
const struct value *handle_check_value(lua_State *lua, int index, struct arena *arena);

// The module `handle` of the stdlib: is, type, address, name.
int handle_open_module(lua_State *lua);
