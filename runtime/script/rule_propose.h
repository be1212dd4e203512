// SPDX-License-Identifier: MIT
//
// propose = function(in_force) … end: a proposal that depends on what is in force then.
// in_force(address) gives the attributes of what is declared, with everything accepted
// laid over it. The function gives a proposal, or a text that says why there is none.
#pragma once

#include <lua.h>

#include "engine/rule.h"
#include "script/declare.h"

// rule "name", with or without its table yet.
struct ruling {
    struct rule rule;
    bool is_whole;
    bool asks;        // its proposal comes of a function
    bool is_settled;  // which was asked
    bool is_accepted; // or need not be: what was accepted is what it proposes
};

// Where the table at `index` says a function, that is kept, and a copy without it takes
// the place of the table.
void rule_propose_take(lua_State *lua, struct ruling *ruling, int index);
// What the rule of that name proposes, by what is in force now; NULL: it says no
// function.
const struct rule *rule_propose_ask(lua_State *lua, struct declare *declare,
                                    const char *name);
// The same of all that were not asked yet.
void rule_propose_ask_all(lua_State *lua, struct declare *declare);
// Lets go of what Lua keeps for the evaluation.
void rule_propose_forget(lua_State *lua);
