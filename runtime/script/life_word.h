// SPDX-License-Identifier: MIT
//
// What a playbook says about the life of things: in any declaration ignore, recreate and
// create_before_destroy; by themselves moved { from, to } and removed { "address" }.
#pragma once

#include <lua.h>

#include "script/declare.h"

// Adds the words to the environment on top of the stack.
void life_word_push(lua_State *lua);

// Whether a key of a declaration is one of these, on types without such an attribute.
bool life_word_is(const char *name);
// Takes them from the table at `index`; what it does not say stays. With `grow` the list
// of what is ignored gets longer.
void life_word_take(lua_State *lua, struct declare *declare, int index,
                    struct resource *resource, bool grow);
// Once all is declared: whether the type can do what is asked of it.
bool life_word_check(struct declare *declare, const struct declaration *declaration,
                     const char *where, struct fault *fault) FAULT_CHECKED;
// What was moved and removed, into the set.
void life_word_list(const struct declare *declare, struct resource_set *set);
