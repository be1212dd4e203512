// SPDX-License-Identifier: MIT
#include "script/guard.h"

#include "base/clock.h"
#include "script/machine.h"
#include "script/raise.h"

#include <lauxlib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { HOOK_STEP = 1000 };

#define MEMORY_CEILING      ((size_t) 512 << 20)
#define INSTRUCTION_CEILING INT64_C(200000000)
#define CPU_CEILING_MS      INT64_C(20000)
#define HANG_MS             INT64_C(10000)
#define WAIT_FACTOR         10 // times hang_ms: how long a call may be that only waits

void guard_init(struct guard *guard, const struct script_options *options)
{
    memset(guard, 0, sizeof *guard);
    guard->memory_ceiling =
        options->memory_ceiling != 0 ? options->memory_ceiling : MEMORY_CEILING;
    guard->instruction_ceiling = options->instruction_ceiling != 0
                                     ? options->instruction_ceiling
                                     : INSTRUCTION_CEILING;
    guard->cpu_ceiling_ms =
        options->cpu_ceiling_ms != 0 ? options->cpu_ceiling_ms : CPU_CEILING_MS;
    guard->hang_ms = options->hang_ms != 0 ? options->hang_ms : HANG_MS;
    atomic_init(&guard->hang_exit, options->hang_exit != 0 ? options->hang_exit : 1);
    guard->hung = options->hung;
    guard->hung_context = options->hung_context;
    pthread_mutex_init(&guard->mutex, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&guard->changed, &attributes);
    pthread_condattr_destroy(&attributes);
}

void guard_where(const struct guard *guard, char *out, size_t size)
{
    const char *source = atomic_load(&guard->source);
    out[0] = '\0';
    if (source != NULL)
        snprintf(out, size, "%s:%d", source, atomic_load(&guard->line));
}

// Only what is safe while the other thread may hold any lock: no stdio, no malloc.
static void end_process(struct guard *guard)
{
    char where[512], text[1024];
    guard_where(guard, where, sizeof where);
    int length = snprintf(
        text, sizeof text,
        "error: a string function does not come to an end\n"
        "  where: %s\n"
        "  why:   it has been inside one call for %lld s; some patterns "
        "take time that grows with the 4th power of the text\n"
        "  next:  use a simpler pattern or a shorter text\n",
        where[0] != '\0' ? where : "unknown", (long long) (guard->hang_ms + 999) / 1000);
    ssize_t written = write(STDERR_FILENO, text, (size_t) length);
    (void) written;
    if (guard->hung != NULL)
        guard->hung(guard->hung_context);
    _exit(atomic_load(&guard->hang_exit));
}

static void add_ms(struct timespec *time, int64_t ms)
{
    time->tv_sec += (time_t) (ms / 1000);
    time->tv_nsec += (long) (ms % 1000) * 1000000;
    if (time->tv_nsec >= 1000000000) {
        time->tv_sec++;
        time->tv_nsec -= 1000000000;
    }
}

static int64_t busy_ms(const struct guard *guard)
{
    struct timespec time = {0};
    clock_gettime(guard->watched, &time);
    return (int64_t) time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

// A thread that is not given the processor does not hang: its own time is what counts.
// Nor does a process that was stopped for a while: of that no more than two ticks are
// counted.
static void *watch(void *context)
{
    struct guard *guard = context;
    const int64_t tick_ms = guard->hang_ms / 8 + 1;
    unsigned long seen = 0;
    int64_t still_ms = 0, began_ms = 0, last_ms = clock_monotonic_ms();
    pthread_mutex_lock(&guard->mutex);
    while (!guard->ending) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        add_ms(&until, tick_ms);
        pthread_cond_timedwait(&guard->changed, &guard->mutex, &until);
        unsigned long beat = atomic_load(&guard->beat);
        bool moved = beat != seen || !atomic_load(&guard->inside);
        int64_t passed_ms = clock_monotonic_ms() - last_ms;
        last_ms += passed_ms;
        still_ms += passed_ms < 2 * tick_ms ? passed_ms : 2 * tick_ms;
        still_ms = moved ? 0 : still_ms;
        began_ms = moved ? busy_ms(guard) : began_ms;
        seen = beat;
        if (busy_ms(guard) - began_ms >= guard->hang_ms ||
            still_ms >= guard->hang_ms * WAIT_FACTOR)
            end_process(guard);
    }
    pthread_mutex_unlock(&guard->mutex);
    return NULL;
}

void guard_start(struct guard *guard)
{
    guard->watching = pthread_getcpuclockid(pthread_self(), &guard->watched) == 0 &&
                      pthread_create(&guard->thread, NULL, watch, guard) == 0;
}

void guard_clear(struct guard *guard)
{
    if (guard->watching) {
        pthread_mutex_lock(&guard->mutex);
        guard->ending = true;
        pthread_cond_signal(&guard->changed);
        pthread_mutex_unlock(&guard->mutex);
        pthread_join(guard->thread, NULL);
    }
    pthread_cond_destroy(&guard->changed);
    pthread_mutex_destroy(&guard->mutex);
    cells_clear(&guard->cells);
}

static void *take(struct guard *guard, size_t size)
{
    return size <= CELL_LARGEST ? cells_take(&guard->cells, size) : malloc(size);
}

static void give_back(struct guard *guard, void *memory, size_t size)
{
    if (memory != NULL && size <= CELL_LARGEST) {
        cells_give_back(&guard->cells, memory, size);
    } else if (memory != NULL) {
        explicit_bzero(memory, size);
        free(memory);
    }
}

static void *resize(struct guard *guard, void *memory, size_t old_size, size_t new_size)
{
    if (memory == NULL)
        return take(guard, new_size);
    if (old_size > CELL_LARGEST && new_size > CELL_LARGEST)
        return realloc(memory, new_size);
    void *moved = take(guard, new_size);
    if (moved != NULL) {
        memcpy(moved, memory, old_size < new_size ? old_size : new_size);
        give_back(guard, memory, old_size);
    }
    return moved;
}

void *guard_allocate(void *context, void *memory, size_t old_size, size_t new_size)
{
    struct guard *guard = context;
    // Without a block, Lua puts the kind of the new object into old_size.
    size_t had = memory != NULL ? old_size : 0;
    if (new_size == 0) {
        give_back(guard, memory, had);
        guard->memory_used -= had;
        return NULL;
    }
    if (new_size > had && guard->memory_used + (new_size - had) > guard->memory_ceiling)
        return NULL;
    void *moved = resize(guard, memory, had, new_size);
    if (moved != NULL)
        guard->memory_used += new_size - had;
    return moved;
}

void guard_enter(struct guard *guard)
{
    if (guard->depth++ == 0) {
        guard->instructions = 0;
        guard->cpu_began_ms = clock_cpu_ms();
        atomic_store(&guard->inside, true);
    }
    atomic_fetch_add(&guard->beat, 1);
}

void guard_leave(struct guard *guard)
{
    if (--guard->depth == 0)
        atomic_store(&guard->inside, false);
    atomic_fetch_add(&guard->beat, 1);
}

void guard_check(lua_State *lua)
{
    const struct guard *guard = &script_of(lua)->guard;
    if (fault_is_set(&guard->halted))
        raise_fault(lua, &guard->halted);
}

static void halt(struct guard *guard, const char *unit, int64_t count)
{
    char where[512];
    guard_where(guard, where, sizeof where);
    fault_set(&guard->halted, FAULT_ERROR, "the code does not come to an end");
    fault_where(&guard->halted, "%s", where);
    fault_why(&guard->halted, "it ran %lld %s", (long long) count, unit);
    fault_next(&guard->halted, "look for a loop that never ends");
}

// Called every HOOK_STEP instructions. The processor's clock costs a system call.
static void judge(struct guard *guard)
{
    guard->instructions += HOOK_STEP;
    if (fault_is_set(&guard->halted))
        return;
    if (guard->instructions > guard->instruction_ceiling)
        halt(guard, "million instructions", guard->instruction_ceiling / 1000000);
    else if (guard->instructions % (HOOK_STEP * 16) == 0 &&
             clock_cpu_ms() - guard->cpu_began_ms > guard->cpu_ceiling_ms)
        halt(guard, "s of the processor's time", guard->cpu_ceiling_ms / 1000);
}

static void hook(lua_State *lua, lua_Debug *now)
{
    struct guard *guard = &script_of(lua)->guard;
    // With an event of a line it comes by itself.
    lua_getinfo(lua, now->event == LUA_HOOKLINE ? "S" : "Sl", now);
    if (now->currentline > 0) {
        // The line first: a place that is half old is still inside the same file.
        atomic_store(&guard->line, now->currentline);
        atomic_store(&guard->source, now->source + 1);
    }
    atomic_fetch_add(&guard->beat, 1);
    if (now->event == LUA_HOOKCOUNT)
        judge(guard);
    if (fault_is_set(&guard->halted)) {
        // Every instruction raises from now on, wherever a pcall lands.
        lua_sethook(lua, hook, LUA_MASKCOUNT | LUA_MASKLINE, 1);
        raise_fault(lua, &guard->halted);
    }
}

void guard_watch(lua_State *lua, bool lines)
{
    lua_sethook(lua, hook, lines ? LUA_MASKCOUNT | LUA_MASKLINE : LUA_MASKCOUNT,
                HOOK_STEP);
}
