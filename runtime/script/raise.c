// SPDX-License-Identifier: MIT
#include "script/raise.h"

#include "script/machine.h"

#include <lauxlib.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define METATABLE "pipster.fault"

// How deep a place is looked for: finding level n takes n steps, and a stack that
// overflowed has 200,000 of them.
enum { LEVELS = 100 };

static const char *const kind_words[] = {"error", "unreachable", "blocked",
                                         "uncertain", "locked", "usage",
                                         "stale", "rolled_back", NULL};
static const enum fault_kind kinds[] = {
    FAULT_ERROR,       FAULT_UNREACHABLE, FAULT_BLOCKED, FAULT_UNREACHABLE, FAULT_LOCKED,
    FAULT_USAGE,       FAULT_STALE,       FAULT_ROLLED_BACK};

struct raised {
    struct fault fault;
    const char *word; // of the kind as Lua named it
};

static bool is_stdlib(const char *source)
{
    return strncmp(source, "@stdlib/", 8) == 0;
}

// The first Lua frame from `level` up; with `playbooks` the first that is no stdlib.
static bool find_frame(lua_State *lua, int level, bool playbooks, const char **file,
                       int *line)
{
    lua_Debug frame;
    for (; level < LEVELS && lua_getstack(lua, level, &frame) != 0; level++) {
        lua_getinfo(lua, "Sl", &frame);
        if (frame.currentline > 0 && frame.source[0] == '@' &&
            !(playbooks && is_stdlib(frame.source))) {
            *file = frame.source + 1;
            *line = frame.currentline;
            return true;
        }
    }
    return false;
}

bool raise_place(lua_State *lua, int level, const char **file, int *line)
{
    return find_frame(lua, level, true, file, line) ||
           find_frame(lua, level, false, file, line);
}

static struct raised *push_raised(lua_State *lua, const struct fault *fault)
{
    struct raised *raised = lua_newuserdatauv(lua, sizeof *raised, 0);
    raised->fault = *fault;
    raised->word =
        strcmp(fault->code, RAISE_UNCERTAIN) == 0 ? "uncertain" : fault_word(fault->kind);
    luaL_setmetatable(lua, METATABLE);
    return raised;
}

void raise_push(lua_State *lua, const struct fault *fault)
{
    push_raised(lua, fault);
}

_Noreturn int raise_fault(lua_State *lua, const struct fault *fault)
{
    raise_push(lua, fault);
    lua_error(lua);
    abort(); // lua_error is not declared as what it is
}

_Noreturn int raise_error(lua_State *lua, const char *format, ...)
{
    struct fault fault = {0};
    char what[sizeof fault.what];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    fault_set(&fault, FAULT_ERROR, "%s", what);
    const char *file;
    int line;
    if (raise_place(lua, 1, &file, &line))
        fault_where(&fault, "%s:%d", file, line);
    raise_fault(lua, &fault);
}

struct fault *raise_find(lua_State *lua, int index)
{
    struct raised *raised = luaL_testudata(lua, index, METATABLE);
    return raised != NULL ? &raised->fault : NULL;
}

// Says through which lines the failing one was reached.
static void add_trace(lua_State *lua, struct fault *fault)
{
    char trace[1024] = "";
    size_t used = 0;
    lua_Debug frame;
    int named = 0;
    for (int level = 1;
         named < 8 && level < LEVELS && lua_getstack(lua, level, &frame) != 0; level++) {
        lua_getinfo(lua, "Sl", &frame);
        char place[600];
        snprintf(place, sizeof place, "%s:%d", frame.source + 1, frame.currentline);
        if (frame.currentline <= 0 || strcmp(place, fault->where) == 0)
            continue;
        int length = snprintf(trace + used, sizeof trace - used, "%s%s",
                              named++ == 0 ? "called from " : ", ", place);
        if (length < 0 || used + (size_t) length >= sizeof trace)
            break;
        used += (size_t) length;
    }
    if (used > 0 && fault->why[0] == '\0')
        fault_why(fault, "%s", trace);
}

// luaL_error puts "file:line: " before the message; we keep the place apart.
static const char *without_place(lua_State *lua, const char *message)
{
    lua_Debug frame;
    for (int level = 1; level < LEVELS && lua_getstack(lua, level, &frame) != 0;
         level++) {
        lua_getinfo(lua, "Sl", &frame);
        char place[LUA_IDSIZE + 32];
        int length =
            snprintf(place, sizeof place, "%s:%d: ", frame.short_src, frame.currentline);
        if (frame.currentline > 0 && strncmp(message, place, (size_t) length) == 0)
            return message + length;
    }
    return message;
}

int raise_handler(lua_State *lua)
{
    const char *file;
    int line;
    struct fault *known = raise_find(lua, 1);
    if (known != NULL) {
        if (known->where[0] == '\0' && find_frame(lua, 1, true, &file, &line))
            fault_where(known, "%s:%d", file, line);
        return 1;
    }
    struct fault fault = {0};
    if (lua_type(lua, 1) == LUA_TSTRING || lua_type(lua, 1) == LUA_TNUMBER) {
        fault_set(&fault, FAULT_ERROR, "%s", without_place(lua, lua_tostring(lua, 1)));
    } else {
        fault_set(&fault, FAULT_ERROR, "an error that is no text was raised (a %s)",
                  luaL_typename(lua, 1));
    }
    // A plain error is where it was raised; those of our own C functions where they were
    // called.
    if (find_frame(lua, 1, false, &file, &line))
        fault_where(&fault, "%s:%d", file, line);
    add_trace(lua, &fault);
    raise_push(lua, &fault);
    return 1;
}

static void out_of_memory(const struct guard *guard, struct fault *fault)
{
    char where[512];
    guard_where(guard, where, sizeof where);
    fault_set(fault, FAULT_ERROR, "the code needs more memory than it may have");
    fault_where(fault, "%s", where);
    fault_why(fault, "the ceiling is %zu MiB", guard->memory_ceiling >> 20);
}

void raise_take(lua_State *lua, int status, struct fault *fault)
{
    const struct guard *guard = &script_of(lua)->guard;
    const struct fault *known = raise_find(lua, -1);
    if (fault_is_set(&guard->halted)) {
        *fault = guard->halted;
    } else if (status == LUA_ERRMEM) {
        out_of_memory(guard, fault);
    } else if (known != NULL) {
        *fault = *known;
    } else {
        char where[512];
        guard_where(guard, where, sizeof where);
        fault_set(fault, FAULT_ERROR, "%s",
                  lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1)
                                                   : "an error that is no text");
        fault_where(fault, "%s", where);
    }
    lua_pop(lua, 1);
}

static const char *option(lua_State *lua, int index, const char *name)
{
    const char *text = NULL;
    if (lua_istable(lua, index)) {
        lua_getfield(lua, index, name);
        text = lua_tostring(lua, -1); // stays alive in the table
        lua_pop(lua, 1);
    }
    return text != NULL ? text : "";
}

static struct raised *push_new(lua_State *lua, int first)
{
    const char *what = luaL_checkstring(lua, first);
    const char *word = option(lua, first + 1, "kind");
    struct fault fault = {0};
    enum fault_kind kind = FAULT_ERROR;
    const char *known = "error";
    for (size_t i = 0; kind_words[i] != NULL; i++) {
        if (strcmp(word, kind_words[i]) == 0) {
            kind = kinds[i];
            known = kind_words[i];
        }
    }
    fault_set(&fault, kind, "%s", what);
    fault_where(&fault, "%s", option(lua, first + 1, "where"));
    fault_why(&fault, "%s", option(lua, first + 1, "why"));
    fault_next(&fault, "%s", option(lua, first + 1, "next"));
    snprintf(fault.code, sizeof fault.code, "%s", option(lua, first + 1, "code"));
    if (fault.code[0] == '\0' && strcmp(known, "uncertain") == 0)
        snprintf(fault.code, sizeof fault.code, "%s", RAISE_UNCERTAIN);
    struct raised *raised = push_raised(lua, &fault);
    raised->word = known;
    return raised;
}

static int l_new(lua_State *lua)
{
    push_new(lua, 1);
    return 1;
}

static int l_raise(lua_State *lua) // the module itself is at 1
{
    if (raise_find(lua, 2) != NULL)
        lua_settop(lua, 2);
    else
        push_new(lua, 2);
    return lua_error(lua);
}

static int l_is(lua_State *lua)
{
    lua_pushboolean(lua, raise_find(lua, 1) != NULL);
    return 1;
}

static int l_index(lua_State *lua)
{
    const struct raised *raised = luaL_checkudata(lua, 1, METATABLE);
    const char *key = luaL_checkstring(lua, 2);
    const struct {
        const char *name;
        const char *text;
    } fields[] = {{"what", raised->fault.what}, {"where", raised->fault.where},
                  {"why", raised->fault.why},   {"next", raised->fault.next},
                  {"code", raised->fault.code}, {"kind", raised->word}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (strcmp(key, fields[i].name) == 0) {
            lua_pushstring(lua, fields[i].text);
            return 1;
        }
    }
    return 0;
}

static int l_tostring(lua_State *lua)
{
    const struct raised *raised = luaL_checkudata(lua, 1, METATABLE);
    lua_pushfstring(lua, "%s%s%s", raised->fault.where,
                    raised->fault.where[0] != '\0' ? ": " : "", raised->fault.what);
    return 1;
}

static const luaL_Reg methods[] = {
    {"__index", l_index}, {"__tostring", l_tostring}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"new", l_new}, {"is", l_is}, {NULL, NULL}};

int raise_open(lua_State *lua)
{
    luaL_newmetatable(lua, METATABLE);
    luaL_setfuncs(lua, methods, 0);
    lua_pushliteral(lua, METATABLE);
    lua_setfield(lua, -2, "__metatable");
    lua_pop(lua, 1);
    luaL_newlib(lua, functions);
    lua_createtable(lua, 0, 1);
    lua_pushcfunction(lua, l_raise);
    lua_setfield(lua, -2, "__call");
    lua_setmetatable(lua, -2);
    return 1;
}
