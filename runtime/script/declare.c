// SPDX-License-Identifier: MIT
#include "script/declare.h"

#include "base/duration.h"
#include "script/agree.h"
#include "script/convert.h"
#include "script/group_word.h"
#include "script/handle.h"
#include "script/life_word.h"
#include "script/machine.h"
#include "script/policy_word.h"
#include "script/raise.h"
#include "script/restart_word.h"
#include "script/review_word.h"
#include "script/rolling_word.h"
#include "script/rule_propose.h"
#include "script/rule_word.h"
#include "script/stage.h"
#include "value/address.h"

#include <lauxlib.h>

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct declare *declare_check(lua_State *lua)
{
    struct declare *declare = script_of(lua)->declare;
    if (declare == NULL) {
        raise_error(lua,
                    "resources are declared while a playbook is evaluated, not later");
    }
    return declare;
}

// Where we are, and most often were when it was last asked.
static const struct place *find_place(lua_State *lua, struct declare *declare)
{
    struct place *last = &declare->place;
    const char *file = "?";
    int line = 0;
    raise_place(lua, 1, &file, &line); // at 0 is the C function that asks
    bool same_file = last->file != NULL && strcmp(last->file, file) == 0;
    if (same_file && last->line == line)
        return last;
    if (!same_file)
        last->file = arena_text(declare->arena, file);
    last->line = line;
    last->text = arena_format(declare->arena, "%s:%d", file, line);
    return last;
}

const char *declare_where(lua_State *lua, struct declare *declare)
{
    return find_place(lua, declare)->text;
}

static int raise_at(lua_State *lua, const char *where, const char *why, const char *next,
                    const char *format, ...)
{
    struct fault fault = {0};
    va_list arguments;
    char what[sizeof fault.what];
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    fault_set(&fault, FAULT_ERROR, "%s", what);
    fault_where(&fault, "%s", where);
    if (why != NULL)
        fault_why(&fault, "%s", why);
    if (next != NULL)
        fault_next(&fault, "%s", next);
    return raise_fault(lua, &fault);
}

// One of those that `after =` names is at the top of the stack: a handle or an address.
static bool add_after(lua_State *lua, struct declare *declare, struct array *after)
{
    const struct declaration *other = handle_find(lua, -1);
    if (other != NULL)
        array_add(after, (void *) other->resource.address);
    else if (lua_type(lua, -1) == LUA_TSTRING)
        array_add(after, arena_text(declare->arena, lua_tostring(lua, -1)));
    else
        return false;
    return true;
}

// Adds what `after =` names, at the top of the stack: one, or a list of them.
static void read_after(lua_State *lua, struct declare *declare, struct array *after)
{
    size_t count = lua_istable(lua, -1) ? lua_rawlen(lua, -1) : 0;
    bool taken =
        lua_istable(lua, -1) || lua_isnil(lua, -1) || add_after(lua, declare, after);
    luaL_checkstack(lua, 4, "after");
    for (size_t i = 1; i <= count && taken; i++) {
        lua_rawgeti(lua, -1, (lua_Integer) i);
        taken = add_after(lua, declare, after);
        lua_pop(lua, 1);
    }
    if (!taken) {
        array_clear(after);
        raise_error(lua, "after = must be a resource or a list of resources");
    }
}

static void take_after(lua_State *lua, struct declare *declare, int table,
                       struct resource *resource)
{
    struct array after;
    array_init(&after);
    lua_getfield(lua, table, "after");
    read_after(lua, declare, &after);
    lua_pop(lua, 1);
    const char **addresses = arena_alloc(
        declare->arena, (resource->after_count + after.count + 1) * sizeof(char *));
    for (size_t i = 0; i < resource->after_count; i++)
        addresses[i] = resource->after[i];
    for (size_t i = 0; i < after.count; i++)
        addresses[resource->after_count + i] = after.items[i];
    resource->after = addresses;
    resource->after_count += after.count;
    array_clear(&after);
}

static bool take_flag(lua_State *lua, int table, const char *name, bool fallback)
{
    bool set = fallback;
    int type = lua_getfield(lua, table, name);
    if (type == LUA_TBOOLEAN)
        set = lua_toboolean(lua, -1) != 0;
    else if (type != LUA_TNIL)
        raise_error(lua, "%s = must be true or false", name);
    lua_pop(lua, 1);
    return set;
}

static const char *const meta[] = {"on",         "after", "protect",
                                   "keep_going", "tags",  "timeout"};

static int compare_texts(const void *left, const void *right)
{
    return value_compare(*(const struct value *const *) left,
                         *(const struct value *const *) right);
}

// A word or a list of them; what an amendment says takes the place of what was said.
static void take_tags(lua_State *lua, struct declare *declare, int table,
                      struct resource *resource)
{
    if (schema_find(resource->schema, "tags") != NULL)
        return; // the type means something else by it
    lua_getfield(lua, table, "tags");
    if (!lua_isnil(lua, -1)) {
        const struct value *tags = convert_check(lua, -1, declare->arena);
        if (tags->kind == VALUE_STRING)
            tags = value_list(declare->arena, &tags, 1);
        bool texts = tags->kind == VALUE_LIST && tags->list.count > 0;
        for (size_t i = 0; texts && i < tags->list.count; i++)
            texts = tags->list.items[i]->kind == VALUE_STRING;
        if (!texts)
            raise_error(lua, "tags = must be a word or a list of words");
        size_t count = tags->list.count;
        const struct value **sorted = arena_alloc(declare->arena, count * sizeof *sorted);
        memcpy(sorted, tags->list.items, count * sizeof *sorted);
        qsort(sorted, count, sizeof *sorted, compare_texts);
        resource->tags = value_list(declare->arena, sorted, count);
    }
    lua_pop(lua, 1);
}

// timeout = "10m"
static void take_timeout(lua_State *lua, int table, struct resource *resource)
{
    struct fault fault;
    if (schema_find(resource->schema, "timeout") != NULL)
        return; // the type means something else by it
    int type = lua_getfield(lua, table, "timeout");
    if (type == LUA_TSTRING) {
        fault_clear(&fault);
        if (!duration_parse(lua_tostring(lua, -1), &resource->timeout_ms, &fault))
            raise_error(lua, "timeout = \"10m\", not \"%s\"", lua_tostring(lua, -1));
    } else if (type != LUA_TNIL) {
        raise_error(lua, "timeout = must be a text: \"10m\"");
    }
    lua_pop(lua, 1);
}

// What the table at `index` says in the words of every type; with `grow` lists get
// longer.
static void take_words(lua_State *lua, struct declare *declare, int index,
                       struct resource *resource, bool grow)
{
    take_after(lua, declare, index, resource);
    take_tags(lua, declare, index, resource);
    resource->protect = take_flag(lua, index, "protect", resource->protect);
    resource->keep_going = take_flag(lua, index, "keep_going", resource->keep_going);
    take_timeout(lua, index, resource);
    life_word_take(lua, declare, index, resource, grow);
    restart_word_take(lua, declare, index, resource);
}

bool declare_is_word(const char *name)
{
    bool known = life_word_is(name) || restart_word_is(name);
    for (size_t i = 0; i < sizeof meta / sizeof *meta; i++)
        known = known || strcmp(name, meta[i]) == 0;
    return known;
}

// Pushes the table at `index` without the words of every type that are not the type's own
// attributes. Whether there may be such words at all.
static bool push_attributes(lua_State *lua, const struct schema *schema, int index)
{
    bool has_words = lua_getmetatable(lua, index) != 0; // which may know more of them
    if (has_words)
        lua_pop(lua, 1);
    lua_newtable(lua);
    lua_pushnil(lua);
    while (lua_next(lua, index) != 0) {
        bool is_word =
            lua_type(lua, -2) == LUA_TSTRING && declare_is_word(lua_tostring(lua, -2));
        has_words = has_words || is_word;
        if (is_word && schema_find(schema, lua_tostring(lua, -2)) == NULL) {
            lua_pop(lua, 1);
            continue;
        }
        lua_pushvalue(lua, -2);
        lua_insert(lua, -2);
        lua_rawset(lua, -4);
    }
    return has_words;
}

// What was written, per declaration, so that an amendment goes through the shorthand
// again with the whole.
#define RAW "pipster.raw"

// [-1, +0] Takes what was written from the top of the stack.
static void keep_raw(lua_State *lua, const struct declaration *declaration)
{
    luaL_getsubtable(lua, LUA_REGISTRYINDEX, RAW);
    lua_insert(lua, -2);
    lua_rawsetp(lua, -2, declaration);
    lua_pop(lua, 1);
}

static void push_raw(lua_State *lua, const struct declaration *declaration)
{
    luaL_getsubtable(lua, LUA_REGISTRYINDEX, RAW);
    lua_rawgetp(lua, -1, declaration);
    lua_remove(lua, -2);
}

void declare_forget(lua_State *lua)
{
    lua_pushnil(lua);
    lua_setfield(lua, LUA_REGISTRYINDEX, RAW);
    rule_propose_forget(lua);
}

// What a proposal did in passing would be in force though nobody accepted it.
static void check_proposes(lua_State *lua, const struct declare *declare)
{
    if (declare->proposes)
        raise_error(lua, "propose gives back what it proposes, and declares nothing");
}

// What was written, through the type's shorthand, becomes the attributes.
static void read_attributes(lua_State *lua, struct declare *declare,
                            struct declaration *declaration)
{
    const struct kind *kind = declaration->kind;
    int raw = lua_gettop(lua) + 1;
    push_raw(lua, declaration);
    if (kind->has_shorthand) {
        kind_push(lua, kind, "shorthand");
        push_attributes(lua, kind->schema,
                        lua_gettop(lua) - 1); // a copy: a shorthand may write to it
        lua_pushstring(lua, declaration->resource.name);
        lua_call(lua, 2, 1);
        if (!lua_istable(lua, -1))
            raise_error(lua, "the shorthand of %s gave no table", kind->schema->type);
    }
    const struct value *value = convert_check(lua, -1, declare->arena);
    convert_refuse_bytes(lua, value, declaration->resource.address);
    lua_settop(lua, raw - 1);
    if (value->kind == VALUE_LIST && value->list.count > 0) {
        raise_error(lua, "%s takes attributes by name, not a list",
                    declaration->resource.address);
    }
    declaration->resource.attributes =
        value->kind == VALUE_MAP ? value : value_map(declare->arena, NULL, 0);
}

// [-2, +1] Two tables become a new one: maps merge, lists are replaced or, with `grow`,
// get longer; all else of the upper one counts.
static void merge(lua_State *lua, bool grow)
{
    int under = lua_absindex(lua, -2), over = lua_absindex(lua, -1);
    luaL_checkstack(lua, 12, "amendment");
    size_t under_count = lua_rawlen(lua, under), over_count = lua_rawlen(lua, over);
    if (under_count + over_count > 0 && !(grow && under_count > 0)) {
        lua_remove(lua, under);
        return;
    }
    lua_newtable(lua);
    for (lua_pushnil(lua); lua_next(lua, under) != 0;) {
        lua_pushvalue(lua, -2);
        lua_insert(lua, -2);
        lua_rawset(lua, over + 1);
    }
    for (lua_pushnil(lua); lua_next(lua, over) != 0;) {
        lua_pushvalue(lua, -2); // key, value, key
        if (grow && lua_isinteger(lua, -1)) {
            lua_pop(lua, 1);
            lua_rawseti(lua, over + 1, (lua_Integer) lua_rawlen(lua, over + 1) + 1);
            continue;
        }
        if (lua_rawget(lua, over + 1) == LUA_TTABLE && lua_istable(lua, -2)) {
            lua_insert(lua, -2);
            merge(lua, grow);
        } else {
            lua_pop(lua, 1);
        }
        lua_pushvalue(lua, -2);
        lua_insert(lua, -2);
        lua_rawset(lua, over + 1);
    }
    lua_replace(lua, under);
    lua_settop(lua, under);
}

// A check that does not say where it is made is made where the one thing is that it
// names: check.backup { backup = b }.
static struct declaration *find_host_of_named(lua_State *lua, int table)
{
    const char *host = NULL;
    size_t count = 0;
    for (lua_pushnil(lua); lua_next(lua, table) != 0; lua_pop(lua, 1)) {
        const struct declaration *named = handle_find(lua, -1);
        if (named != NULL && named->resource.host != NULL) {
            count += host == NULL || strcmp(host, named->resource.host) != 0;
            host = named->resource.host;
        }
    }
    return count == 1 ? map_find(&declare_check(lua)->by_address, host) : NULL;
}

static struct declaration *find_host(lua_State *lua, const struct kind *kind,
                                     struct declaration *host, int table)
{
    if (schema_find(kind->schema, "on") != NULL)
        return host;
    if (lua_getfield(lua, table, "on") != LUA_TNIL) {
        struct declaration *named = handle_find(lua, -1);
        if (named == NULL || !named->kind->schema->is_host) {
            raise_error(lua, "on = must be a host: what app:host {…} or host \"app\" {…} "
                             "gave back");
        }
        if (!kind->schema->on_host)
            raise_error(lua, "%s is not on a host: leave `on` out", kind->schema->type);
        host = named;
    }
    lua_pop(lua, 1);
    if (kind->schema->on_host && host == NULL && kind->schema->is_check)
        return find_host_of_named(lua, table);
    if (kind->schema->on_host && host == NULL)
        raise_error(lua, "%s is on a host: say which with on = …", kind->schema->type);
    return host;
}

static void check_name(lua_State *lua, const struct schema *schema, const char *name)
{
    if (name == NULL) {
        if (!schema->nameless) {
            raise_error(lua, "%s needs a name: %s \"…\" { … }", schema->type,
                        schema->type);
        }
        return;
    }
    if (name[0] == '\0' || strpbrk(name, "\n\r\t") != NULL)
        raise_error(lua, "\"%s\" cannot be the name of a %s", name, schema->type);
    if (!schema->on_host && !schema->is_core && !address_name_is_valid(name)) {
        raise_error(lua,
                    "\"%s\" cannot be the name of a %s: use 1 to 63 of a-z, 0-9 and "
                    "inner hyphens",
                    name, schema->type);
    }
}

static struct declaration *add(lua_State *lua, struct declare *declare,
                               const struct kind *kind, const char *host,
                               const char *name)
{
    struct declaration *made = arena_alloc(declare->arena, sizeof *made);
    struct resource *resource = &made->resource;
    const char *bare = host != NULL ? host + strlen("host/") : NULL;
    const struct place *place = find_place(lua, declare);
    made->kind = kind;
    made->where = place->text;
    resource->address = address_format(declare->arena, bare, kind->schema->type, name);
    const struct declaration *first = map_find(&declare->by_address, resource->address);
    made->file = agree_file(declare);
    if (first != NULL && !agree_related(declare, first->file, made->file)) {
        made->twin = first;
    } else if (first != NULL) {
        raise_at(lua, made->where,
                 arena_format(declare->arena, "it was declared at %s", first->where),
                 "rename one of them, or change the first with :amend { … }",
                 "%s is declared twice", resource->address);
    }
    resource->type = kind->schema->type;
    resource->name = name;
    resource->host = host;
    resource->stage = declare->stage;
    resource->line = place->line;
    resource->playbook = place->file;
    resource->order = declare->declarations.count;
    resource->schema = kind->schema;
    return made;
}

void declare_resource(lua_State *lua, const struct kind *kind, struct declaration *host,
                      const char *name, int index)
{
    struct declare *declare = declare_check(lua);
    check_proposes(lua, declare);
    index = lua_absindex(lua, index);
    luaL_checkstack(lua, 16, "declaration");
    check_name(lua, kind->schema, name);
    host = find_host(lua, kind, host, index);
    struct declaration *made =
        add(lua, declare, kind, host != NULL ? host->resource.address : NULL,
            arena_text(declare->arena, name));
    struct resource *resource = &made->resource;
    resource->protect = kind->schema->protect;
    if (push_attributes(lua, kind->schema, index))
        take_words(lua, declare, index, resource, false);
    keep_raw(lua, made);
    read_attributes(lua, declare, made);
    if (made->twin != NULL) {
        agree_check_twin(lua, made->twin, made);
        handle_push(lua, map_find(&declare->by_address, resource->address));
        return;
    }
    // A shorthand or a method may have declared more meanwhile.
    resource->order = declare->declarations.count;
    map_add_lent(&declare->by_address, resource->address, made);
    array_add(&declare->declarations, made);
    handle_push(lua, made);
}

// What a stage changed outside would be undone by each plan that cannot evaluate it.
static void check_stage(lua_State *lua, struct declare *declare,
                        const struct declaration *declaration)
{
    const char *inside = declaration->resource.stage;
    if (declare->stage == NULL ||
        (inside != NULL && resource_stage_covers(declare->stage, inside)))
        return;
    raise_at(lua, declare_where(lua, declare),
             "while the stage is deferred, its amendment would be undone",
             "amend it outside of the stage, or declare it inside",
             "stage \"%s\" cannot amend %s, which is declared outside of it",
             declare->stage, declaration->resource.address);
}

void declare_amend(lua_State *lua, struct declaration *declaration, int index, bool grow)
{
    struct declare *declare = declare_check(lua);
    struct resource *resource = &declaration->resource;
    const struct value *before = resource->attributes;
    check_proposes(lua, declare);
    check_stage(lua, declare, declaration);
    index = lua_absindex(lua, index);
    luaL_checktype(lua, index, LUA_TTABLE);
    push_raw(lua, declaration);
    push_attributes(lua, declaration->kind->schema, index);
    merge(lua, grow);
    keep_raw(lua, declaration);
    read_attributes(lua, declare, declaration);
    agree_check_amendment(lua, declaration, before, grow);
    take_words(lua, declare, index, resource, grow);
    declaration->amended = declare_where(lua, declare);
}

static bool check_pending(const struct declare *declare, struct fault *fault)
{
    for (size_t i = 0; i < declare->pending.count; i++) {
        const struct pending *pending = declare->pending.items[i];
        if (!pending->done) {
            fault_set(fault, FAULT_ERROR,
                      "%s \"%s\" is not finished: its table is missing",
                      pending->kind->schema->type, pending->name);
            fault_where(fault, "%s", pending->where);
            return fault_next(fault,
                              "write %s \"%s\" { … }, with {} when there is nothing "
                              "to say",
                              pending->kind->schema->type, pending->name);
        }
    }
    return true;
}

static bool check_resource(struct declare *declare, struct declaration *declaration,
                           struct fault *fault)
{
    struct resource *resource = &declaration->resource;
    const char *where = declaration->where;
    if (declaration->amended != NULL) {
        where = arena_format(declare->arena, "%s (amended at %s)", where,
                             declaration->amended);
    }
    const struct value *checked = NULL;
    if (!schema_check(resource->schema, declare->arena, where, resource->address,
                      resource->attributes, &checked, fault))
        return false;
    resource->attributes = checked;
    return life_word_check(declare, declaration, where, fault);
}

static void list_files(const struct declare *declare, struct resource_set *set)
{
    const struct map *included = &declare->included;
    const char **files =
        arena_alloc(declare->arena, (included->count + 1) * sizeof *files);
    for (size_t i = 0; i < included->count; i++)
        if (included->entries[i].value != NULL)
            files[set->playbook_count++] =
                arena_text(declare->arena, included->entries[i].key);
    set->playbooks = files;
    set->calls_tip = declare->calls_tip;
}

bool declare_finish(struct declare *declare, const char *playbook,
                    struct resource_set *set, struct fault *fault)
{
    struct arena *arena = declare->arena;
    size_t count = declare->declarations.count;
    if (!check_pending(declare, fault) || !policy_word_check(declare, fault) ||
        !rule_word_check(declare, fault) || !review_word_check(declare, fault))
        return false;
    group_word_tag(declare);
    *set = (struct resource_set){.playbook = arena_text(arena, playbook),
                                 .phase = declare->phase,
                                 .phase_title = declare->phase_title};
    set->items = arena_alloc(arena, (count + 1) * sizeof *set->items);
    for (size_t i = 0; i < count; i++) {
        struct declaration *declaration = declare->declarations.items[i];
        if (!check_resource(declare, declaration, fault))
            return false;
        declaration->resource.order = i;
        declaration->resource.phase =
            (int) (intptr_t) map_find(&declare->phases, declaration->resource.playbook);
        set->items[i] = declaration->resource;
    }
    set->count = count;
    set->output_count = declare->outputs.count;
    set->outputs = arena_alloc(arena, (set->output_count + 1) * sizeof *set->outputs);
    for (size_t i = 0; i < set->output_count; i++)
        set->outputs[i] = *(struct resource_output *) declare->outputs.items[i];
    set->budget_count = declare->budgets.count;
    set->budgets = arena_alloc(arena, (set->budget_count + 1) * sizeof *set->budgets);
    for (size_t i = 0; i < set->budget_count; i++)
        set->budgets[i] = *(struct resource_budget *) declare->budgets.items[i];
    struct takings_sources *sources = &set->sources;
    sources->count = declare->sources.count;
    sources->items = arena_alloc(arena, (sources->count + 1) * sizeof *sources->items);
    for (size_t i = 0; i < sources->count; i++)
        sources->items[i] = *(struct takings_source *) declare->sources.items[i];
    list_files(declare, set);
    stage_list(declare, set);
    set->guard_count = declare->guards.count;
    set->guards = arena_alloc(arena, (set->guard_count + 1) * sizeof *set->guards);
    for (size_t i = 0; i < set->guard_count; i++)
        set->guards[i] = *(struct resource_guard *) declare->guards.items[i];
    set->missed.count = declare->missed.count;
    set->missed.items =
        arena_alloc(arena, (set->missed.count + 1) * sizeof *set->missed.items);
    for (size_t i = 0; i < set->missed.count; i++)
        set->missed.items[i] = *(struct rule_missed *) declare->missed.items[i];
    rolling_word_list(declare, set);
    rule_word_list(declare, set);
    review_word_list(declare, set);
    life_word_list(declare, set);
    return true;
}
