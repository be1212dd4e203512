// SPDX-License-Identifier: MIT
#include "script/word.h"

#include "script/convert.h"
#include "script/declare.h"
#include "script/group_word.h"
#include "script/handle.h"
#include "script/machine.h"
#include "script/raise.h"
#include "script/reference.h"

#include <lauxlib.h>

#include <stdio.h>
#include <string.h>

#define NAMESPACE "pipster.namespace"
#define KIND      "pipster.type"
#define PENDING   "pipster.unfinished"

struct namespace
{
    char name[64];
};

void word_push_namespace(lua_State *lua, const char *name)
{
    struct namespace *space = lua_newuserdatauv(lua, sizeof *space, 1);
    lua_newtable(lua); // its types that were asked for
    lua_setiuservalue(lua, -2, 1);
    snprintf(space->name, sizeof space->name, "%s", name);
    luaL_setmetatable(lua, NAMESPACE);
}

struct type_word {
    const struct kind *kind; // NULL until it is used
    const char *type;
};

void word_push_type(lua_State *lua, const char *type)
{
    struct type_word *word = lua_newuserdatauv(lua, sizeof *word, 0);
    *word = (struct type_word){NULL, type};
    luaL_setmetatable(lua, KIND);
}

static void push_kind(lua_State *lua, const struct kind *kind)
{
    word_push_type(lua, kind->schema->type);
    ((struct type_word *) lua_touserdata(lua, -1))->kind = kind;
}

// Of the word at 1; its module is loaded at its first use.
static const struct kind *check_kind(lua_State *lua)
{
    struct type_word *word = luaL_checkudata(lua, 1, KIND);
    if (word->kind == NULL)
        word->kind = kind_check(lua, word->type);
    return word->kind;
}

static void push_pending(lua_State *lua, const struct kind *kind,
                         struct declaration *host, const char *name)
{
    struct declare *declare = declare_check(lua);
    struct pending *pending = arena_alloc(declare->arena, sizeof *pending);
    pending->kind = kind;
    pending->host = host;
    pending->name = arena_text(declare->arena, name);
    pending->where = declare_where(lua, declare);
    struct pending **box = lua_newuserdatauv(lua, sizeof *box, 0);
    *box = pending;
    luaL_setmetatable(lua, PENDING);
    array_add(&declare->pending, pending);
}

// Pushes the named half of the table at 1: what all items of a list share.
static void push_shared(lua_State *lua)
{
    lua_newtable(lua);
    lua_pushnil(lua);
    while (lua_next(lua, 1) != 0) {
        if (lua_type(lua, -2) == LUA_TSTRING) {
            lua_pushvalue(lua, -2);
            lua_insert(lua, -2);
            lua_rawset(lua, -4);
        } else {
            lua_pop(lua, 1);
        }
    }
}

// host:package { "git", "curl" }: one resource an item.
static int declare_each(lua_State *lua, const struct kind *kind, struct declaration *host)
{
    size_t count = lua_rawlen(lua, 1);
    push_shared(lua);                     // 2
    lua_createtable(lua, (int) count, 0); // 3
    for (size_t i = 1; i <= count; i++) {
        lua_rawgeti(lua, 1, (lua_Integer) i); // 4
        reference_refuse(lua, -1, "a name");
        if (lua_type(lua, -1) != LUA_TSTRING) {
            return raise_error(lua, "%s { … }: item %d is a %s, not a name",
                               kind->schema->type, (int) i, luaL_typename(lua, -1));
        }
        declare_resource(lua, kind, host, convert_check_word(lua, -1, "a name"), 2);
        lua_rawseti(lua, 3, (lua_Integer) i);
        lua_pop(lua, 1);
    }
    return 1;
}

int word_declare(lua_State *lua, const struct kind *kind, struct declaration *host)
{
    const char *type = kind->schema->type;
    lua_settop(lua, 1);
    reference_refuse(lua, 1, "a name");
    if (lua_type(lua, 1) == LUA_TSTRING) {
        push_pending(lua, kind, host, convert_check_word(lua, 1, "a name"));
        return 1;
    }
    if (!lua_istable(lua, 1)) {
        return raise_error(lua, "%s is followed by a name and a table: %s \"…\" { … }",
                           type, type);
    }
    if (lua_rawlen(lua, 1) > 0 && !kind->schema->nameless)
        return declare_each(lua, kind, host);
    declare_resource(lua, kind, host, NULL, 1);
    return 1;
}

static int l_call_kind(lua_State *lua)
{
    const struct kind *kind = check_kind(lua);
    lua_remove(lua, 1);
    return word_declare(lua, kind, NULL);
}

static int l_index_kind(lua_State *lua)
{
    const struct kind *kind = check_kind(lua);
    const char *key = luaL_checkstring(lua, 2);
    if (kind->schema->is_host && strcmp(key, "each") == 0) {
        lua_pushcfunction(lua, group_word_each_host);
        return 1;
    }
    const char *const texts[][2] = {{"doc", kind->schema->doc},
                                    {"link", kind->schema->link},
                                    {"example", kind->schema->example},
                                    {"type", kind->schema->type}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (strcmp(key, texts[i][0]) == 0) {
            lua_pushstring(lua, texts[i][1]);
            return 1;
        }
    }
    return raise_error(lua,
                       "%s is a type: declare one with %s \"…\" { … } and use what that "
                       "gives back",
                       kind->schema->type, kind->schema->type);
}

static int l_index_namespace(lua_State *lua)
{
    const struct namespace *space = luaL_checkudata(lua, 1, NAMESPACE);
    const char *key = luaL_checkstring(lua, 2);
    bool is_host = strcmp(space->name, "host") == 0;
    lua_settop(lua, 2);
    lua_getiuservalue(lua, 1, 1); // 3: its types
    lua_pushvalue(lua, 2);
    if (lua_rawget(lua, 3) != LUA_TNIL)
        return 1;
    const char *type = is_host ? key : lua_pushfstring(lua, "%s.%s", space->name, key);
    push_kind(lua, kind_check(lua, type));
    lua_pushvalue(lua, 2);
    lua_pushvalue(lua, -2);
    lua_rawset(lua, 3);
    return 1;
}

static int l_call_pending(lua_State *lua)
{
    struct pending *pending = *(struct pending **) luaL_checkudata(lua, 1, PENDING);
    if (!lua_istable(lua, 2)) {
        return raise_error(lua, "%s \"%s\" is followed by a table",
                           pending->kind->schema->type, pending->name);
    }
    declare_check(lua);
    if (pending->done) {
        return raise_error(lua, "%s \"%s\" has its table already",
                           pending->kind->schema->type, pending->name);
    }
    pending->done = true;
    lua_settop(lua, 2);
    declare_resource(lua, pending->kind, pending->host, pending->name, 2);
    return 1;
}

static int l_index_pending(lua_State *lua)
{
    const struct pending *pending = *(struct pending **) luaL_checkudata(lua, 1, PENDING);
    struct fault fault = {0};
    fault_set(&fault, FAULT_ERROR, "%s \"%s\" is not finished: its table is missing",
              pending->kind->schema->type, pending->name);
    fault_where(&fault, "%s", pending->where);
    return raise_fault(lua, &fault);
}

static void make(lua_State *lua, const char *name, lua_CFunction index,
                 lua_CFunction call)
{
    luaL_newmetatable(lua, name);
    lua_pushcfunction(lua, index);
    lua_setfield(lua, -2, "__index");
    if (call != NULL) {
        lua_pushcfunction(lua, call);
        lua_setfield(lua, -2, "__call");
    }
    lua_pushstring(lua, name);
    lua_setfield(lua, -2, "__metatable");
    lua_pop(lua, 1);
}

int word_open(lua_State *lua)
{
    make(lua, NAMESPACE, l_index_namespace, NULL);
    make(lua, KIND, l_index_kind, l_call_kind);
    make(lua, PENDING, l_index_pending, l_call_pending);
    return 0;
}
