// SPDX-License-Identifier: MIT
#include "script/operation.h"

#include "script/machine.h"
#include "script/raise.h"
#include "script/task.h"

#include <lauxlib.h>

#include <stdlib.h>

#define OPERATION "pipster.operation"

static int l_operation_gc(lua_State *lua)
{
    struct operation **box = luaL_checkudata(lua, 1, OPERATION);
    struct operation *operation = *box;
    *box = NULL;
    if (operation == NULL)
        return 0;
    task_release(operation->task);
    operation->task = NULL;
    if (!operation->finished) {
        operation->abandoned = true;
        return 0;
    }
    if (operation->clear != NULL)
        operation->clear(operation);
    arena_clear(&operation->arena);
    free(operation);
    return 0;
}

void *operation_new(lua_State *lua, size_t size)
{
    struct task *task = task_find(lua);
    if (task == NULL || !lua_isyieldable(lua)) {
        raise_error(lua, "nothing can be waited for here: %s",
                    task == NULL
                        ? "a playbook declares, it does not call out"
                        : "this is inside a function that Lua's own library calls");
    }
    task_check(lua);
    if (script_of(lua)->options.loop == NULL)
        raise_error(lua, "nothing can be waited for without a loop");
    struct operation **box = lua_newuserdatauv(lua, sizeof *box, 0);
    *box = NULL;
    luaL_setmetatable(lua, OPERATION);
    struct operation *operation = calloc(1, size);
    if (operation == NULL)
        abort();
    arena_init(&operation->arena, 0);
    operation->task = task;
    task_hold(task);
    // Until the work has begun there is nobody else who would free it.
    operation->finished = true;
    *box = operation;
    return operation;
}

bool operation_finish(struct operation *operation)
{
    operation->finished = true;
    if (operation->abandoned) {
        if (operation->clear != NULL)
            operation->clear(operation);
        arena_clear(&operation->arena);
        free(operation);
        return false;
    }
    if (operation->task != NULL)
        task_wake(operation->task);
    return true;
}

void operation_wake(struct operation *operation)
{
    if (operation->task != NULL && !operation->abandoned)
        task_wake(operation->task);
}

int operation_wait(lua_State *lua, struct operation *operation, lua_KFunction next)
{
    if (!lua_isyieldable(lua))
        return raise_error(lua, "nothing can be waited for here");
    task_check(lua);
    return lua_yieldk(lua, 0, (lua_KContext) operation, next);
}

int operation_open(lua_State *lua)
{
    luaL_newmetatable(lua, OPERATION);
    lua_pushcfunction(lua, l_operation_gc);
    lua_setfield(lua, -2, "__gc");
    lua_pop(lua, 1);
    return 0;
}
