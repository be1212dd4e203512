// SPDX-License-Identifier: MIT
//
// The playbook's word `guard`: budgets, forbidden types, required labels, forbidden
// downtime, and rules of its own, which are asked once the plan is there.
#pragma once

#include <lua.h>

#include "engine/plan.h"

struct declare;
struct script;

// Pushes the table of the guards.
void policy_word_push(lua_State *lua);
// The first rule that was left without its table is an error.
bool policy_word_check(const struct declare *declare, struct fault *fault) FAULT_CHECKED;
// What provider.judge does.
bool policy_word_judge(void *script, const struct plan *plan, int rule,
                       struct arena *arena, const char **because,
                       struct fault *fault) FAULT_CHECKED;
