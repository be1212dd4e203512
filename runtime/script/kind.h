// SPDX-License-Identifier: MIT
//
// A resource type as loaded: the table that stdlib/NS/KIND.lua returned, and its schema.
#pragma once

#include <lua.h>

#include "engine/schema.h"

struct script;

struct kind {
    const struct schema *schema;
    int table;         // in the registry; LUA_NOREF for the engine's own (secret)
    bool has_commands; // changed on a host by a script, not by calls
    bool has_shorthand;
    bool has_preview, has_price; // its type says more of a change, or what it costs
};

// The kind of that name, loading its module on first use; raises when there is none.
const struct kind *kind_check(lua_State *lua, const char *type);
// NULL when the stdlib has no such file; a broken module still raises.
const struct kind *kind_find(lua_State *lua, const char *type);
// Pushes a field of the type's table (nil when absent); its Lua type.
int kind_push(lua_State *lua, const struct kind *kind, const char *field);

// "hetzner.server" → "stdlib/hetzner/server.lua"; "package" → "stdlib/host/package.lua"
const char *kind_path(struct script *script, const char *type);
