// SPDX-License-Identifier: MIT
#include "script/life_word.h"

#include "script/convert.h"
#include "script/handle.h"
#include "script/raise.h"

#include <lauxlib.h>

#include <string.h>

static const char *const words[] = {"create_before_destroy", "ignore", "recreate"};

bool life_word_is(const char *name)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(name, words[i]) == 0)
            return true;
    return false;
}

// Pushes the field, or nil where the type means something else by that word.
static int push_word(lua_State *lua, int index, const struct resource *resource,
                     const char *name)
{
    if (schema_find(resource->schema, name) == NULL)
        return lua_getfield(lua, index, name);
    lua_pushnil(lua);
    return LUA_TNIL;
}

static void take_create_first(lua_State *lua, int index, struct resource *resource)
{
    int type = push_word(lua, index, resource, "create_before_destroy");
    if (type == LUA_TBOOLEAN)
        resource->create_first = lua_toboolean(lua, -1) != 0;
    else if (type != LUA_TNIL)
        raise_error(lua, "create_before_destroy = must be true or false");
    lua_pop(lua, 1);
}

static void take_recreate(lua_State *lua, int index, struct resource *resource)
{
    int type = push_word(lua, index, resource, "recreate");
    if (type == LUA_TBOOLEAN)
        resource->recreate = lua_toboolean(lua, -1) ? RECREATE_REPLACE : RECREATE_NEVER;
    else if (type == LUA_TSTRING && strcmp(lua_tostring(lua, -1), "rebuild") == 0)
        resource->recreate = RECREATE_REBUILD;
    else if (type != LUA_TNIL)
        raise_error(lua, "recreate = must be true, false or \"rebuild\"");
    lua_pop(lua, 1);
}

static bool is_list_of_texts(const struct value *list)
{
    bool texts = list->kind == VALUE_LIST;
    for (size_t i = 0; texts && i < list->list.count; i++)
        texts = list->list.items[i]->kind == VALUE_STRING;
    return texts || (list->kind == VALUE_MAP && list->map.count == 0);
}

static const struct value *joined(struct arena *arena, const struct value *left,
                                  const struct value *right)
{
    size_t count = left->list.count;
    const struct value **items =
        arena_alloc(arena, (count + right->list.count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = left->list.items[i];
    for (size_t i = 0; i < right->list.count; i++)
        items[count + i] = right->list.items[i];
    return value_list(arena, items, count + right->list.count);
}

static void take_ignore(lua_State *lua, struct declare *declare, int index,
                        struct resource *resource, bool grow)
{
    if (push_word(lua, index, resource, "ignore") != LUA_TNIL) {
        const struct value *ignore = convert_check(lua, -1, declare->arena);
        if (value_is_text(ignore, "all"))
            ignore = value_list(declare->arena, &ignore, 1);
        if (!is_list_of_texts(ignore))
            raise_error(lua, "ignore = must be a list of attributes, or \"all\"");
        if (ignore->kind == VALUE_MAP) // {}: nothing any more
            ignore = value_list(declare->arena, NULL, 0);
        bool grows = grow && resource->ignore != NULL;
        resource->ignore =
            grows ? joined(declare->arena, resource->ignore, ignore) : ignore;
    }
    lua_pop(lua, 1);
}

void life_word_take(lua_State *lua, struct declare *declare, int index,
                    struct resource *resource, bool grow)
{
    take_create_first(lua, index, resource);
    take_recreate(lua, index, resource);
    take_ignore(lua, declare, index, resource, grow);
}

static bool check_ignored(struct declare *declare, const struct resource *resource,
                          const char *where, struct fault *fault)
{
    const struct value *ignore = resource->ignore;
    for (size_t i = 0; ignore != NULL && i < ignore->list.count; i++) {
        const char *name = ignore->list.items[i]->string.bytes;
        const struct schema_attribute *attribute = schema_find(resource->schema, name);
        bool compared = attribute != NULL && !attribute->local &&
                        (!attribute->computed || attribute->optional_computed);
        if (compared || strcmp(name, "all") == 0)
            continue;
        fault_set(fault, FAULT_ERROR, "%s cannot ignore \"%s\"", resource->address, name);
        fault_where(fault, "%s", where);
        if (attribute != NULL)
            return fault_why(fault, "it is never compared");
        fault_why(fault, "%s has no such attribute", resource->type);
        const char *near =
            schema_nearest_attribute(resource->schema, declare->arena, name);
        if (near != NULL)
            return fault_next(fault, "did you mean \"%s\"?", near);
        return fault_next(fault, "see `pipster types %s`", resource->type);
    }
    return true;
}

static bool rebuilds(const struct schema *schema)
{
    for (size_t i = 0; i < schema->attribute_count; i++)
        if (schema->attributes[i].rebuild)
            return true;
    return false;
}

bool life_word_check(struct declare *declare, const struct declaration *declaration,
                     const char *where, struct fault *fault)
{
    const struct resource *resource = &declaration->resource;
    if (resource->create_first && !resource->schema->renames) {
        fault_set(fault, FAULT_ERROR, "%s cannot be created before the old one is gone",
                  resource->address);
        fault_where(fault, "%s", where);
        fault_why(fault, "of a %s there cannot be two at a time under other names",
                  resource->type);
        return fault_next(fault, "take create_before_destroy out");
    }
    if (resource->recreate == RECREATE_REBUILD && !rebuilds(resource->schema)) {
        fault_set(fault, FAULT_ERROR, "%s cannot be rebuilt in place", resource->address);
        fault_where(fault, "%s", where);
        return fault_next(fault, "write recreate = true: a new one takes its place");
    }
    return check_ignored(declare, resource, where, fault);
}

// Pushes the field `name` of the table at 1 as an address: a text or a handle.
static const char *address_at(lua_State *lua, const struct declare *declare,
                              const char *name)
{
    lua_getfield(lua, 1, name);
    const struct declaration *declared = handle_find(lua, -1);
    const char *address = NULL;
    if (declared != NULL)
        address = declared->resource.address;
    else if (lua_type(lua, -1) == LUA_TSTRING)
        address = arena_text(declare->arena, lua_tostring(lua, -1));
    else
        raise_error(lua, "moved { from = \"…\", to = \"…\" } takes two addresses");
    lua_pop(lua, 1);
    return address;
}

static int l_moved(lua_State *lua)
{
    struct declare *declare = declare_check(lua);
    luaL_checktype(lua, 1, LUA_TTABLE);
    struct resource_move *move = arena_alloc(declare->arena, sizeof *move);
    move->from = address_at(lua, declare, "from");
    move->to = address_at(lua, declare, "to");
    move->where = declare_where(lua, declare);
    array_add(&declare->moves, move);
    return 0;
}

static int l_removed(lua_State *lua)
{
    struct declare *declare = declare_check(lua);
    luaL_checktype(lua, 1, LUA_TTABLE);
    size_t count = lua_rawlen(lua, 1);
    if (count == 0)
        raise_error(lua, "removed { \"…\" } takes addresses, or globs of them");
    for (size_t i = 1; i <= count; i++) {
        struct resource_removal *removal = arena_alloc(declare->arena, sizeof *removal);
        if (lua_rawgeti(lua, 1, (lua_Integer) i) != LUA_TSTRING)
            raise_error(lua, "removed { \"…\" } takes addresses, or globs of them");
        removal->pattern = arena_text(declare->arena, lua_tostring(lua, -1));
        removal->where = declare_where(lua, declare);
        array_add(&declare->removals, removal);
        lua_pop(lua, 1);
    }
    return 0;
}

void life_word_push(lua_State *lua)
{
    static const luaL_Reg functions[] = {
        {"moved", l_moved}, {"removed", l_removed}, {NULL, NULL}};
    luaL_setfuncs(lua, functions, 0);
}

void life_word_list(const struct declare *declare, struct resource_set *set)
{
    struct arena *arena = declare->arena;
    set->move_count = declare->moves.count;
    set->moves = arena_alloc(arena, (set->move_count + 1) * sizeof *set->moves);
    for (size_t i = 0; i < set->move_count; i++)
        set->moves[i] = *(const struct resource_move *) declare->moves.items[i];
    set->removal_count = declare->removals.count;
    set->removals = arena_alloc(arena, (set->removal_count + 1) * sizeof *set->removals);
    for (size_t i = 0; i < set->removal_count; i++)
        set->removals[i] = *(const struct resource_removal *) declare->removals.items[i];
}
