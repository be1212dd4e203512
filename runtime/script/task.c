// SPDX-License-Identifier: MIT
#include "script/task.h"

#include "net/loop.h"
#include "script/machine.h"
#include "script/raise.h"
#include "script/reference.h"

#include <lauxlib.h>

#include <stdlib.h>
#include <string.h>

struct task {
    struct script *script;
    lua_State *lua; // of the coroutine
    int thread;     // in the registry, so that it is not collected
    lua_CFunction body;
    void *context;
    task_done_fn done;
    struct fault fault;
    struct fault cancelled; // why, or FAULT_NONE
    bool started;
    bool scheduled;
    bool ended;  // nothing wakes it any more
    int holders; // operations that point here, and a resume that is scheduled
    struct task *next;
    struct task *previous;
};

static struct task **slot(lua_State *lua)
{
    return (struct task **) lua_getextraspace(lua);
}

struct script *task_script(lua_State *lua)
{
    return (*slot(lua))->script;
}

struct task *task_find(lua_State *lua)
{
    struct task *task = *slot(lua);
    return task->lua != NULL ? task : NULL;
}

static void link_task(struct task *task)
{
    struct script *script = task->script;
    task->next = script->tasks;
    if (script->tasks != NULL)
        script->tasks->previous = task;
    script->tasks = task;
}

static void unlink_task(struct task *task)
{
    if (task->previous != NULL)
        task->previous->next = task->next;
    else
        task->script->tasks = task->next;
    if (task->next != NULL)
        task->next->previous = task->previous;
}

static int trampoline_end(lua_State *lua, int status, lua_KContext context)
{
    struct task *task = (struct task *) context;
    if (status != LUA_OK && status != LUA_YIELD)
        raise_take(lua, status, &task->fault);
    return 0;
}

static int trampoline(lua_State *lua)
{
    struct task *task = lua_touserdata(lua, 1);
    lua_settop(lua, 0);
    lua_pushcfunction(lua, raise_handler);
    lua_pushcfunction(lua, task->body);
    lua_pushlightuserdata(lua, task->context);
    int status = lua_pcallk(lua, 1, 0, 1, (lua_KContext) task, trampoline_end);
    return trampoline_end(lua, status, (lua_KContext) task);
}

void task_hold(struct task *task)
{
    task->holders++;
}

void task_release(struct task *task)
{
    if (--task->holders == 0 && task->ended)
        free(task);
}

static void end(struct task *task)
{
    struct script *script = task->script;
    task_done_fn done = task->done;
    void *context = task->context;
    struct fault fault = task->fault;
    unlink_task(task);
    if (task->lua != NULL) {
        lua_resetthread(task->lua);
        luaL_unref(script->lua, LUA_REGISTRYINDEX, task->thread);
    }
    task->ended = true;
    done(context, &fault);
}

static void run(struct task *task)
{
    struct guard *guard = &task->script->guard;
    int count = 0;
    guard_enter(guard);
    int status = lua_resume(task->lua, task->script->lua, task->started ? 0 : 1, &count);
    guard_leave(guard);
    task->started = true;
    if (status == LUA_YIELD) {
        lua_pop(task->lua, count);
        return;
    }
    if (status != LUA_OK && !fault_is_set(&task->fault))
        raise_take(task->lua, status, &task->fault);
    end(task);
}

static void resume(void *context)
{
    struct task *task = context;
    task->scheduled = false;
    if (task->lua == NULL && !task->ended) // there was no memory for it
        end(task);
    else if (!task->ended)
        run(task);
    task_release(task);
}

void task_wake(struct task *task)
{
    if (!task->scheduled && !task->ended) {
        task->scheduled = true;
        task_hold(task);
        loop_defer(task->script->options.loop, resume, task);
    }
}

static int make_thread(lua_State *lua)
{
    struct task *task = lua_touserdata(lua, 1);
    lua_State *thread = lua_newthread(lua);
    luaL_checkstack(thread, REFERENCE_STACK_TASK, "task");
    task->thread = luaL_ref(lua, LUA_REGISTRYINDEX);
    *slot(thread) = task;
    lua_pushcfunction(thread, trampoline);
    lua_pushlightuserdata(thread, task);
    guard_watch(thread, false);
    task->lua = thread;
    return 0;
}

struct task *task_start(struct script *script, lua_CFunction body, void *context,
                        task_done_fn done)
{
    struct task *task = calloc(1, sizeof *task);
    if (task == NULL)
        abort();
    task->script = script;
    task->body = body;
    task->context = context;
    task->done = done;
    link_task(task);
    if (!script_protect(script, make_thread, task, &task->fault))
        task->lua = NULL;
    task_wake(task);
    return task;
}

void task_cancel(struct task *task, const struct fault *fault)
{
    task->cancelled = *fault;
    task_wake(task);
}

void task_check(lua_State *lua)
{
    struct task *task = task_find(lua);
    if (task != NULL && fault_is_set(&task->cancelled))
        raise_fault(lua, &task->cancelled);
}

bool task_open(struct script *script)
{
    script->root = calloc(1, sizeof *script->root);
    if (script->root == NULL)
        return false;
    script->root->script = script;
    *slot(script->lua) = script->root;
    return true;
}

// After lua_close: no coroutine is left.
void task_close(struct script *script)
{
    struct task *next = NULL;
    for (struct task *task = script->tasks; task != NULL; task = next) {
        next = task->next;
        task->done(task->context, NULL);
        task->ended = true;
        if (task->holders == 0)
            free(task);
    }
    script->tasks = NULL;
    free(script->root);
    script->root = NULL;
}
