// SPDX-License-Identifier: MIT
//
// The words of a playbook that declare: namespaces (require "hetzner"), types
// (hetzner.server), and a type with its name that still waits for its table.
#pragma once

#include <lua.h>

struct declaration;
struct kind;

int word_open(lua_State *lua);
void word_push_namespace(lua_State *lua, const char *name);
// The word of a type whose module is loaded when it is first used; `type` lives on.
void word_push_type(lua_State *lua, const char *type);
// The stack holds what follows the type: a name, or a table. Pushes what waits, the
// handle, or a list of handles; how many.
int word_declare(lua_State *lua, const struct kind *kind, struct declaration *host);
