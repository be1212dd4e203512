// SPDX-License-Identifier: MIT
#include "script/restart_word.h"

#include "script/handle.h"
#include "script/raise.h"

#include <lauxlib.h>

#include <string.h>

bool restart_word_is(const char *name)
{
    return strcmp(name, "restarts") == 0 || strcmp(name, "reloads") == 0;
}

static const char *declared_unit(const struct declaration *declaration)
{
    const struct value *attributes = declaration->resource.attributes;
    return value_find_text(attributes, "unit", declaration->resource.name);
}

// The unit of systemd that a declaration stands for, or NULL.
static const char *unit_of(struct arena *arena, const struct declaration *declaration)
{
    const char *type = declaration->resource.type;
    if (strcmp(type, "timer") == 0)
        return arena_format(arena, "pipster-%s.timer", declaration->resource.name);
    const char *unit = declared_unit(declaration);
    if (strcmp(type, "service") == 0)
        return unit;
    if (strcmp(type, "socket") != 0 || unit == NULL || strchr(unit, '.') != NULL)
        return strcmp(type, "socket") == 0 ? unit : NULL;
    return arena_format(arena, "%s.socket", unit);
}

// One of the list, on top of the stack: a handle or the name of a unit.
static const struct value *take_unit(lua_State *lua, struct arena *arena,
                                     const struct resource *resource, const char *word)
{
    struct declaration *declaration = handle_find(lua, -1);
    if (declaration == NULL && lua_type(lua, -1) == LUA_TSTRING)
        return value_text(arena, lua_tostring(lua, -1));
    const char *unit = declaration != NULL ? unit_of(arena, declaration) : NULL;
    if (unit == NULL)
        raise_error(lua, "%s = takes a service, or the name of a unit: \"nginx\"", word);
    const char *host = declaration->resource.host;
    if (host == NULL || resource->host == NULL || strcmp(host, resource->host) != 0)
        raise_error(lua, "%s = %s is on another host", word,
                    declaration->resource.address);
    return value_text(arena, unit);
}

static void take_word(lua_State *lua, struct arena *arena, int index,
                      const struct resource *resource, const char *word,
                      const struct value **units)
{
    if (schema_find(resource->schema, word) != NULL)
        return; // the type means something else by it
    if (lua_getfield(lua, index, word) == LUA_TNIL) {
        lua_pop(lua, 1);
        return;
    }
    if (resource->host == NULL || resource->schema->is_check)
        raise_error(lua, "%s = is for what changes on a host", word);
    bool is_list = lua_istable(lua, -1) && handle_find(lua, -1) == NULL;
    size_t count = is_list ? lua_rawlen(lua, -1) : 1;
    const struct value **items = arena_alloc(arena, (count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++) {
        if (is_list)
            lua_rawgeti(lua, -1, (lua_Integer) i + 1);
        else
            lua_pushvalue(lua, -1);
        items[i] = take_unit(lua, arena, resource, word);
        lua_pop(lua, 1);
    }
    lua_pop(lua, 1);
    *units = value_list(arena, items, count);
}

void restart_word_take(lua_State *lua, struct declare *declare, int index,
                       struct resource *resource)
{
    take_word(lua, declare->arena, index, resource, "restarts", &resource->restarts);
    take_word(lua, declare->arena, index, resource, "reloads", &resource->reloads);
}
