// SPDX-License-Identifier: MIT
#include "script/sandbox.h"

#include "base/redact.h"
#include "engine/schema.h"
#include "script/machine.h"
#include "script/order.h"
#include "script/raise.h"
#include "script/reference.h"

#include <lauxlib.h>
#include <lualib.h>

#include <stdio.h>
#include <string.h>

#define SAFE   "pipster.safe"
#define STDLIB "pipster.stdlib"

struct allowed {
    const char *library; // "_G" for globals
    const char *names;   // separated by blanks
};

static const struct allowed allow_list[] = {
    {"_G", "assert error getmetatable ipairs rawequal rawget rawlen select "
           "tonumber type"},
    {"string",
     "byte char find format gmatch gsub len lower match pack packsize rep reverse "
     "sub unpack upper"},
    {"table", "concat insert move pack remove sort unpack"},
    {"math", "abs ceil cos exp floor fmod huge log max maxinteger min mininteger modf pi "
             "sin sqrt tan tointeger type ult"},
    {"utf8", "char charpattern codepoint codes len offset"},
};

static int finish_call(lua_State *lua, int status, lua_KContext skipped)
{
    guard_check(lua);
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_pushboolean(lua, 0);
        lua_insert(lua, -2);
        return 2;
    }
    return lua_gettop(lua) - (int) skipped;
}

static int l_pcall(lua_State *lua)
{
    luaL_checkany(lua, 1);
    lua_pushboolean(lua, 1);
    lua_insert(lua, 1);
    int status = lua_pcallk(lua, lua_gettop(lua) - 2, LUA_MULTRET, 0, (lua_KContext) 0,
                            finish_call);
    return finish_call(lua, status, 0);
}

static int l_xpcall(lua_State *lua)
{
    luaL_checktype(lua, 2, LUA_TFUNCTION);
    int count = lua_gettop(lua);
    lua_pushboolean(lua, 1);
    lua_pushvalue(lua, 1);
    lua_rotate(lua, 3, 2); // function, handler, true, function, arguments
    int status =
        lua_pcallk(lua, count - 2, LUA_MULTRET, 2, (lua_KContext) 2, finish_call);
    return finish_call(lua, status, 2);
}

static void copy_table(lua_State *lua, int from)
{
    from = lua_absindex(lua, from);
    lua_newtable(lua);
    lua_pushnil(lua);
    while (lua_next(lua, from) != 0) {
        lua_pushvalue(lua, -2);
        lua_insert(lua, -2);
        lua_rawset(lua, -4);
    }
}

// [table at 1, key, value] What a sealed metatable does with a new key.
static int l_assign_event(lua_State *lua)
{
    if (lua_type(lua, 2) == LUA_TSTRING && strcmp(lua_tostring(lua, 2), "__concat") == 0)
        return raise_error(lua, "__concat is not offered");
    lua_settop(lua, 3);
    lua_rawset(lua, 1);
    return 0;
}

static int l_rawset(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    luaL_checkany(lua, 3);
    lua_settop(lua, 3);
    lua_pushvalue(lua, 1);
    lua_insert(lua, 1);
    lua_remove(lua, 2);
    l_assign_event(lua);
    lua_settop(lua, 1);
    return 1;
}

static void refuse_event(lua_State *lua, const char *event)
{
    lua_pushstring(lua, event);
    if (lua_rawget(lua, 2) != LUA_TNIL)
        raise_error(lua, "%s is not offered", event);
    lua_pop(lua, 1);
}

static bool is_sealed(lua_State *lua, int index)
{
    if (!lua_getmetatable(lua, index))
        return false;
    lua_pushliteral(lua, "__newindex");
    lua_rawget(lua, -2);
    bool sealed = lua_tocfunction(lua, -1) == l_assign_event;
    lua_pop(lua, 2);
    return sealed;
}

// Nothing can be added to the metatable at `index` later that is refused now: its own
// metatable becomes one that nobody reaches.
static void seal(lua_State *lua, int index)
{
    if (is_sealed(lua, index))
        return;
    if (lua_getmetatable(lua, index)) {
        copy_table(lua, -1);
        lua_pushliteral(lua, "__newindex");
        if (lua_rawget(lua, -2) != LUA_TNIL)
            raise_error(lua, "a metatable whose own metatable has __newindex is not "
                             "offered");
        lua_pop(lua, 1);
    } else {
        lua_newtable(lua);
    }
    lua_pushcfunction(lua, l_assign_event);
    lua_setfield(lua, -2, "__newindex");
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "__metatable");
    lua_setmetatable(lua, index);
    lua_settop(lua, 2);
}

// A finalizer would run where no hook counts, at a moment nobody chose; and what joins
// texts could move the stack under Lua's feet (see reference.c).
static int l_setmetatable(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    luaL_argexpected(lua, lua_isnil(lua, 2) || lua_istable(lua, 2), 2, "nil or table");
    if (lua_istable(lua, 2)) {
        refuse_event(lua, "__gc");
        refuse_event(lua, "__concat");
        seal(lua, 2);
    }
    if (luaL_getmetafield(lua, 1, "__metatable") != LUA_TNIL)
        return raise_error(lua, "this metatable cannot be changed");
    lua_settop(lua, 2);
    lua_setmetatable(lua, 1);
    return 1;
}

// Addresses of objects differ between runs, so they are not told.
static int l_tostring(lua_State *lua)
{
    luaL_checkany(lua, 1);
    int type = lua_type(lua, 1);
    bool plain =
        type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TLIGHTUSERDATA;
    if (plain && luaL_getmetafield(lua, 1, "__tostring") == LUA_TNIL)
        lua_pushstring(lua, lua_typename(lua, type));
    else
        luaL_tolstring(lua, 1, NULL);
    return 1;
}

static void print_line(const char *line)
{
    redact_write(stderr, line, strlen(line));
    fputc('\n', stderr);
}

static int l_print(lua_State *lua)
{
    const struct script *script = script_of(lua);
    int count = lua_gettop(lua);
    luaL_Buffer line;
    luaL_buffinit(lua, &line);
    for (int i = 1; i <= count; i++) {
        if (i > 1)
            luaL_addchar(&line, '\t');
        lua_pushcfunction(lua, l_tostring);
        lua_pushvalue(lua, i);
        lua_call(lua, 1, 1);
        luaL_addvalue(&line);
    }
    luaL_pushresult(&line);
    if (script->options.print != NULL)
        script->options.print(lua_tostring(lua, -1));
    else
        print_line(lua_tostring(lua, -1));
    return 0;
}

static int l_format(lua_State *lua) // upvalue: string.format
{
    const char *format = luaL_checkstring(lua, 1);
    for (const char *at = strchr(format, '%'); at != NULL; at = strchr(at, '%')) {
        at += 1 + strspn(at + 1, "-+ #0123456789.");
        if (*at == 'p')
            return raise_error(lua, "%%p is not offered: addresses differ between runs");
        at += *at != '\0';
    }
    int count = lua_gettop(lua);
    for (int i = 2; i <= count; i++) {
        reference_refuse(lua, i, "string.format");
        if (lua_istable(lua, i) || lua_isfunction(lua, i)) {
            lua_pushcfunction(lua, l_tostring);
            lua_pushvalue(lua, i);
            lua_call(lua, 1, 1);
            lua_replace(lua, i);
        }
    }
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_insert(lua, 1);
    lua_call(lua, count, 1);
    return 1;
}

static int l_concat(lua_State *lua) // upvalue: table.concat
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    size_t count = lua_rawlen(lua, 1);
    for (size_t i = 1; i <= count; i++) {
        lua_rawgeti(lua, 1, (lua_Integer) i);
        reference_refuse(lua, -1, "table.concat");
        lua_pop(lua, 1);
    }
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_insert(lua, 1);
    lua_call(lua, lua_gettop(lua) - 1, 1);
    return 1;
}

static const luaL_Reg own_functions[] = {
    {"next", order_next},     {"pairs", order_pairs}, {"pcall", l_pcall},
    {"print", l_print},       {"rawset", l_rawset},   {"setmetatable", l_setmetatable},
    {"tostring", l_tostring}, {"xpcall", l_xpcall},   {NULL, NULL}};

// [-1, +1] Takes a library and pushes a table with what is allowed of it.
static void filter(lua_State *lua, const char *names)
{
    lua_newtable(lua);
    char name[32];
    int used = 0;
    for (const char *at = names; sscanf(at, "%31s%n", name, &used) == 1; at += used) {
        lua_getfield(lua, -2, name);
        lua_setfield(lua, -2, name);
    }
    lua_remove(lua, -2);
}

// library at the top: wraps one of its functions.
static void wrap(lua_State *lua, const char *name, lua_CFunction function)
{
    lua_getfield(lua, -1, name);
    lua_pushcclosure(lua, function, 1);
    lua_setfield(lua, -2, name);
}

// A copy of SAFE whose libraries are copies too.
static void push_safe_copy(lua_State *lua)
{
    lua_getfield(lua, LUA_REGISTRYINDEX, SAFE);
    copy_table(lua, -1);
    for (size_t i = 1; i < sizeof allow_list / sizeof *allow_list; i++) {
        lua_getfield(lua, -1, allow_list[i].library);
        copy_table(lua, -1);
        lua_setfield(lua, -3, allow_list[i].library);
        lua_pop(lua, 1);
    }
    lua_remove(lua, -2);
}

// Strings' methods are a table that no code can reach.
static void close_string_metatable(lua_State *lua)
{
    lua_getfield(lua, -1, "string");
    copy_table(lua, -1);
    lua_pushliteral(lua, "");
    lua_getmetatable(lua, -1);
    lua_pushvalue(lua, -3);
    lua_setfield(lua, -2, "__index");
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "__metatable");
    lua_pop(lua, 4);
}

static int l_undefined(lua_State *lua) // upvalue: the table of what is defined
{
    const char *name = lua_type(lua, 2) == LUA_TSTRING ? lua_tostring(lua, 2) : "?";
    const char *candidates[256];
    size_t count = 0;
    lua_pushnil(lua);
    while (count < 256 && lua_next(lua, lua_upvalueindex(1)) != 0) {
        lua_pop(lua, 1);
        if (lua_type(lua, -1) == LUA_TSTRING)
            candidates[count++] = lua_tostring(lua, -1);
    }
    const char *near = schema_nearest(name, candidates, count);
    struct fault fault = {0};
    fault_set(&fault, FAULT_ERROR, "\"%.80s\" is not defined", name);
    const char *file;
    int line;
    if (raise_place(lua, 1, &file, &line))
        fault_where(&fault, "%s:%d", file, line);
    if (near != NULL) {
        fault_next(&fault, "did you mean \"%s\"?", near);
    } else {
        fault_next(&fault, "local %s = … first, or local %s = require \"%s\"", name, name,
                   name);
    }
    return raise_fault(lua, &fault);
}

static int l_assign(lua_State *lua)
{
    return raise_error(lua, "the stdlib has no global \"%s\": use local",
                       luaL_tolstring(lua, 2, NULL));
}

// environment at the top: names that are not there raise.
static void make_strict(lua_State *lua)
{
    lua_createtable(lua, 0, 2);
    lua_pushvalue(lua, -2);
    lua_pushcclosure(lua, l_undefined, 1);
    lua_setfield(lua, -2, "__index");
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "__metatable");
    lua_setmetatable(lua, -2);
}

static void open_stdlib(lua_State *lua)
{
    push_safe_copy(lua);
    make_strict(lua);
    lua_pushvalue(lua, -1);
    lua_setfield(lua, LUA_REGISTRYINDEX, STDLIB);
    // What the code sees is an empty table in front of it.
    lua_newtable(lua);
    lua_createtable(lua, 0, 3);
    lua_rotate(lua, -3, -1); // front, metatable, names
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, l_assign);
    lua_setfield(lua, -2, "__newindex");
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "__metatable");
    lua_setmetatable(lua, -2);
    lua_setfield(lua, LUA_REGISTRYINDEX, STDLIB ".front");
}

int sandbox_open(lua_State *lua)
{
    luaL_requiref(lua, "_G", luaopen_base, 0);
    filter(lua, allow_list[0].names);
    luaL_setfuncs(lua, own_functions, 0);
    const lua_CFunction openers[] = {luaopen_string, luaopen_table, luaopen_math,
                                     luaopen_utf8};
    for (size_t i = 0; i < sizeof openers / sizeof *openers; i++) {
        const struct allowed *allowed = &allow_list[i + 1];
        luaL_requiref(lua, allowed->library, openers[i], 0);
        filter(lua, allowed->names);
        if (i == 0)
            wrap(lua, "format", l_format);
        else if (i == 1)
            wrap(lua, "concat", l_concat);
        lua_setfield(lua, -2, allowed->library);
    }
    close_string_metatable(lua);
    lua_setfield(lua, LUA_REGISTRYINDEX, SAFE);
    // What is not allowed is not kept anywhere.
    lua_newtable(lua);
    lua_rawseti(lua, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pushnil(lua);
    lua_setfield(lua, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    open_stdlib(lua);
    return 0;
}

void sandbox_push_playbook(lua_State *lua)
{
    push_safe_copy(lua);
    make_strict(lua);
}

void sandbox_push_stdlib(lua_State *lua)
{
    lua_getfield(lua, LUA_REGISTRYINDEX, STDLIB ".front");
}

void sandbox_set_stdlib(lua_State *lua, const char *name)
{
    lua_getfield(lua, LUA_REGISTRYINDEX, STDLIB);
    lua_insert(lua, -2);
    lua_setfield(lua, -2, name);
    lua_pop(lua, 1);
}
