// SPDX-License-Identifier: MIT
//
// Lua values ↔ struct value. Tables with the keys 1 … n are lists, tables with text keys
// are maps, an empty one is a map unless json.list marked it. References, templates,
// unknowns and secrets are boxes (reference.h).
#pragma once

#include <lua.h>

#include "value/value.h"

enum convert_null {
    CONVERT_NULL_IS_NIL,  // what the engine hands out: absent
    CONVERT_NULL_IS_MARK, // json.decode: json.null
};

void convert_push(lua_State *lua, const struct value *value, enum convert_null null);
// Raises for what has no value: functions, tables of mixed keys, cycles, NaN.
const struct value *convert_check(lua_State *lua, int index, struct arena *arena);
// A name or a path in a playbook: a short text, whole in C too.
const char *convert_check_word(lua_State *lua, int index, const char *what);
// Raises for text that JSON and a shell cannot carry: no UTF-8, or NUL inside. Secrets
// are not looked at.
void convert_refuse_bytes(lua_State *lua, const struct value *value, const char *what);
// As convert_check, but nil is NULL.
const struct value *convert_find(lua_State *lua, int index, struct arena *arena);

// json.null, and the mark of json.list
void convert_push_null(lua_State *lua);
void convert_mark_list(lua_State *lua, int index);
