// SPDX-License-Identifier: MIT
//
// What the files of script/ share: the Lua state with its limits, and the one protected
// call into it.
#pragma once

#include <lua.h>

#include "base/text.h"
#include "script/guard.h"
#include "script/script.h"

struct declare;
struct provide;
struct task;

struct script {
    lua_State *lua;
    struct script_options options;
    struct arena arena; // as long-lived as the script: schemas, names, boxed values
    struct guard guard;
    struct map kinds;        // type name → struct kind
    struct map sources;      // module path → its text, once it was read
    struct task *tasks;      // all that have not ended
    struct task *root;       // stands for the main thread, where nothing can wait
    int64_t evaluations;     // so far
    struct map code;         // playbooks evaluated: path → struct library_source
    struct map asked;        // inputs asked for: name → the text given, or NULL
    struct declare *declare; // while a playbook is evaluated, else NULL
    struct map learned;      // "address.path" → struct value: what a plan found
    const struct script_amendment *amendments; // of amendment.c
    size_t amendment_count;
    struct map prices;       // as told, by type and attributes: see provide_price.c
    struct text price_key;
    struct provide *provide;
};

struct script *script_of(lua_State *lua);

// The one protected call: the function and its arguments are on the stack. On failure the
// stack is as it was without them and the fault says file and line.
bool script_call(struct script *script, int arguments, int results,
                 struct fault *fault) FAULT_CHECKED;

// A protected call of a C function that finds `context` as light userdata at index 1.
bool script_protect(struct script *script, lua_CFunction function, void *context,
                    struct fault *fault) FAULT_CHECKED;
