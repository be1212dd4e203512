// SPDX-License-Identifier: MIT
#include "script/kind.h"

#include "script/convert.h"
#include "script/library.h"
#include "script/machine.h"
#include "script/raise.h"

#include <lauxlib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *kind_path(struct script *script, const char *type)
{
    const char *dot = strchr(type, '.');
    if (strcmp(type, "manual") == 0)
        return "stdlib/check/manual.lua";
    if (dot == NULL)
        return arena_format(&script->arena, "stdlib/host/%s.lua", type);
    return arena_format(&script->arena, "stdlib/%.*s/%s.lua", (int) (dot - type), type,
                        dot + 1);
}

int kind_push(lua_State *lua, const struct kind *kind, const char *field)
{
    if (kind->table == LUA_NOREF) {
        lua_pushnil(lua);
        return LUA_TNIL;
    }
    lua_rawgeti(lua, LUA_REGISTRYINDEX, kind->table);
    int type = lua_getfield(lua, -1, field);
    lua_remove(lua, -2);
    return type;
}

// Fields of the table on top of the stack.
static bool flag(lua_State *lua, const char *name)
{
    lua_getfield(lua, -1, name);
    bool set = lua_toboolean(lua, -1) != 0;
    lua_pop(lua, 1);
    return set;
}

static const char *word(lua_State *lua, struct arena *arena, const char *name)
{
    lua_getfield(lua, -1, name);
    const char *text = lua_type(lua, -1) == LUA_TSTRING
                           ? arena_text(arena, lua_tostring(lua, -1))
                           : NULL;
    lua_pop(lua, 1);
    return text;
}

static enum schema_kind kind_of(lua_State *lua, const char *type, const char *name)
{
    for (int i = SCHEMA_ANY; i <= SCHEMA_CHOICE; i++)
        if (name != NULL && strcmp(name, schema_kind_word((enum schema_kind) i)) == 0)
            return (enum schema_kind) i;
    raise_error(lua, "type %s: \"%s\" is no kind of attribute", type,
                name != NULL ? name : "nil");
    return SCHEMA_ANY;
}

// The attribute's table is on top of the stack.
static void read_one_of(lua_State *lua, struct arena *arena,
                        struct schema_attribute *attribute)
{
    if (lua_getfield(lua, -1, "one_of") == LUA_TTABLE) {
        size_t count = lua_rawlen(lua, -1);
        const char **words = arena_alloc(arena, (count + 1) * sizeof *words);
        for (size_t i = 0; i < count; i++) {
            lua_rawgeti(lua, -1, (lua_Integer) i + 1);
            words[i] = arena_text(arena, luaL_checkstring(lua, -1));
            lua_pop(lua, 1);
        }
        attribute->one_of = words;
        attribute->one_of_count = count;
    }
    lua_pop(lua, 1);
}

static void read_attribute(lua_State *lua, struct arena *arena, const char *type,
                           struct schema_attribute *attribute)
{
    const char *item = word(lua, arena, "item");
    attribute->kind = kind_of(lua, type, word(lua, arena, "kind"));
    attribute->item = item != NULL ? kind_of(lua, type, item) : SCHEMA_ANY;
    attribute->required = flag(lua, "required");
    attribute->computed = flag(lua, "computed");
    attribute->optional_computed = flag(lua, "optional_computed");
    attribute->fixed = flag(lua, "fixed");
    attribute->birth = flag(lua, "birth");
    attribute->timed = flag(lua, "timed");
    attribute->local = flag(lua, "local");
    attribute->secret = flag(lua, "secret");
    attribute->content = flag(lua, "content");
    attribute->rebuild = flag(lua, "rebuild");
    attribute->doc = word(lua, arena, "doc");
    read_one_of(lua, arena, attribute);
    lua_getfield(lua, -1, "default");
    attribute->fallback = convert_find(lua, -1, arena);
    bool is_list = attribute->kind == SCHEMA_LIST || attribute->kind == SCHEMA_SET;
    if (is_list && attribute->fallback != NULL &&
        attribute->fallback->kind == VALUE_MAP && attribute->fallback->map.count == 0)
        attribute->fallback = value_list(arena, NULL, 0);
    lua_pop(lua, 1);
}

static int compare_attributes(const void *left, const void *right)
{
    return strcmp(((const struct schema_attribute *) left)->name,
                  ((const struct schema_attribute *) right)->name);
}

// The type's table is on top of the stack.
static void read_attributes(lua_State *lua, struct arena *arena, struct schema *schema)
{
    if (lua_getfield(lua, -1, "attributes") != LUA_TTABLE)
        raise_error(lua, "type %s has no table of attributes", schema->type);
    size_t count = 0;
    for (lua_pushnil(lua); lua_next(lua, -2) != 0; lua_pop(lua, 1))
        count++;
    struct schema_attribute *attributes =
        arena_alloc(arena, (count + 1) * sizeof *attributes);
    size_t used = 0;
    for (lua_pushnil(lua); lua_next(lua, -2) != 0; lua_pop(lua, 1)) {
        if (lua_type(lua, -2) != LUA_TSTRING || !lua_istable(lua, -1))
            raise_error(lua, "type %s: attributes must be tables by name", schema->type);
        attributes[used].name = arena_text(arena, lua_tostring(lua, -2));
        read_attribute(lua, arena, schema->type, &attributes[used++]);
    }
    lua_pop(lua, 1);
    qsort(attributes, count, sizeof *attributes, compare_attributes);
    schema->attributes = attributes;
    schema->attribute_count = count;
}

static const struct schema *read_schema(lua_State *lua, struct arena *arena,
                                        const char *type)
{
    struct schema *schema = arena_alloc(arena, sizeof *schema);
    schema->type = arena_text(arena, type);
    schema->doc = word(lua, arena, "doc");
    schema->link = word(lua, arena, "link");
    schema->example = word(lua, arena, "example");
    schema->lasting = word(lua, arena, "lasting");
    schema->on_host = flag(lua, "on_host");
    schema->is_host = flag(lua, "is_host");
    schema->is_check = flag(lua, "is_check");
    schema->is_cost = flag(lua, "is_cost");
    schema->nameless = flag(lua, "nameless");
    schema->protect = flag(lua, "protect");
    schema->risky = flag(lua, "risky");
    schema->lone = flag(lua, "lone");
    schema->follows = flag(lua, "follows");
    schema->renames = flag(lua, "renames");
    read_attributes(lua, arena, schema);
    return schema;
}

static const struct kind *add_kind(struct script *script, const char *type,
                                   const struct schema *schema, int table)
{
    struct kind *kind = arena_alloc(&script->arena, sizeof *kind);
    kind->schema = schema;
    kind->table = table;
    map_put(&script->kinds, type, kind);
    return kind;
}

// The engine's own: it makes and seals secrets itself.
static const struct kind *add_secret(struct script *script)
{
    static const struct schema_attribute attributes[] = {
        {.name = "age", .kind = SCHEMA_STRING, .local = true},
        {.name = "command", .kind = SCHEMA_LIST, .local = true},
        {.name = "credential", .kind = SCHEMA_STRING, .local = true},
        {.name = "env", .kind = SCHEMA_STRING, .local = true},
        {.name = "file", .kind = SCHEMA_STRING, .local = true},
        {.name = "kind", .kind = SCHEMA_STRING, .fixed = true},
        {.name = "length", .kind = SCHEMA_INTEGER, .fixed = true},
        {.name = "public_key", .kind = SCHEMA_STRING, .computed = true},
        {.name = "rotate_every", .kind = SCHEMA_STRING, .local = true},
        {.name = "safe", .kind = SCHEMA_BOOL, .local = true},
        {.name = "value", .kind = SCHEMA_STRING, .computed = true, .secret = true}};
    static const struct schema schema = {
        .type = "secret",
        .doc = "A secret, made here or taken from its source, sealed in state.",
        .is_core = true,
        .attributes = attributes,
        .attribute_count = sizeof attributes / sizeof *attributes};
    return add_kind(script, "secret", &schema, LUA_NOREF);
}

static bool name_is_tame(const char *type)
{
    return type[0] != '\0' &&
           strspn(type, "abcdefghijklmnopqrstuvwxyz0123456789_.") == strlen(type) &&
           strstr(type, "..") == NULL;
}

const struct kind *kind_find(lua_State *lua, const char *type)
{
    struct script *script = script_of(lua);
    const struct kind *known = map_find(&script->kinds, type);
    if (known != NULL)
        return known;
    if (strcmp(type, "secret") == 0)
        return add_secret(script);
    struct library_source source;
    const char *path = name_is_tame(type) ? kind_path(script, type) : NULL;
    if (path == NULL || !library_find(script, path, &source))
        return NULL;
    lua_pushcfunction(lua, library_require);
    lua_pushlstring(lua, path + strlen("stdlib/"), strlen(path) - strlen("stdlib/.lua"));
    lua_call(lua, 1, 1);
    const char *name = lua_istable(lua, -1) ? word(lua, &script->arena, "name") : NULL;
    if (name == NULL || strcmp(name, type) != 0) {
        lua_pop(lua, 1);
        return NULL; // a module that is no type, or of another name
    }
    const struct schema *schema = read_schema(lua, &script->arena, type);
    struct kind has = {.has_commands = flag(lua, "commands"),
                       .has_shorthand = flag(lua, "shorthand"),
                       .has_preview = flag(lua, "preview"),
                       .has_price = flag(lua, "price")};
    struct kind *kind =
        (struct kind *) add_kind(script, type, schema, luaL_ref(lua, LUA_REGISTRYINDEX));
    kind->has_commands = has.has_commands;
    kind->has_shorthand = has.has_shorthand;
    kind->has_preview = has.has_preview;
    kind->has_price = has.has_price;
    return kind;
}

// The names of the types in the folder that `type` would be in.
static const char *nearest(struct script *script, const char *type)
{
    size_t count;
    const char *dot = strchr(type, '.');
    int stem = dot != NULL ? (int) (dot - type) : 4;
    const char *folder =
        arena_format(&script->arena, "stdlib/%.*s/", stem, dot != NULL ? type : "host");
    const char *const *paths = library_list(script, folder, &count);
    const char **names = arena_alloc(&script->arena, (count + 1) * sizeof *names);
    for (size_t i = 0; i < count; i++) {
        const char *base = paths[i] + strlen(folder);
        int length = (int) strlen(base) - 4;
        names[i] = dot != NULL ? arena_format(&script->arena, "%.*s.%.*s", stem, type,
                                              length, base)
                               : arena_format(&script->arena, "%.*s", length, base);
    }
    return schema_nearest(type, names, count);
}

const struct kind *kind_check(lua_State *lua, const char *type)
{
    const struct kind *kind = kind_find(lua, type);
    if (kind == NULL) {
        struct fault fault = {0};
        const char *file;
        int line;
        const char *near = nearest(script_of(lua), type);
        fault_set(&fault, FAULT_ERROR, "there is no type %s", type);
        if (raise_place(lua, 1, &file, &line))
            fault_where(&fault, "%s:%d", file, line);
        if (near != NULL)
            fault_next(&fault, "did you mean %s?", near);
        else
            fault_next(&fault, "pipster types lists them");
        raise_fault(lua, &fault);
    }
    return kind;
}
