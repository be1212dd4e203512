// SPDX-License-Identifier: MIT
#include "script/handle.h"

#include "script/declare.h"
#include "script/machine.h"
#include "script/raise.h"
#include "script/reference.h"
#include "script/word.h"

#include <lauxlib.h>

#include <string.h>

#define METATABLE "pipster.handle"

struct handle {
    struct declaration *declaration;
    int64_t number; // of the evaluation it belongs to
};

void handle_push(lua_State *lua, struct declaration *declaration)
{
    struct handle *handle = lua_newuserdatauv(lua, sizeof *handle, 0);
    handle->declaration = declaration;
    handle->number = script_of(lua)->declare->number;
    luaL_setmetatable(lua, METATABLE);
}

struct declaration *handle_find(lua_State *lua, int index)
{
    const struct declare *declare = script_of(lua)->declare;
    const struct handle *handle = luaL_testudata(lua, index, METATABLE);
    bool alive = handle != NULL && declare != NULL && declare->number == handle->number;
    return alive ? handle->declaration : NULL;
}

static struct declaration *check_handle(lua_State *lua, int index)
{
    struct declaration *declaration = handle_find(lua, index);
    if (declaration == NULL) {
        raise_error(lua,
                    "a resource is expected here, not a %s (a verb is called with a "
                    "colon: app:amend { … })",
                    luaL_typename(lua, index));
    }
    return declaration;
}

void handle_refuse(lua_State *lua, int index, const char *what)
{
    const struct declaration *declaration = handle_find(lua, index);
    if (declaration != NULL) {
        raise_error(
            lua,
            "%s cannot be used on %s itself: name one of its attributes, and join it "
            "with text(\"…%%s…\", it) or read it with value(it)",
            what, declaration->resource.address);
    }
}

static void push_reference(lua_State *lua, const struct declaration *declaration,
                           const struct schema_attribute *attribute)
{
    struct value reference = {.kind = VALUE_REFERENCE};
    reference.reference.address = declaration->resource.address;
    reference.reference.path = attribute->name;
    reference.reference.secret = attribute->secret;
    reference_push(lua, &reference);
}

const struct value *handle_check_value(lua_State *lua, int index, struct arena *arena)
{
    const struct declaration *declaration = handle_find(lua, index);
    if (declaration == NULL)
        raise_error(lua, "a %s cannot be used as a value", luaL_typename(lua, index));
    if (schema_find(declaration->kind->schema, "id") == NULL) {
        raise_error(lua, "%s cannot be used as a value: name one of its attributes",
                    declaration->resource.address);
    }
    return value_reference(arena, declaration->resource.address, "id", false);
}

static int l_amend(lua_State *lua)
{
    declare_amend(lua, check_handle(lua, 1), 2, false);
    lua_settop(lua, 1);
    return 1;
}

static int l_append(lua_State *lua)
{
    declare_amend(lua, check_handle(lua, 1), 2, true);
    lua_settop(lua, 1);
    return 1;
}

// host:package { … }: upvalue is the kind.
static int l_declare_on(lua_State *lua)
{
    const struct kind *kind = lua_touserdata(lua, lua_upvalueindex(1));
    struct declaration *host = check_handle(lua, 1);
    lua_remove(lua, 1);
    return word_declare(lua, kind, host);
}

static int no_attribute(lua_State *lua, const struct declaration *declaration,
                        const char *key)
{
    const struct schema *schema = declaration->kind->schema;
    const char *names[256];
    size_t count = 0;
    for (; count < schema->attribute_count && count < 256; count++)
        names[count] = schema->attributes[count].name;
    const char *near = schema_nearest(key, names, count);
    struct fault fault = {0};
    const char *file;
    int line;
    fault_set(&fault, FAULT_ERROR, "%s has no attribute or verb \"%s\"", schema->type,
              key);
    if (raise_place(lua, 1, &file, &line))
        fault_where(&fault, "%s:%d", file, line);
    if (near != NULL)
        fault_next(&fault, "did you mean \"%s\"?", near);
    else
        fault_next(&fault, "see `pipster types %s`", schema->type);
    return raise_fault(lua, &fault);
}

// Pushes the type's own method of that name; false when there is none.
static bool push_method(lua_State *lua, const struct kind *kind, const char *key)
{
    if (kind_push(lua, kind, "methods") == LUA_TTABLE) {
        lua_getfield(lua, -1, key);
        lua_remove(lua, -2);
    }
    if (lua_isfunction(lua, -1))
        return true;
    lua_pop(lua, 1);
    return false;
}

static int l_index(lua_State *lua)
{
    const struct declaration *declaration = check_handle(lua, 1);
    if (lua_type(lua, 2) != LUA_TSTRING)
        handle_refuse(lua, 1, "an index");
    const char *key = lua_tostring(lua, 2);
    const struct kind *kind = declaration->kind;
    const struct schema_attribute *attribute = schema_find(kind->schema, key);
    if (attribute != NULL) {
        push_reference(lua, declaration, attribute);
        return 1;
    }
    if (strcmp(key, "amend") == 0 || strcmp(key, "append") == 0) {
        lua_pushcfunction(lua, key[1] == 'm' ? l_amend : l_append);
        return 1;
    }
    if (strcmp(key, "name") == 0 && declaration->resource.name != NULL) {
        lua_pushstring(lua, declaration->resource.name);
        return 1;
    }
    if (push_method(lua, kind, key))
        return 1;
    const struct kind *other = kind->schema->is_host ? kind_find(lua, key) : NULL;
    if (other != NULL && other->schema->on_host) {
        lua_pushlightuserdata(lua, (void *) other);
        lua_pushcclosure(lua, l_declare_on, 1);
        return 1;
    }
    return no_attribute(lua, declaration, key);
}

static int l_refuse(lua_State *lua)
{
    const char *what = lua_tostring(lua, lua_upvalueindex(1));
    handle_refuse(lua, 1, what);
    handle_refuse(lua, 2, what);
    return raise_error(lua, "%s cannot be used on a resource of an earlier evaluation",
                       what);
}

static int l_tostring(lua_State *lua)
{
    const struct declaration *declaration = handle_find(lua, 1);
    lua_pushstring(lua,
                   declaration != NULL ? declaration->resource.address : "a resource");
    return 1;
}

static const luaL_Reg methods[] = {
    {"__index", l_index}, {"__tostring", l_tostring}, {NULL, NULL}};

static const char *const refused[][2] = {
    {"__len", "#"},       {"__lt", "<"},
    {"__le", "<="},       {"__add", "+"},
    {"__sub", "-"},       {"__mul", "*"},
    {"__div", "/"},       {"__concat", ".."},
    {"__pairs", "pairs"}, {"__newindex", "an assignment (use :amend { … })"},
    {"__call", "()"}};

int handle_open(lua_State *lua)
{
    luaL_newmetatable(lua, METATABLE);
    luaL_setfuncs(lua, methods, 0);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        lua_pushstring(lua, refused[i][1]);
        lua_pushcclosure(lua, l_refuse, 1);
        lua_setfield(lua, -2, refused[i][0]);
    }
    lua_pushliteral(lua, METATABLE);
    lua_setfield(lua, -2, "__metatable");
    lua_pop(lua, 1);
    return 0;
}

static int l_is(lua_State *lua)
{
    const struct declaration *declaration = handle_find(lua, 1);
    bool same = declaration != NULL &&
                (lua_isnoneornil(lua, 2) ||
                 strcmp(declaration->resource.type, luaL_checkstring(lua, 2)) == 0);
    lua_pushboolean(lua, same);
    return 1;
}

static int l_type(lua_State *lua)
{
    lua_pushstring(lua, check_handle(lua, 1)->resource.type);
    return 1;
}

static int l_address(lua_State *lua)
{
    lua_pushstring(lua, check_handle(lua, 1)->resource.address);
    return 1;
}

static int l_name(lua_State *lua)
{
    lua_pushstring(lua, check_handle(lua, 1)->resource.name);
    return 1;
}

static const luaL_Reg functions[] = {{"is", l_is},
                                     {"type", l_type},
                                     {"address", l_address},
                                     {"name", l_name},
                                     {NULL, NULL}};

int handle_open_module(lua_State *lua)
{
    luaL_newlib(lua, functions);
    return 1;
}
