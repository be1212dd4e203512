// SPDX-License-Identifier: MIT
//
// secret: is, length, keypair, declare(name, options) as a playbook's secret(). Nothing
// gives the bytes.
#include "script/bind.h"

#include "script/convert.h"
#include "script/reference.h"
#include "script/secret_word.h"
#include "store/secret.h"

#include <lauxlib.h>

static int l_is(lua_State *lua)
{
    lua_pushboolean(lua, reference_find_secret(lua, 1) != NULL);
    return 1;
}

static int l_length(lua_State *lua)
{
    size_t length;
    bind_check_bytes(lua, 1, &length);
    lua_pushinteger(lua, (lua_Integer) length);
    return 1;
}

static int l_keypair(lua_State *lua)
{
    const char *comment = luaL_optstring(lua, 1, "pipster");
    struct arena arena;
    const struct value *private_key;
    const char *public_key;
    arena_init(&arena, 0);
    secret_ssh_keypair(&arena, comment, &private_key, &public_key);
    reference_push(lua, private_key);
    lua_pushstring(lua, public_key);
    arena_clear(&arena);
    return 2;
}

static const luaL_Reg functions[] = {{"is", l_is},
                                     {"length", l_length},
                                     {"keypair", l_keypair},
                                     {"declare", secret_word_call},
                                     {NULL, NULL}};

int bind_secret(lua_State *lua)
{
    luaL_newlib(lua, functions);
    return 1;
}
