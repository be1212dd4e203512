// SPDX-License-Identifier: MIT
//
// Tasks: coroutines on the loop. A slow binding starts its work, calls operation_wait and
// answers in its continuation; completion schedules the task, never runs it at once. The
// one lua_resume is here, and every body runs under our own protected call, so that
// to-be-closed variables are closed inside the coroutine and may wait too.
#pragma once

#include <lua.h>

#include "base/fault.h"

struct script;
struct task;

// `body` finds `context` as light userdata at index 1 and may wait. `done` is called
// once, from loop_turn; FAULT_NONE when the body ended well. When the script is closed
// first, `done` is called with NULL: only to let go of the context.
typedef void (*task_done_fn)(void *context, const struct fault *fault);
struct task *task_start(struct script *script, lua_CFunction body, void *context,
                        task_done_fn done);
// Wherever it waits, now and from here on, this fault is raised. Not once `done` was
// called.
void task_cancel(struct task *task, const struct fault *fault);
// Raises the fault of a task that was cancelled.
void task_check(lua_State *lua);

// The script of a Lua thread.
struct script *task_script(lua_State *lua);
bool task_open(struct script *script);
void task_close(struct script *script);

// The task that a Lua thread belongs to; NULL for the main thread, where nothing can
// wait.
struct task *task_find(lua_State *lua);
// Resumes the task on the next turn of the loop.
void task_wake(struct task *task);
// What points to a task holds it: then it may end, but stays there to be told so.
void task_hold(struct task *task);
void task_release(struct task *task);
