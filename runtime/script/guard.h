// SPDX-License-Identifier: MIT
//
// The limits of the Lua state. Memory has a ceiling in the allocator. Instructions are
// counted by a hook, and the time of the processor with them, since one instruction may
// copy a whole stack; once over a ceiling the state is halted, and stays so: no pcall
// swallows it. A watchdog thread ends the process when one C function called from Lua (a
// string pattern) runs on and on, since no hook fires in there.
#pragma once

#include <lua.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "script/cells.h"

struct guard {
    struct cells cells; // the small pieces
    size_t memory_used;
    size_t memory_ceiling;
    int64_t instructions; // of the current evaluation or resume
    int64_t instruction_ceiling;
    int64_t cpu_began_ms; // of the same evaluation or resume
    int64_t cpu_ceiling_ms;
    int64_t hang_ms;
    atomic_int hang_exit;
    void (*hung)(void *context);
    void *hung_context;
    int depth;           // of entries from C
    struct fault halted; // why it stopped for good, or FAULT_NONE
    // Shared with the watchdog:
    atomic_bool inside;
    atomic_ulong beat;
    _Atomic(const char *) source; // the last place a hook saw; sources are kept for good
    atomic_int line;
    bool watching;
    bool ending;
    clockid_t watched; // the processor's time of the thread that runs Lua
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
};

struct script_options;
void guard_init(struct guard *guard, const struct script_options *options);
void guard_start(struct guard *guard);
void guard_clear(struct guard *guard);

// The lua_Alloc; context is the guard. Memory given back is wiped.
void *guard_allocate(void *context, void *memory, size_t old_size, size_t new_size);

// Around everything that runs Lua; the outermost entry starts a new count.
void guard_enter(struct guard *guard);
void guard_leave(struct guard *guard);

// Watches a thread of the state; with `lines` every line is seen, so that the watchdog
// names the right one.
void guard_watch(lua_State *lua, bool lines);
// Raises when the state is halted.
void guard_check(lua_State *lua);
// The last place seen, "playbooks/phase1.lua:12", or empty.
void guard_where(const struct guard *guard, char *out, size_t size);
