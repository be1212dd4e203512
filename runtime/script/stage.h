// SPDX-License-Identifier: MIT
//
// stage("name", function() … end): what needs real answers. The function is evaluated to
// its end only when all that it asks for by value(ref) is known; until then nothing that
// it declared counts, and the stage is deferred. And value() itself.
#pragma once

#include <lua.h>

#include "engine/resource.h"

struct declare;
struct script;

int stage_word(lua_State *lua);
int stage_value(lua_State *lua);

// Puts deferrals and answers into the set.
void stage_list(const struct declare *declare, struct resource_set *set);
// script_learn
void stage_learn(struct script *script, const struct value *reference,
                 const struct value *now);
