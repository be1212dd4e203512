// SPDX-License-Identifier: MIT
//
// What a slow binding does: makes an operation, starts the work, waits, and answers in
// its continuation.
#pragma once

#include <lua.h>

#include "base/arena.h"
#include "base/fault.h"

struct task;

// Makes the metatable.
int operation_open(lua_State *lua);

// One thing a task waits for. Starts with the struct; the binding's own fields follow.
// Lua owns it: it goes when the task has the answer, or when both the task and the work
// have ended.
struct operation {
    struct task *task;
    bool finished;
    bool abandoned; // the task is gone: the work's end frees it
    struct arena arena;
    struct fault fault;
    void (*clear)(struct operation *operation); // of own fields; may be NULL
};

// Pushes the box that owns a new operation of `size` bytes. Raises where nothing can wait
// (the top of a playbook, a sort function, a gsub function).
void *operation_new(lua_State *lua, size_t size);
// From the work's completion. False: nobody waits any more and the operation is gone.
bool operation_finish(struct operation *operation);
// Wakes the task without an end, to hand over a part.
void operation_wake(struct operation *operation);
// Waits until the operation has finished (or was woken), then calls `next` with it as
// context.
int operation_wait(lua_State *lua, struct operation *operation, lua_KFunction next);
