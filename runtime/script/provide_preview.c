// SPDX-License-Identifier: MIT
#include "script/provide.h"

#include "engine/plan.h"
#include "script/convert.h"
#include "script/kind.h"
#include "script/machine.h"
#include "script/raise.h"

#include <lauxlib.h>

#include <string.h>

struct asked {
    struct arena *arena;
    const struct kind *kind; // NULL while it is not loaded
    const struct change *change;
    struct preview *preview;
};

static const char **take_texts(struct arena *arena, const struct value *told,
                               const char *name, size_t *count)
{
    const struct value *list = value_find(told, name);
    *count = 0;
    if (list == NULL || list->kind != VALUE_LIST)
        return NULL;
    const char **texts = arena_alloc(arena, (list->list.count + 1) * sizeof *texts);
    for (size_t i = 0; i < list->list.count; i++) {
        const struct value *item = list->list.items[i];
        texts[(*count)++] = item->kind == VALUE_STRING ? item->string.bytes : "(secret)";
    }
    return texts;
}

static void take_handlers(lua_State *lua, struct arena *arena, const struct value *told,
                          struct preview *preview)
{
    const struct value *list = value_find(told, "handlers");
    if (list == NULL || list->kind != VALUE_LIST)
        return;
    preview->handlers = arena_alloc(arena, (list->list.count + 1) * sizeof(char *));
    preview->handler_scripts =
        arena_alloc(arena, (list->list.count + 1) * sizeof(char *));
    for (size_t i = 0; i < list->list.count; i++) {
        const char *name = value_find_text(list->list.items[i], "name", NULL);
        const char *script = value_find_text(list->list.items[i], "script", NULL);
        if (name == NULL || script == NULL) {
            raise_error(
                lua,
                "a handler is { \"its name\", \"its shell text\" }, without secrets");
        }
        preview->handlers[i] = name;
        preview->handler_scripts[i] = script;
    }
    preview->handler_count = list->list.count;
}

static void fill(lua_State *lua, struct asked *asked, const struct value *told)
{
    struct arena *arena = asked->arena;
    struct preview *preview = asked->preview;
    preview->wanted = value_find(told, "want");
    preview->notes = take_texts(arena, told, "notes", &preview->note_count);
    preview->warnings = take_texts(arena, told, "warnings", &preview->warning_count);
    preview->actions = take_texts(arena, told, "actions", &preview->action_count);
    preview->downtime = value_find_text(told, "downtime", NULL);
    preview->downtime_ms = value_find_integer(told, "downtime_seconds", 0) * 1000;
    preview->data_at_risk = value_find_text(told, "data", NULL);
    preview->replace_because = value_find_text(told, "replace_because", NULL);
    preview->stays_because = value_find_text(told, "stays_because", NULL);
    preview->alone_because = value_find_text(told, "alone_because", NULL);
    preview->lost = take_texts(arena, told, "lost", &preview->lost_count);
    preview->survives = take_texts(arena, told, "survives", &preview->survives_count);
    preview->hidden = take_texts(arena, told, "hidden", &preview->hidden_count);
    preview->unsettled = take_texts(arena, told, "unsettled", &preview->unsettled_count);
    preview->voids = take_texts(arena, told, "voids", &preview->void_count);
    take_handlers(lua, arena, told, preview);
}

// Nothing is done about it, and its type has no words of its own for that.
static bool only_costs(const struct kind *kind, const struct change *change)
{
    bool has_words = kind->has_preview && change->action != CHANGE_FORGET;
    bool is_left = change->action == CHANGE_NONE || change->action == CHANGE_FORGET;
    return is_left && !has_words;
}

// The removal of a thing owes what was said of it when it was last declared.
static void set_units(lua_State *lua, const struct change *change)
{
    const struct resource *resource = change->resource;
    const struct record *record = resource == NULL ? change->record : NULL;
    const struct value *restarts = resource != NULL ? resource->restarts
                                   : record != NULL ? record->restarts
                                                    : NULL;
    const struct value *reloads = resource != NULL ? resource->reloads
                                  : record != NULL ? record->reloads
                                                   : NULL;
    if (restarts != NULL)
        provide_set_value(lua, "restarts", restarts);
    if (reloads != NULL)
        provide_set_value(lua, "reloads", reloads);
}

static int ask(lua_State *lua)
{
    struct asked *asked = lua_touserdata(lua, 1);
    const struct change *change = asked->change;
    asked->kind = kind_check(lua, change->type);
    luaL_checkstack(lua, 20, "preview");
    if (only_costs(asked->kind, change))
        return 0;
    provide_push_function(lua, "preview");
    provide_push_kind(lua, change->type);
    lua_createtable(lua, 0, 7);
    provide_set_text(lua, "action", plan_action_name(change->action));
    provide_set_text(lua, "name", change->name);
    lua_pushboolean(lua, change->create_first);
    lua_setfield(lua, -2, "create_first");
    lua_pushboolean(lua, change->rebuilds);
    lua_setfield(lua, -2, "rebuilds");
    provide_set_value(lua, "have", change->found);
    provide_set_value(lua, "want", change->wanted);
    lua_createtable(lua, (int) change->field_count, 0);
    for (size_t i = 0; i < change->field_count; i++) {
        lua_pushstring(lua, change->fields[i].name);
        lua_rawseti(lua, -2, (lua_Integer) i + 1);
    }
    lua_setfield(lua, -2, "fields");
    set_units(lua, change);
    lua_call(lua, 2, 1);
    // Told attributes go through the schema, so that {} is what it should be.
    lua_getfield(lua, -1, "want");
    const struct value *want = provide_take(lua, -1, change->type, asked->arena);
    lua_pop(lua, 1);
    fill(lua, asked, convert_check(lua, -1, asked->arena));
    asked->preview->wanted = want;
    return 0;
}

bool provide_preview(void *script, struct arena *arena, const struct change *change,
                     struct preview *preview, struct fault *fault)
{
    const struct kind *kind =
        map_find(&((const struct script *) script)->kinds, change->type);
    struct asked asked = {
        .arena = arena, .kind = kind, .change = change, .preview = preview};
    *preview = (struct preview){0};
    if (strcmp(change->type, "secret") == 0)
        return true;
    bool is_asked = kind == NULL || !only_costs(kind, change);
    if (is_asked && !script_protect(script, ask, &asked, fault))
        return fault_while(fault, "previewing %s", change->address);
    const struct value *wanted =
        preview->wanted != NULL ? preview->wanted : change->wanted;
    return provide_price(script, asked.kind, change->found, wanted, preview, fault) ||
           fault_while(fault, "previewing %s", change->address);
}
