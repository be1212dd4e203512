// SPDX-License-Identifier: MIT
#include "script/lua_provider.h"

#include "engine/plan.h"
#include "net/loop.h"
#include "script/convert.h"
#include "script/kind.h"
#include "script/machine.h"
#include "script/policy_word.h"
#include "script/provide.h"
#include "script/provide_secret.h"
#include "script/raise.h"
#include "script/task.h"

#include <lauxlib.h>

#include <stdlib.h>

struct provide {
    struct provider provider;
};

const struct provider *lua_provider_get(struct script *script)
{
    return &script->provide->provider;
}

struct look_up {
    const char *type;
    const struct schema *schema;
};

static int find_schema(lua_State *lua)
{
    struct look_up *look_up = lua_touserdata(lua, 1);
    const struct kind *kind = kind_find(lua, look_up->type);
    look_up->schema = kind != NULL ? kind->schema : NULL;
    return 0;
}

static const struct schema *schema(void *context, const char *type)
{
    struct look_up look_up = {.type = type};
    struct fault fault = {0};
    if (!script_protect(context, find_schema, &look_up, &fault))
        return NULL;
    return look_up.schema;
}

static void push_item(lua_State *lua, const struct observe_item *item)
{
    lua_createtable(lua, 0, 7);
    provide_set_text(lua, "address", item->address);
    provide_set_text(lua, "name", item->name);
    provide_push_kind(lua, item->type);
    lua_setfield(lua, -2, "type");
    provide_set_value(lua, "want", item->wanted);
    provide_set_value(lua, "recorded",
                      item->recorded != NULL ? item->recorded->attributes : NULL);
    if (item->open != NULL) {
        lua_createtable(lua, 0, 4);
        lua_pushnumber(lua, (lua_Number) item->open->begun_at_ms / 1000);
        lua_setfield(lua, -2, "began");
        provide_set_text(lua, "label", item->open->label);
        provide_set_text(lua, "action", item->open->action);
        provide_set_value(lua, "note", item->open->note);
        lua_setfield(lua, -2, "open");
    }
}

// The second answer, at `undecided`: index → why only a run may ask.
static void take_undecided(lua_State *lua, int undecided, size_t index,
                           struct observe_batch *batch)
{
    struct observe_item *item = &batch->items[index];
    if (lua_rawgeti(lua, undecided, (lua_Integer) index + 1) == LUA_TSTRING) {
        item->state = OBSERVE_UNDECIDED;
        item->because = arena_text(batch->arena, lua_tostring(lua, -1));
    }
}

static void fail(struct observe_batch *batch, struct observe_item *item,
                 const struct fault *fault)
{
    struct fault *copy = arena_alloc(batch->arena, sizeof *copy);
    *copy = *fault;
    item->state = OBSERVE_FAILED;
    item->fault = copy;
}

static int observe_end(lua_State *lua, int status, lua_KContext context)
{
    struct observe_batch *batch = (struct observe_batch *) context;
    (void) status;
    luaL_checktype(lua, -2, LUA_TTABLE);
    int undecided = lua_gettop(lua), results = undecided - 1;
    for (size_t i = 0; i < batch->count; i++) {
        struct observe_item *item = &batch->items[i];
        lua_rawgeti(lua, results, (lua_Integer) i + 1);
        const struct fault *fault = raise_find(lua, -1);
        if (fault != NULL) {
            fail(batch, item, fault);
        } else {
            item->found = provide_take(lua, -1, item->type, batch->arena);
            item->state = item->found != NULL ? OBSERVE_PRESENT : OBSERVE_ABSENT;
        }
        if (item->state == OBSERVE_ABSENT && lua_istable(lua, undecided))
            take_undecided(lua, undecided, i, batch);
        lua_settop(lua, undecided);
    }
    return 0;
}

static int observe_body(lua_State *lua)
{
    struct observe_batch *batch = lua_touserdata(lua, 1);
    luaL_checkstack(lua, 20, "observe");
    provide_push_function(lua, "observe");
    lua_createtable(lua, 0, 4);
    lua_pushboolean(lua, batch->in_run);
    lua_setfield(lua, -2, "in_run");
    if (batch->host != NULL) {
        provide_push_host(lua, batch->host, batch->host_attributes);
        lua_setfield(lua, -2, "host");
    } else {
        provide_push_kind(lua, batch->type);
        lua_setfield(lua, -2, "kind");
    }
    lua_createtable(lua, (int) batch->count, 0);
    for (size_t i = 0; i < batch->count; i++) {
        push_item(lua, &batch->items[i]);
        lua_rawseti(lua, -2, (lua_Integer) i + 1);
    }
    lua_setfield(lua, -2, "items");
    lua_callk(lua, 1, 2, (lua_KContext) batch, observe_end);
    return observe_end(lua, LUA_OK, (lua_KContext) batch);
}

static void observe_done(void *context, const struct fault *fault)
{
    struct observe_batch *batch = context;
    if (fault == NULL)
        return;
    for (size_t i = 0; i < batch->count && fault_is_set(fault); i++)
        fail(batch, &batch->items[i], fault);
    batch->done(batch);
}

static void observe_unknown(void *context)
{
    struct observe_batch *batch = context;
    for (size_t i = 0; i < batch->count; i++) {
        batch->items[i].state = OBSERVE_UNKNOWN;
        batch->items[i].because =
            arena_format(batch->arena, "%s is not there yet", batch->host);
    }
    batch->done(batch);
}

static bool can_be_reached(const struct observe_batch *batch)
{
    const struct value *address = value_find(batch->host_attributes, "address");
    return batch->host == NULL || (address != NULL && address->kind == VALUE_STRING);
}

static void observe(void *context, struct observe_batch *batch)
{
    struct script *script = context;
    provide_price_forget(script);
    if (can_be_reached(batch))
        task_start(script, observe_body, batch, observe_done);
    else
        loop_defer(script->options.loop, observe_unknown, batch);
}

// The types of what is declared are loaded.
static bool price(void *context, const struct change *change, struct preview *preview,
                  struct fault *fault)
{
    struct script *script = context;
    const struct kind *kind = map_find(&script->kinds, change->type);
    *preview = (struct preview){0};
    return kind == NULL ||
           provide_price(script, kind, NULL, change->wanted, preview, fault);
}

static void apply(void *context, struct step_batch *batch)
{
    provide_price_forget(context);
    provide_apply(context, batch);
}

static bool turn(void *context)
{
    const struct script *script = context;
    return loop_turn(script->options.loop);
}

bool lua_provider_open(struct script *script, struct fault *fault)
{
    script->provide = calloc(1, sizeof *script->provide);
    if (script->provide == NULL)
        return fault_set(fault, FAULT_INTERNAL, "out of memory");
    script->provide->provider = (struct provider){
        .context = script,
        .schema = schema,
        .observe = observe,
        .preview = provide_preview,
        .price = price,
        .apply = apply,
        .reveal = provide_secret,
        .judge = policy_word_judge,
        .turn = turn,
        .project_id = script->options.project_id,
    };
    return true;
}

void lua_provider_close(struct script *script)
{
    free(script->provide);
    script->provide = NULL;
}
