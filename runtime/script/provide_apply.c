// SPDX-License-Identifier: MIT
#include "script/provide.h"

#include "base/duration.h"
#include "engine/plan.h"
#include "net/loop.h"
#include "script/convert.h"
#include "script/machine.h"
#include "script/operation.h"
#include "script/provide_checked.h"
#include "script/raise.h"
#include "script/task.h"

#include <lauxlib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// step.remember { … }: waits until the note is committed.
static void remembered(void *context, const struct fault *fault)
{
    struct operation *operation = context;
    operation->fault = *fault;
    operation_finish(operation);
}

static int finish_remember(lua_State *lua, int status, lua_KContext context)
{
    struct operation *operation = (struct operation *) context;
    (void) status;
    if (!operation->finished)
        return operation_wait(lua, operation, finish_remember);
    return fault_is_set(&operation->fault) ? raise_fault(lua, &operation->fault) : 0;
}

static int l_remember(lua_State *lua) // upvalues: batch, step
{
    struct step_batch *batch = lua_touserdata(lua, lua_upvalueindex(1));
    struct step *step = lua_touserdata(lua, lua_upvalueindex(2));
    luaL_checktype(lua, 1, LUA_TTABLE);
    if (batch->note == NULL)
        return 0;
    struct operation *operation = operation_new(lua, sizeof *operation);
    const struct value *note = convert_check(lua, 1, batch->arena);
    operation->finished = false;
    batch->note(batch, step, note, remembered, operation);
    return operation_wait(lua, operation, finish_remember);
}

static void tell(lua_State *lua, const char *event, const char *text)
{
    struct step_batch *batch = lua_touserdata(lua, lua_upvalueindex(1));
    struct step *step = lua_touserdata(lua, lua_upvalueindex(2));
    if (batch->event != NULL)
        batch->event(batch, step, event, text);
}

static int l_begin(lua_State *lua)
{
    tell(lua, "begin", NULL);
    return 0;
}

static int l_ended(lua_State *lua)
{
    tell(lua, "end", NULL);
    return 0;
}

static int l_line(lua_State *lua)
{
    tell(lua, "line", luaL_checkstring(lua, 1));
    return 0;
}

static void set_function(lua_State *lua, const char *name, lua_CFunction function,
                         struct step_batch *batch, struct step *step)
{
    lua_pushlightuserdata(lua, batch);
    lua_pushlightuserdata(lua, step);
    lua_pushcclosure(lua, function, 2);
    lua_setfield(lua, -2, name);
}

static void push_fields(lua_State *lua, const struct change *change)
{
    lua_createtable(lua, (int) change->field_count, 0);
    for (size_t i = 0; i < change->field_count; i++) {
        lua_pushstring(lua, change->fields[i].name);
        lua_rawseti(lua, -2, (lua_Integer) i + 1);
    }
}

static void push_step(lua_State *lua, struct step_batch *batch, struct step *step)
{
    const struct change *change = step->change;
    const struct resource *resource = change->resource;
    lua_createtable(lua, 0, 18);
    provide_push_kind(lua, change->type);
    lua_setfield(lua, -2, "type");
    provide_set_text(lua, "action", step->action);
    provide_set_text(lua, "address", change->address);
    provide_set_text(lua, "name", change->name);
    provide_set_text(lua, "label", step->record.label);
    provide_set_text(lua, "where", change->where);
    provide_set_value(lua, "have", step->have);
    provide_set_value(lua, "want", step->want);
    provide_set_value(lua, "note", step->record.note);
    lua_pushinteger(lua, step->record.id);
    lua_setfield(lua, -2, "id");
    lua_pushboolean(lua, resource != NULL && resource->keep_going);
    lua_setfield(lua, -2, "keep_going");
    if (resource != NULL && resource->timeout_ms > 0) {
        lua_pushinteger(lua, (resource->timeout_ms + 999) / 1000);
        lua_setfield(lua, -2, "timeout");
    }
    push_fields(lua, change);
    lua_setfield(lua, -2, "fields");
    if (strcmp(step->action, "check") == 0) {
        provide_checked_push(lua, &step->last);
        lua_setfield(lua, -2, "last");
    }
    set_function(lua, "remember", l_remember, batch, step);
    set_function(lua, "begin", l_begin, batch, step);
    set_function(lua, "ended", l_ended, batch, step);
    set_function(lua, "line", l_line, batch, step);
}

static bool owes(const struct step *step, const char *handler)
{
    const struct preview *preview = step->change->preview;
    for (size_t k = 0; preview != NULL && k < preview->handler_count; k++)
        if (strcmp(preview->handlers[k], handler) == 0)
            return true;
    return false;
}

// Pushes the indexes of the batch's steps whose preview owes this handler.
static void push_causes(lua_State *lua, const struct step_batch *batch,
                        const struct step_handler *handler)
{
    lua_newtable(lua);
    for (size_t i = 0; i < batch->count; i++) {
        if (owes(batch->steps[i], handler->name)) {
            lua_pushinteger(lua, (lua_Integer) i + 1);
            lua_rawseti(lua, -2, (lua_Integer) lua_rawlen(lua, -2) + 1);
        }
    }
}

// The index of the batch's last step that removes something; 0: there is none.
static size_t last_removal(const struct step_batch *batch)
{
    size_t last = 0;
    for (size_t i = 0; i < batch->count; i++)
        if (batch->steps[i]->change->action == CHANGE_DELETE)
            last = i + 1;
    return last;
}

static void push_handlers(lua_State *lua, const struct step_batch *batch)
{
    lua_createtable(lua, (int) batch->handler_count, 0);
    for (size_t i = 0; i < batch->handler_count; i++) {
        lua_createtable(lua, 0, 4);
        if (batch->handlers[i].after_removals) {
            lua_pushinteger(lua, (lua_Integer) last_removal(batch));
            lua_setfield(lua, -2, "after");
        }
        provide_set_text(lua, "name", batch->handlers[i].name);
        provide_set_text(lua, "script", batch->handlers[i].script);
        push_causes(lua, batch, &batch->handlers[i]);
        lua_setfield(lua, -2, "causes");
        lua_rawseti(lua, -2, (lua_Integer) i + 1);
    }
}

// The field `fault` of the result on top of the stack.
static void take_fault(lua_State *lua, const struct step *step, struct fault *fault)
{
    lua_getfield(lua, -1, "fault");
    const struct fault *given = raise_find(lua, -1);
    if (given != NULL)
        *fault = *given;
    else if (lua_type(lua, -1) == LUA_TSTRING)
        fault_set(fault, FAULT_ERROR, "%s", lua_tostring(lua, -1));
    else if (step != NULL)
        fault_set(fault, FAULT_ERROR, "%s failed", step->change->address);
    lua_pop(lua, 1);
}

static enum step_outcome take_outcome(lua_State *lua)
{
    static const char *const words[] = {"done", "failed", "skipped", "uncertain"};
    static const enum step_outcome outcomes[] = {STEP_DONE, STEP_FAILED, STEP_SKIPPED,
                                                 STEP_UNCERTAIN};
    enum step_outcome outcome = STEP_FAILED;
    lua_getfield(lua, -1, "outcome");
    for (size_t i = 0; i < 4; i++)
        if (lua_type(lua, -1) == LUA_TSTRING &&
            strcmp(lua_tostring(lua, -1), words[i]) == 0)
            outcome = outcomes[i];
    lua_pop(lua, 1);
    return outcome;
}

// The result is on top of the stack.
static void take_result(lua_State *lua, struct step_batch *batch, struct step *step)
{
    if (!lua_istable(lua, -1)) {
        step->outcome = STEP_UNCERTAIN;
        fault_set(&step->fault, FAULT_ERROR, "nothing was heard of %s",
                  step->change->address);
        return;
    }
    step->outcome = take_outcome(lua);
    lua_getfield(lua, -1, "changed");
    step->changed = lua_isnil(lua, -1) || lua_toboolean(lua, -1) != 0;
    lua_pop(lua, 1);
    if (step->outcome == STEP_FAILED || step->outcome == STEP_UNCERTAIN)
        take_fault(lua, step, &step->fault);
    lua_getfield(lua, -1, "found");
    if (strcmp(step->action, "check") == 0)
        provide_checked_take(lua, step, batch->arena);
    else
        step->found = provide_take(lua, -1, step->change->type, batch->arena);
    lua_pop(lua, 1);
}

// What came of it is on top of the stack.
static void take_handler(lua_State *lua, struct step_handler *handler)
{
    if (!lua_istable(lua, -1))
        return;
    lua_getfield(lua, -1, "done");
    handler->done = lua_toboolean(lua, -1) != 0;
    lua_pop(lua, 1);
    if (!handler->done)
        take_fault(lua, NULL, &handler->fault);
}

// asked, results, handlers
static int apply_end(lua_State *lua, int status, lua_KContext context)
{
    struct step_batch *batch = (struct step_batch *) context;
    (void) status;
    luaL_checktype(lua, 2, LUA_TTABLE);
    for (size_t i = 0; i < batch->count; i++) {
        lua_rawgeti(lua, 2, (lua_Integer) i + 1);
        take_result(lua, batch, batch->steps[i]);
        lua_settop(lua, 3);
    }
    for (size_t i = 0; i < batch->handler_count && lua_istable(lua, 3); i++) {
        lua_rawgeti(lua, 3, (lua_Integer) i + 1);
        take_handler(lua, &batch->handlers[i]);
        lua_settop(lua, 3);
    }
    return 0;
}

static int apply_body(lua_State *lua)
{
    struct step_batch *batch = lua_touserdata(lua, 1);
    luaL_checkstack(lua, 20, "apply");
    provide_push_function(lua, "apply");
    lua_createtable(lua, 0, 3);
    if (batch->host != NULL) {
        provide_push_host(lua, batch->host, batch->host_attributes);
        lua_setfield(lua, -2, "host");
    }
    lua_createtable(lua, (int) batch->count, 0);
    for (size_t i = 0; i < batch->count; i++) {
        push_step(lua, batch, batch->steps[i]);
        lua_rawseti(lua, -2, (lua_Integer) i + 1);
    }
    lua_setfield(lua, -2, "steps");
    push_handlers(lua, batch);
    lua_setfield(lua, -2, "handlers");
    lua_callk(lua, 1, 2, (lua_KContext) batch, apply_end);
    return apply_end(lua, LUA_OK, (lua_KContext) batch);
}

// A fault of the whole batch: what had ended well is known only to the world.
static void apply_done(void *context, const struct fault *fault)
{
    struct step_batch *batch = context;
    if (fault == NULL)
        return;
    bool uncertain = strcmp(fault->code, RAISE_UNCERTAIN) == 0;
    for (size_t i = 0; i < batch->count && fault_is_set(fault); i++) {
        bool first = i == 0;
        batch->steps[i]->outcome = uncertain ? STEP_UNCERTAIN
                                   : first   ? STEP_FAILED
                                             : STEP_SKIPPED;
        batch->steps[i]->fault = *fault;
    }
    for (size_t i = 0; i < batch->handler_count && fault_is_set(fault); i++) {
        batch->handlers[i].done = false;
        batch->handlers[i].fault = *fault;
    }
    batch->done(batch);
}

// A batch whose time is measured here: a step of the cloud, or a check. On a host the
// script ends its own steps. On the heap, since the plan may go before the script does.
struct timed {
    struct step_batch *batch;
    struct task *task;
    struct loop_timer *timer;
};

static void on_over(void *context)
{
    struct timed *timed = context;
    const struct change *change = timed->batch->steps[0]->change;
    struct fault fault = {0};
    char span[DURATION_TEXT_SIZE];
    timed->timer = NULL;
    fault_set(&fault, FAULT_ERROR, "%s took longer than %s", change->address,
              duration_format(change->resource->timeout_ms, span));
    if (change->where != NULL)
        fault_where(&fault, "%s", change->where);
    fault_why(&fault, "it is not waited for any longer, and may still come to its end");
    fault_next(&fault, "run again: that asks what became of it; or give it a longer "
                       "timeout");
    snprintf(fault.code, sizeof fault.code, "%s", RAISE_UNCERTAIN);
    task_cancel(timed->task, &fault);
}

static void timed_done(void *context, const struct fault *fault)
{
    struct timed *timed = context;
    struct step_batch *batch = timed->batch;
    loop_timer_cancel(timed->timer);
    free(timed);
    apply_done(batch, fault);
}

static int timed_body(lua_State *lua)
{
    struct timed *timed = lua_touserdata(lua, 1);
    lua_settop(lua, 0);
    lua_pushlightuserdata(lua, timed->batch);
    return apply_body(lua);
}

static void start_timed(struct script *script, struct step_batch *batch, int64_t ms)
{
    struct timed *timed = calloc(1, sizeof *timed);
    if (timed == NULL)
        abort();
    timed->batch = batch;
    timed->timer = loop_timer_start(script->options.loop, (uint64_t) ms, on_over, timed);
    timed->task = task_start(script, timed_body, timed, timed_done);
}

void provide_apply(struct script *script, struct step_batch *batch)
{
    const struct step *step = batch->count == 1 ? batch->steps[0] : NULL;
    bool here = step != NULL && step->change->resource != NULL &&
                (batch->host == NULL || strcmp(step->action, "check") == 0);
    if (here && step->change->resource->timeout_ms > 0)
        start_timed(script, batch, step->change->resource->timeout_ms);
    else
        task_start(script, apply_body, batch, apply_done);
}
