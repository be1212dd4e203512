// SPDX-License-Identifier: MIT
//
// A plan as a rule of the playbook sees it: a table of its own, so that what the rule
// writes into it changes nothing.
#pragma once

#include <lua.h>

#include "engine/plan.h"

// { add, change, destroy, cost = { before, after, currency }, changes = { … } }
void policy_plan_push(lua_State *lua, const struct plan *plan);
