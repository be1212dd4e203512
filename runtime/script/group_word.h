// SPDX-License-Identifier: MIT
//
// group "web" { hosts = { a, b } }: hosts that are meant together. A group is a tag that
// its hosts carry, in the state too, so that whatever chooses hosts finds it there.
//   local web = group "web" { hosts = { a, b } }
//   web:each(function(host) … end) · web.hosts · rolling "web" { hosts = web }
//   host:each(function(host) … end): every host that was declared so far
#pragma once

#include <lua.h>

#include "script/declare.h"

// Adds the word to the environment on top of the stack.
void group_word_push(lua_State *lua);
// Pushes a new list of the hosts that the value at `index` means: a group, or a list of
// hosts and groups. Raises for all else; `what` is for the message: rolling "web".
void group_word_flatten(lua_State *lua, int index, const char *what);
// A function: calls the one it is given with each host declared so far.
int group_word_each_host(lua_State *lua);

// Once all is said: the hosts get their tags.
void group_word_tag(struct declare *declare);
