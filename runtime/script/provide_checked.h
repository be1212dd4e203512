// SPDX-License-Identifier: MIT
//
// What a check is told of the times before, and what it answers.
#pragma once

#include <lua.h>

#include "engine/provider.h"

// Pushes { p95_ms = { { value =, unit =, at = Unix seconds }, the one before }, … }.
void provide_checked_push(lua_State *lua, const struct record_measurements *last);

// The answer is on top of the stack: attributes, measurements, warnings. The step is
// failed when a measurement is none.
void provide_checked_take(lua_State *lua, struct step *step, struct arena *arena);
