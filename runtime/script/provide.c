// SPDX-License-Identifier: MIT
#include "script/provide.h"

#include "script/convert.h"
#include "script/kind.h"
#include "script/library.h"
#include "script/raise.h"

#include <lauxlib.h>

#include <string.h>

void provide_push_function(lua_State *lua, const char *name)
{
    lua_pushcfunction(lua, library_require);
    lua_pushliteral(lua, "prelude");
    lua_call(lua, 1, 1);
    lua_getfield(lua, -1, name);
    lua_remove(lua, -2);
}

void provide_push_kind(lua_State *lua, const char *type)
{
    const struct kind *kind = kind_check(lua, type);
    if (kind->table == LUA_NOREF)
        raise_error(lua, "%s is the engine's own", type);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, kind->table);
}

void provide_push_host(lua_State *lua, const char *host, const struct value *attributes)
{
    convert_push(lua, attributes, CONVERT_NULL_IS_NIL);
    lua_pushstring(lua, strncmp(host, "host/", 5) == 0 ? host + 5 : host);
    lua_setfield(lua, -2, "name");
}

void provide_set_text(lua_State *lua, const char *name, const char *text)
{
    lua_pushstring(lua, text);
    lua_setfield(lua, -2, name);
}

void provide_set_value(lua_State *lua, const char *name, const struct value *value)
{
    convert_push(lua, value, CONVERT_NULL_IS_NIL);
    lua_setfield(lua, -2, name);
}

// An answer's empty table is what the schema says: a list or a map.
const struct value *provide_take(lua_State *lua, int index, const char *type,
                                 struct arena *arena)
{
    const struct value *value = convert_find(lua, index, arena);
    const struct kind *kind = kind_check(lua, type);
    if (value == NULL || value->kind == VALUE_NULL)
        return NULL;
    if (value->kind == VALUE_LIST && value->list.count == 0)
        return value_map(arena, NULL, 0);
    if (value->kind != VALUE_MAP) {
        raise_error(lua, "%s answered a %s instead of attributes", type,
                    value_kind_name(value->kind));
    }
    for (size_t i = 0; i < kind->schema->attribute_count; i++) {
        const struct schema_attribute *attribute = &kind->schema->attributes[i];
        const struct value *given = value_find(value, attribute->name);
        bool is_list = attribute->kind == SCHEMA_LIST || attribute->kind == SCHEMA_SET;
        if (given == NULL)
            continue;
        if (is_list && given->kind == VALUE_MAP && given->map.count == 0)
            value = value_with(arena, value, attribute->name, value_list(arena, NULL, 0));
        else if (attribute->kind == SCHEMA_MAP && given->kind == VALUE_LIST &&
                 given->list.count == 0)
            value = value_with(arena, value, attribute->name, value_map(arena, NULL, 0));
    }
    return value;
}
