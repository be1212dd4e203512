// SPDX-License-Identifier: MIT
//
// Boxes: values that Lua code may pass on and join, but not look into. In a playbook
// "pipster.reference" stands for a reference or a template; the stdlib also sees
// "pipster.unknown" (known only after apply) and "pipster.secret". Whatever Lua lets us
// catch raises and names `text` and `value`; a joined secret is a secret.
#pragma once

// How much of its stack a thread keeps from the start, so that joining never moves it;
// and how many calls deep (each has at most 255 slots) there is room for that.
#define REFERENCE_STACK_MAIN 60000
#define REFERENCE_DEPTH_MAIN 200
#define REFERENCE_STACK_TASK 8000
#define REFERENCE_DEPTH_TASK 30

#include <lua.h>
#include <stdbool.h>

#include "value/value.h"

// Makes the metatables.
int reference_open(lua_State *lua);

// A box with a copy of its own.
void reference_push(lua_State *lua, const struct value *value);
// NULL when it is no box.
const struct value *reference_find(lua_State *lua, int index);
// The same for a box of a secret.
const struct value *reference_find_secret(lua_State *lua, int index);
// Raises when there is a box or a handle: `what` cannot be done with it.
void reference_refuse(lua_State *lua, int index, const char *what);

// text("https://%s/health", domain)
int reference_text(lua_State *lua);
// Joins the texts, numbers and boxes first … last and pushes what comes out.
void reference_join(lua_State *lua, int first, int last);

// Modules of the stdlib.
int reference_open_unknown(lua_State *lua);
