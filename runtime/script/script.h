// SPDX-License-Identifier: MIT
//
// The one Lua state of a process: playbooks run in it and declare, resource types of the
// stdlib run in it as coroutines on the loop. Everything that includes lua.h is in this
// folder; what is here can be used without it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/map.h"
#include "engine/provider.h"
#include "engine/resource.h"
#include "store/state.h"

struct cache;
struct http;
struct loop;
struct lua_State;
struct retry;
struct script;

// All pointers are borrowed and must live as long as the script; each may be NULL, then
// what needs it raises.
struct script_options {
    struct loop *loop;
    struct http *http;
    struct retry *retry;
    struct cache *cache;
    const struct value *settings;      // the map that stdlib sees as `settings`
    const struct map *inputs;          // of input(): name → text
    const struct state_rows *recorded; // what value() may look up
    const char *tip;                   // what tip() gives; NULL: nothing was applied yet
    const char *project_root;          // holds playbooks/; NULL: "."
    const char *stdlib_root;           // --stdlib DIR instead of the embedded files
    const char *project_id;
    const char *age_identity; // of secrets that age opens; NULL: its own place
    // Of ssh_target; NULL: encrypted keys are not used.
    const char *(*passphrase)(void *context, const char *key, bool again);
    void *passphrase_context;
    int64_t now_ms;              // of the playbooks' clock; 0: the time of script_open
    size_t memory_ceiling;       // 0: 512 MiB
    int64_t instruction_ceiling; // of one evaluation or resume; 0: 200 million
    int64_t cpu_ceiling_ms;      // of the same; 0: 20 s
    int64_t hang_ms;             // inside one C function of Lua; 0: 10 s
    bool shallow;                // reads settings: no more stack than a task has
    // Called on another thread before a hang ends the process with hang_exit (0: 1).
    void (*hung)(void *context);
    void *hung_context;
    int hang_exit;
    bool (*print)(const char *line); // where print() goes; NULL: stderr
    // A part of an answer, as a task tells it: a line of what `name` prints.
    void (*told)(void *context, const char *name, const char *bytes, size_t length);
    void *told_context;
};

bool script_open(struct script **script, const struct script_options *options,
                 struct fault *fault) FAULT_CHECKED;
// Tasks that have not ended are dropped.
void script_close(struct script *script);

// From now on a hang ends the process with this exit code (1 in a plan, 3 in a run).
void script_set_hang_exit(struct script *script, int exit_code);

// Evaluates a playbook: "playbooks/phase1.lua", or "phase1". Every resource has been
// checked against its schema. The set lives in the arena.
bool script_run_playbook(struct script *script, const char *path, struct arena *arena,
                         struct resource_set *set, struct fault *fault) FAULT_CHECKED;

// From now on value() in a stage gives `now` for the reference, whatever is recorded; an
// unknown value defers the stage.
void script_learn(struct script *script, const struct value *reference,
                  const struct value *now);
void script_unlearn(struct script *script);

// From now on every evaluation includes these playbooks, and lays these attributes over
// what was declared, as :amend in the outermost playbook would. Borrowed, until others
// are set.
struct script_amendment {
    const char *include;            // a playbook, or NULL
    const char *address;            // or NULL
    const struct value *attributes; // of the address: a map
    const char *where;              // who says so
    const char *accepted;           // the rule whose proposal was accepted, or NULL: then
                                    // what is not declared is left out, and told
    const char *accepted_in; // the file that says that rule; NULL: whichever does
    const char *proposes; // or NULL: the rule whose function is asked, and what it gives
                          // is laid over what is in force by then
};
void script_set_amendments(struct script *script,
                           const struct script_amendment *amendments, size_t count);

// What its evaluations have read so far, sorted by name, also when the last one failed:
// the playbooks and modules, the whole stdlib, the inputs asked for.
struct script_text {
    const char *name;
    const char *bytes; // NULL: an input that was not given
    size_t length;
};
const struct script_text *script_list_code(struct script *script, struct arena *arena,
                                           size_t *count);
const struct script_text *script_list_stdlib(struct script *script, struct arena *arena,
                                             size_t *count);
const struct script_text *script_list_inputs(struct script *script, struct arena *arena,
                                             size_t *count);

// The time that playbooks see from now on.
void script_set_clock(struct script *script, int64_t now_ms);

struct script_warning {
    const char *where, *what, *next;
};

struct script_warnings {
    struct script_warning *items; // in the arena
    size_t count;
};

// What the evaluated playbooks do to references that Lua has no hook for.
void script_lint(struct script *script, const struct resource_set *set,
                 struct arena *arena, struct script_warnings *warnings);

// The stdlib's resource types behind the engine's seam; lives as long as the script.
const struct provider *script_provider(struct script *script);

// Every type of the stdlib, sorted by name, for `pipster types` and docs.
bool script_load_types(struct script *script, struct arena *arena,
                       const struct schema ***schemas, size_t *count,
                       struct fault *fault) FAULT_CHECKED;

// Starts a task that calls module.function(argument). `done` is called from loop_turn,
// once; `result` lives until it returns.
typedef void (*script_done_fn)(void *context, const struct value *result,
                               const struct fault *fault);
void script_start(struct script *script, const char *module, const char *function,
                  const struct value *argument, script_done_fn done, void *context);

// A C module for the stdlib: require NAME calls `opener` (a lua_CFunction) once. Call it
// between script_open and the first use.
void script_add_module(struct script *script, const char *name,
                       int (*opener)(struct lua_State *));
