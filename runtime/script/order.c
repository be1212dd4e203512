// SPDX-License-Identifier: MIT
#include "script/order.h"

#include "script/raise.h"
#include "script/reference.h"

#include <lauxlib.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct key {
    int rank;
    lua_Number number;
    const char *text; // alive as long as the key is in its table
    size_t length;
    int64_t integer;
    bool is_integer;
};

static struct key check_key(lua_State *lua, int index)
{
    struct key key = {0};
    switch (lua_type(lua, index)) {
    case LUA_TNUMBER:
        key.is_integer = lua_isinteger(lua, index) != 0;
        key.integer = lua_tointeger(lua, index);
        key.number = lua_tonumber(lua, index);
        break;
    case LUA_TSTRING:
        key.rank = 1;
        key.text = lua_tolstring(lua, index, &key.length);
        break;
    case LUA_TBOOLEAN:
        key.rank = 2;
        key.number = lua_toboolean(lua, index);
        break;
    default:
        raise_error(lua, "a %s as a key has no order: use numbers or texts as keys",
                    luaL_typename(lua, index));
    }
    return key;
}

static void push_key(lua_State *lua, const struct key *key)
{
    if (key->rank == 1)
        lua_pushlstring(lua, key->text, key->length);
    else if (key->rank == 2)
        lua_pushboolean(lua, key->number != 0);
    else if (key->is_integer)
        lua_pushinteger(lua, key->integer);
    else
        lua_pushnumber(lua, key->number);
}

static int compare_keys(const void *left_key, const void *right_key)
{
    const struct key *left = left_key, *right = right_key;
    if (left->rank != right->rank)
        return left->rank < right->rank ? -1 : 1;
    if (left->rank == 1) {
        size_t shorter = left->length < right->length ? left->length : right->length;
        int order = memcmp(left->text, right->text, shorter);
        return order != 0
                   ? order
                   : (left->length > right->length) - (left->length < right->length);
    }
    if (left->is_integer && right->is_integer)
        return (left->integer > right->integer) - (left->integer < right->integer);
    return (left->number > right->number) - (left->number < right->number);
}

int order_next(lua_State *lua)
{
    reference_refuse(lua, 1, "next");
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 2);
    struct key after = {0}, best = {0};
    bool from_start = lua_isnil(lua, 2), found = false;
    if (!from_start)
        after = check_key(lua, 2);
    lua_pushnil(lua);
    while (lua_next(lua, 1) != 0) {
        lua_pop(lua, 1);
        struct key key = check_key(lua, -1);
        if ((from_start || compare_keys(&key, &after) > 0) &&
            (!found || compare_keys(&key, &best) < 0)) {
            best = key;
            found = true;
        }
    }
    if (!found) {
        lua_pushnil(lua);
        return 1;
    }
    push_key(lua, &best);
    lua_pushvalue(lua, -1);
    lua_rawget(lua, 1);
    return 2;
}

static int l_step(lua_State *lua) // upvalues: sorted keys, position
{
    lua_Integer position = lua_tointeger(lua, lua_upvalueindex(2));
    for (;;) {
        position++;
        if (lua_rawgeti(lua, lua_upvalueindex(1), position) == LUA_TNIL)
            return 1;
        lua_pushvalue(lua, -1);
        if (lua_rawget(lua, 1) != LUA_TNIL)
            break; // a key taken out since then is passed over
        lua_pop(lua, 2);
    }
    lua_pushinteger(lua, position);
    lua_replace(lua, lua_upvalueindex(2));
    return 2;
}

// Pushes a list of the keys of the table at 1, sorted.
static void push_sorted_keys(lua_State *lua)
{
    size_t count = 0;
    lua_pushnil(lua);
    while (lua_next(lua, 1) != 0) {
        lua_pop(lua, 1);
        count++;
    }
    struct key *keys = lua_newuserdatauv(lua, (count + 1) * sizeof *keys, 0);
    size_t at = 0;
    lua_pushnil(lua);
    while (lua_next(lua, 1) != 0) {
        lua_pop(lua, 1);
        keys[at++] = check_key(lua, -1);
    }
    qsort(keys, count, sizeof *keys, compare_keys);
    lua_createtable(lua, (int) count, 0);
    for (size_t i = 0; i < count; i++) {
        push_key(lua, &keys[i]);
        lua_rawseti(lua, -2, (lua_Integer) i + 1);
    }
    lua_remove(lua, -2);
}

int order_pairs(lua_State *lua)
{
    luaL_checkany(lua, 1);
    if (luaL_getmetafield(lua, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(lua, 1);
        lua_call(lua, 1, 3);
        return 3;
    }
    luaL_checktype(lua, 1, LUA_TTABLE);
    push_sorted_keys(lua);
    lua_pushinteger(lua, 0);
    lua_pushcclosure(lua, l_step, 2);
    lua_pushvalue(lua, 1);
    lua_pushnil(lua);
    return 3;
}
