// SPDX-License-Identifier: MIT
#include "script/group_word.h"

#include "script/convert.h"
#include "script/handle.h"
#include "script/raise.h"

#include <lauxlib.h>

#include <stdlib.h>
#include <string.h>

struct group {
    const char *name;
    struct declaration **hosts;
    size_t count;
};

static const char *const word_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

#define DEEPEST 8 // groups of groups

static void add_table(lua_State *lua, int list, const char *what, int depth);

// The host, or the group, at -1. False for all else.
static bool add_item(lua_State *lua, int list, const char *what, int depth)
{
    const struct declaration *host = handle_find(lua, -1);
    if (host != NULL && host->kind->schema->is_host) {
        lua_pushvalue(lua, -1);
        lua_rawseti(lua, list, (lua_Integer) lua_rawlen(lua, list) + 1);
        return true;
    }
    if (!lua_istable(lua, -1) || depth >= DEEPEST)
        return false;
    bool is_group = lua_getfield(lua, -1, "hosts") == LUA_TTABLE;
    if (is_group)
        add_table(lua, list, what, depth + 1);
    lua_pop(lua, 1);
    return is_group;
}

// Appends what the list at -1 holds to the list at `list`.
static void add_table(lua_State *lua, int list, const char *what, int depth)
{
    luaL_checkstack(lua, 8, "group");
    size_t count = lua_rawlen(lua, -1);
    for (size_t i = 1; i <= count; i++) {
        lua_rawgeti(lua, -1, (lua_Integer) i);
        if (!add_item(lua, list, what, depth))
            raise_error(lua, "%s: item %d of hosts is no host", what, (int) i);
        lua_pop(lua, 1);
    }
}

void group_word_flatten(lua_State *lua, int index, const char *what)
{
    index = lua_absindex(lua, index);
    lua_newtable(lua);
    int list = lua_gettop(lua);
    lua_pushvalue(lua, index);
    if (lua_istable(lua, -1) && !add_item(lua, list, what, 0))
        add_table(lua, list, what, 0);
    lua_pop(lua, 1);
    if (lua_rawlen(lua, list) == 0)
        raise_error(lua, "%s needs hosts = { … }", what);
}

// Calls the function with each item of the list.
static int call_each(lua_State *lua, int list, int function)
{
    size_t count = lua_rawlen(lua, list);
    for (size_t i = 1; i <= count; i++) {
        lua_pushvalue(lua, function);
        lua_rawgeti(lua, list, (lua_Integer) i);
        lua_call(lua, 1, 0);
    }
    return 0;
}

static int l_each(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    luaL_checktype(lua, 2, LUA_TFUNCTION);
    lua_settop(lua, 2);
    group_word_flatten(lua, 1, "a group");
    return call_each(lua, 3, 2);
}

int group_word_each_host(lua_State *lua)
{
    const struct declare *declare = declare_check(lua);
    luaL_checktype(lua, 2, LUA_TFUNCTION);
    lua_settop(lua, 2);
    lua_newtable(lua);
    for (size_t i = 0; i < declare->declarations.count; i++) {
        struct declaration *declaration = declare->declarations.items[i];
        if (!declaration->kind->schema->is_host)
            continue;
        handle_push(lua, declaration);
        lua_rawseti(lua, 3, (lua_Integer) lua_rawlen(lua, 3) + 1);
    }
    return call_each(lua, 3, 2);
}

static void check_words(lua_State *lua, const char *what)
{
    for (lua_pushnil(lua); lua_next(lua, 1) != 0; lua_pop(lua, 1))
        if (lua_type(lua, -2) != LUA_TSTRING ||
            strcmp(lua_tostring(lua, -2), "hosts") != 0)
            raise_error(lua, "%s takes hosts, and nothing else", what);
}

static int l_finish(lua_State *lua) // upvalue: name; argument: the table
{
    struct declare *declare = declare_check(lua);
    const char *name = lua_tostring(lua, lua_upvalueindex(1));
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 1);
    const char *what = lua_pushfstring(lua, "group \"%s\"", name); // 2
    check_words(lua, what);
    lua_getfield(lua, 1, "hosts");    // 3
    group_word_flatten(lua, 3, what); // 4
    struct group *group = arena_alloc(declare->arena, sizeof *group);
    group->name = arena_text(declare->arena, name);
    group->count = lua_rawlen(lua, 4);
    group->hosts = arena_alloc(declare->arena, group->count * sizeof *group->hosts);
    for (size_t i = 0; i < group->count; i++) {
        lua_rawgeti(lua, 4, (lua_Integer) i + 1);
        group->hosts[i] = handle_find(lua, -1);
        lua_pop(lua, 1);
    }
    array_add(&declare->groups, group);
    lua_createtable(lua, 0, 3); // 5
    lua_pushvalue(lua, 4);
    lua_setfield(lua, 5, "hosts");
    lua_pushstring(lua, name);
    lua_setfield(lua, 5, "name");
    lua_pushcfunction(lua, l_each);
    lua_setfield(lua, 5, "each");
    return 1;
}

static int l_group(lua_State *lua)
{
    const char *name = convert_check_word(lua, 1, "the name of a group");
    if (*name == '\0' || name[strspn(name, word_characters)] != '\0')
        raise_error(lua, "\"%s\" cannot be the name of a group: letters, digits, - and _",
                    name);
    lua_settop(lua, 1);
    lua_pushcclosure(lua, l_finish, 1);
    return 1;
}

void group_word_push(lua_State *lua)
{
    lua_pushcfunction(lua, l_group);
    lua_setfield(lua, -2, "group");
}

static int compare_texts(const void *left, const void *right)
{
    return value_compare(*(const struct value *const *) left,
                         *(const struct value *const *) right);
}

static void add_tag(struct arena *arena, struct resource *resource, const char *tag)
{
    const struct value *tags = resource->tags;
    size_t count = tags != NULL ? tags->list.count : 0;
    const struct value **all = arena_alloc(arena, (count + 1) * sizeof *all);
    for (size_t i = 0; i < count; i++) {
        all[i] = tags->list.items[i];
        if (value_is_text(all[i], tag))
            return;
    }
    all[count] = value_text(arena, tag);
    qsort(all, count + 1, sizeof *all, compare_texts);
    resource->tags = value_list(arena, all, count + 1);
}

void group_word_tag(struct declare *declare)
{
    for (size_t i = 0; i < declare->groups.count; i++) {
        const struct group *group = declare->groups.items[i];
        for (size_t k = 0; k < group->count; k++)
            add_tag(declare->arena, &group->hosts[k]->resource, group->name);
    }
}
