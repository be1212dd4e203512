// SPDX-License-Identifier: MIT
//
// cache.get(key) → text, read_at | nil; cache.put(key, text).
#include "script/bind.h"

#include "script/machine.h"
#include "script/raise.h"
#include "store/cache.h"

#include <lauxlib.h>

static int l_get(lua_State *lua)
{
    const char *key = luaL_checkstring(lua, 1);
    struct cache *cache = script_of(lua)->options.cache;
    if (cache == NULL)
        return 0;
    struct arena arena;
    struct fault fault = {0};
    const char *text = NULL;
    int64_t read_at_ms = 0;
    arena_init(&arena, 0);
    bool done = cache_get(cache, &arena, key, &text, &read_at_ms, &fault);
    if (text != NULL) {
        lua_pushstring(lua, text);
        lua_pushinteger(lua, read_at_ms / 1000);
    }
    arena_clear(&arena);
    return done ? (text != NULL ? 2 : 0) : raise_fault(lua, &fault);
}

static int l_put(lua_State *lua)
{
    const char *key = luaL_checkstring(lua, 1);
    const char *text = luaL_checkstring(lua, 2);
    struct cache *cache = script_of(lua)->options.cache;
    struct fault fault = {0};
    if (cache != NULL && !cache_put(cache, key, text, &fault))
        return raise_fault(lua, &fault);
    return 0;
}

static const luaL_Reg functions[] = {{"get", l_get}, {"put", l_put}, {NULL, NULL}};

int bind_cache(lua_State *lua)
{
    luaL_newlib(lua, functions);
    return 1;
}
