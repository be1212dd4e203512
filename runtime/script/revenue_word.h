// SPDX-License-Identifier: MIT
//
// The word `revenue`: where it is told what comes in. revenue.csv { … } in a playbook
// declares a source; in pipster.lua it gives the table of one, for `revenue = { … }`.
// Nothing is read here.
#pragma once

#include <lua.h>

// Pushes the table of the sources.
void revenue_word_push(lua_State *lua);
