// SPDX-License-Identifier: MIT
#include "script/convert.h"

#include "base/text.h"
#include "script/handle.h"
#include "script/machine.h"
#include "script/raise.h"
#include "script/reference.h"

#include <lauxlib.h>

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { DEPTH_CEILING = 64, WORD_CEILING = 4096 };

#define LIST_MARK "pipster.list"

void convert_push_null(lua_State *lua)
{
    lua_pushlightuserdata(lua, NULL);
}

void convert_mark_list(lua_State *lua, int index)
{
    index = lua_absindex(lua, index);
    if (luaL_newmetatable(lua, LIST_MARK)) {
        lua_pushboolean(lua, 0);
        lua_setfield(lua, -2, "__metatable");
    }
    lua_setmetatable(lua, index);
}

static void push_list(lua_State *lua, const struct value *value, enum convert_null null)
{
    lua_createtable(lua, (int) value->list.count, 0);
    for (size_t i = 0; i < value->list.count; i++) {
        convert_push(lua, value->list.items[i], null);
        lua_rawseti(lua, -2, (lua_Integer) i + 1);
    }
    if (value->list.count == 0)
        convert_mark_list(lua, -1);
}

static void push_map(lua_State *lua, const struct value *value, enum convert_null null)
{
    lua_createtable(lua, 0, (int) value->map.count);
    for (size_t i = 0; i < value->map.count; i++) {
        lua_pushstring(lua, value->map.entries[i].key);
        convert_push(lua, value->map.entries[i].value, null);
        lua_rawset(lua, -3);
    }
}

void convert_push(lua_State *lua, const struct value *value, enum convert_null null)
{
    luaL_checkstack(lua, 6, "value too deep");
    if (value == NULL) {
        lua_pushnil(lua);
        return;
    }
    switch (value->kind) {
    case VALUE_NULL:
        if (null == CONVERT_NULL_IS_MARK)
            convert_push_null(lua);
        else
            lua_pushnil(lua);
        break;
    case VALUE_BOOL:
        lua_pushboolean(lua, value->boolean);
        break;
    case VALUE_INTEGER:
        lua_pushinteger(lua, value->integer);
        break;
    case VALUE_NUMBER:
        lua_pushnumber(lua, value->number);
        break;
    case VALUE_STRING:
        lua_pushlstring(lua, value->string.bytes, value->string.length);
        break;
    case VALUE_LIST:
        push_list(lua, value, null);
        break;
    case VALUE_MAP:
        push_map(lua, value, null);
        break;
    case VALUE_UNKNOWN:
    case VALUE_REFERENCE:
    case VALUE_TEMPLATE:
    case VALUE_SECRET:
        reference_push(lua, value);
        break;
    }
}

static const struct value *check_deep(lua_State *lua, int index, struct arena *arena,
                                      int depth);

static const struct value *check_list(lua_State *lua, int index, struct arena *arena,
                                      int depth)
{
    size_t count = lua_rawlen(lua, index);
    const struct value **items = arena_alloc(arena, (count + 1) * sizeof(void *));
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(lua, index, (lua_Integer) i + 1);
        items[i] = check_deep(lua, lua_gettop(lua), arena, depth + 1);
        lua_pop(lua, 1);
    }
    return value_list(arena, items, count);
}

static const struct value *check_map(lua_State *lua, int index, struct arena *arena,
                                     size_t count, int depth)
{
    struct value_entry *entries = arena_alloc(arena, (count + 1) * sizeof *entries);
    size_t used = 0;
    lua_pushnil(lua);
    while (lua_next(lua, index) != 0) {
        if (lua_type(lua, -2) != LUA_TSTRING) {
            raise_error(lua,
                        "a table is either a list (1, 2, 3 …) or has texts as keys: "
                        "this one has a %s key beside others",
                        luaL_typename(lua, -2));
        }
        entries[used].key = arena_text(arena, lua_tostring(lua, -2));
        entries[used++].value = check_deep(lua, lua_gettop(lua), arena, depth + 1);
        lua_pop(lua, 1);
    }
    return value_map_adopt(arena, entries, used);
}

static const struct value *check_table(lua_State *lua, int index, struct arena *arena,
                                       int depth)
{
    size_t count = 0, length = lua_rawlen(lua, index);
    lua_pushnil(lua);
    while (lua_next(lua, index) != 0) {
        lua_pop(lua, 1);
        count++;
    }
    bool marked = false;
    if (count == 0 && lua_getmetatable(lua, index) != 0) {
        luaL_getmetatable(lua, LIST_MARK);
        marked = lua_rawequal(lua, -1, -2);
        lua_pop(lua, 2);
    }
    if (marked || (count > 0 && count == length))
        return check_list(lua, index, arena, depth);
    return check_map(lua, index, arena, count, depth);
}

static const struct value *check_number(lua_State *lua, int index, struct arena *arena)
{
    if (lua_isinteger(lua, index))
        return value_integer(arena, lua_tointeger(lua, index));
    double number = lua_tonumber(lua, index);
    if (!isfinite(number))
        raise_error(lua, "a number that is not finite cannot be used as a value");
    return value_number(arena, number);
}

static const struct value *check_deep(lua_State *lua, int index, struct arena *arena,
                                      int depth)
{
    if (depth > DEPTH_CEILING) {
        raise_error(lua, "a table is nested more than %d deep, or in itself",
                    DEPTH_CEILING);
    }
    luaL_checkstack(lua, 8, "value too deep");
    size_t length;
    const char *bytes;
    switch (lua_type(lua, index)) {
    case LUA_TBOOLEAN:
        return value_bool(lua_toboolean(lua, index) != 0);
    case LUA_TNUMBER:
        return check_number(lua, index, arena);
    case LUA_TSTRING:
        bytes = lua_tolstring(lua, index, &length);
        return value_string(arena, bytes, length);
    case LUA_TTABLE:
        return check_table(lua, index, arena, depth);
    case LUA_TLIGHTUSERDATA:
        return value_null();
    case LUA_TUSERDATA:
        if (reference_find(lua, index) != NULL)
            return value_copy(arena, reference_find(lua, index));
        return handle_check_value(lua, index, arena);
    default:
        raise_error(lua, "a %s cannot be used as a value", luaL_typename(lua, index));
        return NULL;
    }
}

const struct value *convert_check(lua_State *lua, int index, struct arena *arena)
{
    return check_deep(lua, lua_absindex(lua, index), arena, 0);
}

const struct value *convert_find(lua_State *lua, int index, struct arena *arena)
{
    return lua_isnoneornil(lua, index) ? NULL : convert_check(lua, index, arena);
}

// NULL, or what is wrong with the text.
static const char *check_bytes(const char *bytes, size_t length)
{
    for (size_t i = 0, step; i < length; i += step) {
        step = text_character_length(bytes + i, length - i);
        if (bytes[i] == '\0')
            return "it holds a byte of zero";
        if (step == 0)
            return "it is not UTF-8";
    }
    return NULL;
}

const char *convert_check_word(lua_State *lua, int index, const char *what)
{
    size_t length;
    const char *word = luaL_checklstring(lua, index, &length);
    const char *wrong = check_bytes(word, length);
    if (wrong == NULL && length > WORD_CEILING)
        wrong = "it is too long";
    if (wrong != NULL)
        raise_error(lua, "\"%.60s\" cannot be %s: %s", word, what, wrong);
    return word;
}

void convert_refuse_bytes(lua_State *lua, const struct value *value, const char *what)
{
    const char *wrong = NULL;
    switch (value->kind) {
    case VALUE_STRING:
        wrong = check_bytes(value->string.bytes, value->string.length);
        break;
    case VALUE_LIST:
    case VALUE_TEMPLATE:
        for (size_t i = 0; i < value->list.count; i++)
            convert_refuse_bytes(lua, value->list.items[i], what);
        break;
    case VALUE_MAP:
        for (size_t i = 0; i < value->map.count; i++) {
            const char *key = value->map.entries[i].key;
            convert_refuse_bytes(lua, value->map.entries[i].value, key);
            if (wrong == NULL)
                wrong = check_bytes(key, strlen(key));
        }
        break;
    default:
        break;
    }
    if (wrong != NULL)
        raise_error(lua, "the text of %.60s cannot be kept: %s", what, wrong);
}
