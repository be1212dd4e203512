// SPDX-License-Identifier: MIT
//
// Time that a test puts forward: a limit is made so long that no slow machine reaches it,
// and skipped once what has to happen before it has happened. Every library of the
// process asks these two.
#pragma once

#include "net/loop.h"

#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int64_t skip_clock_seconds;

int clock_gettime(clockid_t id, struct timespec *time);
int clock_gettime(clockid_t id, struct timespec *time)
{
    long result = syscall(SYS_clock_gettime, id, time);
    if (result == 0)
        time->tv_sec += __atomic_load_n(&skip_clock_seconds, __ATOMIC_SEQ_CST);
    return (int) result;
}

time_t time(time_t *result);
time_t time(time_t *result)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result)
        *result = now.tv_sec;
    return now.tv_sec;
}

static inline void skip_clock(int seconds)
{
    __atomic_add_fetch(&skip_clock_seconds, seconds, __ATOMIC_SEQ_CST);
}

static inline void skip_nothing(void *context)
{
    (void) context;
}

// A turn of ten milliseconds at most: what became due is delivered.
static inline bool skip_turn(struct loop *loop)
{
    loop_timer_start(loop, 10, skip_nothing, NULL);
    return loop_turn(loop);
}
