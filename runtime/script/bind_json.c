// SPDX-License-Identifier: MIT
//
// json: encode, decode, null, list.
#include "script/bind.h"

#include "base/text.h"
#include "script/convert.h"
#include "script/raise.h"
#include "script/reference.h"
#include "value/json.h"

#include <lauxlib.h>

static int l_encode(lua_State *lua)
{
    struct arena arena;
    luaL_checkany(lua, 1);
    arena_init(&arena, 0);
    const struct value *value = convert_check(lua, 1, &arena);
    bool secret = value_has_secret(value);
    const char *text = json_text(&arena, value);
    if (!secret)
        lua_pushstring(lua, text);
    arena_clear(&arena);
    return secret
               ? raise_error(lua, "json.encode: a secret cannot be put into JSON text; "
                                  "give the table to http.request as json = …")
               : 1;
}

static int l_decode(lua_State *lua)
{
    size_t length;
    const char *text = luaL_checklstring(lua, 1, &length);
    struct arena arena;
    struct fault fault = {0};
    const struct value *value = NULL;
    arena_init(&arena, 0);
    if (json_read(&arena, text, length, &value, &fault)) {
        convert_push(lua, value, CONVERT_NULL_IS_MARK);
        arena_clear(&arena);
        return 1;
    }
    arena_clear(&arena);
    return raise_fault(lua, &fault);
}

static int l_list(lua_State *lua)
{
    if (lua_isnoneornil(lua, 1)) {
        lua_settop(lua, 0);
        lua_newtable(lua);
    }
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 1);
    convert_mark_list(lua, 1);
    return 1;
}

static const luaL_Reg functions[] = {
    {"encode", l_encode}, {"decode", l_decode}, {"list", l_list}, {NULL, NULL}};

int bind_json(lua_State *lua)
{
    luaL_newlib(lua, functions);
    convert_push_null(lua);
    lua_setfield(lua, -2, "null");
    return 1;
}
