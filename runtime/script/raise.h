// SPDX-License-Identifier: MIT
//
// Faults as Lua errors and Lua errors as faults. Every error that leaves Lua is a fault
// with file and line; in Lua a fault is a "pipster.fault" userdata.
#pragma once

#include <lua.h>

#include "base/fault.h"

// The code of a fault of kind "uncertain": what was asked for may still be happening.
#define RAISE_UNCERTAIN "uncertain"

// Never returns.
_Noreturn int raise_fault(lua_State *lua, const struct fault *fault);
// A FAULT_ERROR with the place of the nearest playbook line.
_Noreturn int raise_error(lua_State *lua, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void raise_push(lua_State *lua, const struct fault *fault);
// NULL when the value there is no fault.
struct fault *raise_find(lua_State *lua, int index);

// The message handler of every protected call: makes a fault with a place of anything.
int raise_handler(lua_State *lua);
// Takes the error on top of the stack away and fills the fault from it. `status` is the
// answer of the protected call.
void raise_take(lua_State *lua, int status, struct fault *fault);

// The nearest line of a playbook on the stack from `level` up, else of any Lua file:
// "playbooks/phase1.lua" and 12. False when there is none.
bool raise_place(lua_State *lua, int level, const char **file, int *line);

// The module `fault` of the stdlib.
int raise_open(lua_State *lua);
