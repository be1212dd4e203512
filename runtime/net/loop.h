// SPDX-License-Identifier: MIT
//
// The one event loop of the process: libuv, plus timers, work off the loop, signals and a
// wake-up that other threads may call. Everything asynchronous in net/ delivers its
// `done` from loop_turn, exactly once, never from the function that started it.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

struct loop;
struct uv_loop_s;

struct loop *loop_new(void);
// Everything started on it must have ended or been cancelled.
void loop_free(struct loop *loop);
struct uv_loop_s *loop_uv(struct loop *loop);

// One turn: waits until something happened (or returns at once when something is due) and
// delivers it. False when nothing is under way that could ever happen.
bool loop_turn(struct loop *loop);

// Calls `callback` on the next turn.
typedef void (*loop_fn)(void *context);
void loop_defer(struct loop *loop, loop_fn callback, void *context);
// Forgets what was deferred with these two and not called yet.
void loop_defer_cancel(struct loop *loop, loop_fn callback, void *context);

struct loop_timer;
struct loop_timer *loop_timer_start(struct loop *loop, uint64_t ms, loop_fn callback,
                                    void *context);
// Not after its callback was called.
void loop_timer_cancel(struct loop_timer *timer);

// `work` on a thread of the pool, then `done` from loop_turn.
void loop_work(struct loop *loop, loop_fn work, loop_fn done, void *context);

// Thread-safe: makes loop_turn return. `woken` is called from loop_turn.
void loop_on_wake(struct loop *loop, loop_fn woken, void *context);
void loop_wake(struct loop *loop);
// The wake-up alone does not keep loop_turn waiting unless work of others is expected:
void loop_expect_wake(struct loop *loop, bool expected);

// SIGINT, SIGTERM and SIGHUP: first sets *interrupted to the signal's number, second ends
// the process at once (exit 130, 143 or 129).
void loop_watch_signals(struct loop *loop, volatile int *interrupted);
// Sets *given_up too, `ms` after the first of them, and makes loop_turn return then.
void loop_give_up_after(struct loop *loop, int ms, volatile int *given_up);
