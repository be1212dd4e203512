// SPDX-License-Identifier: MIT
//
// The seam between the engine and the world: a struct of function pointers. script/ puts
// Lua resource types behind it, the tests a world in memory. The engine starts work
// through it and then calls turn() until the work's `done` was called: exactly once for
// each batch, from turn(), never from within the function that started it.
//
// Values handed over are resolved: they hold no reference and no template; what cannot be
// known yet is VALUE_UNKNOWN. Values that the provider answers with are copied by the
// engine before `done` returns.
#pragma once

#include "base/arena.h"
#include "base/fault.h"
#include "engine/answer.h"
#include "engine/resource.h"
#include "value/money.h"
#include "value/record.h"
#include "value/value.h"

enum observe_state {
    OBSERVE_ABSENT,
    OBSERVE_PRESENT,
    OBSERVE_UNKNOWN, // it cannot be known before apply: the host is new
    OBSERVE_UNDECIDED, // only a run may ask whether it is as it should be
    OBSERVE_FAILED,
};

// One thing to look for: wanted, recorded, or both.
struct observe_item {
    const char *address;
    const char *type;
    const char *name;
    const char *host;               // or NULL
    const struct value *wanted;     // resolved; NULL when no longer declared
    const struct record *recorded;  // or NULL
    const struct record_step *open; // an unfinished intent of an earlier run, or NULL
    // the answer:
    enum observe_state state;
    const struct value *found; // OBSERVE_PRESENT: attributes, computed ones included
    const char *because;       // UNKNOWN, UNDECIDED: "host/app is not there yet"
    const struct fault *fault; // OBSERVE_FAILED; in the batch's arena: few have one
};

// All things of one cloud type, or all things on one host (`host` set).
struct observe_batch {
    const char *type; // or NULL when it is a host's
    const char *host;
    const struct value *host_attributes; // as found or recorded, or NULL
    struct observe_item *items;
    size_t count;
    bool in_run; // right before a step: nothing is UNDECIDED any more
    struct arena *arena;
    void (*done)(struct observe_batch *batch);
    void *owner; // the engine's
};

struct price_line {
    const char *what;     // "server cx23 in nbg1"
    struct money monthly; // net
    bool known;           // false: not priced
};

// What a change will do, told before. Pure: no call leaves the process.
struct preview {
    const struct value *wanted; // refined: e.g. the type that is in stock; or NULL
    const char **notes;         // "cx23 is sold out in nbg1: cpx22 is next"
    const char **warnings;      // also where nothing is to be done: "it expires soon"
    const char **actions;       // "POST /servers", "apt-get install git"
    size_t note_count, warning_count, action_count;
    int64_t downtime_ms;                 // how long it will be; 0: nobody can tell
    const char *downtime, *data_at_risk; // "about 1 minute: power off, change type"
    const char **unsettled;              // computed attributes that an update will change
    const char *replace_because; // the type says that this needs a replacement; or NULL
    const char *stays_because;   // it is not to be destroyed after all; or NULL
    const char *alone_because;   // the new one cannot be there beside the old; or NULL
    // Of a replacement or rebuild: what is gone then, what is not; attributes for no eye.
    const char **lost, **survives, **hidden;
    size_t unsettled_count, lost_count, survives_count, hidden_count;
    const char **handlers, **handler_scripts; // owed: "reload caddy", and its text
    const char **voids; // handlers that nothing is left for once this is removed
    struct price_line *prices, *prices_before; // after the change, and before it
    size_t handler_count, void_count, price_count, price_before_count;
};

struct change; // plan.h
struct plan;

enum step_outcome {
    STEP_DONE,
    STEP_FAILED,
    STEP_SKIPPED,   // a step before it in the batch failed
    STEP_UNCERTAIN, // it may still be executing, or its answer was lost
};

// One change being carried out.
struct step {
    const struct change *change;
    const char *action;        // "create", "update", "delete", "check"
    const struct value *have;  // found; NULL on create
    const struct value *want;  // resolved and known; NULL on delete
    struct record_step record; // id, label; .note of an earlier, open intent
    struct record_measurements last; // of a check: the newest two of each name
    // the answer:
    enum step_outcome outcome;
    const struct value *found; // the attributes afterwards (NULL on delete)
    bool changed;              // false: it was already so
    struct check_answer answer;
    struct fault fault;
};

struct step_handler {
    const char *host, *name, *script;
    bool after_removals, done; // not right behind its last cause; the answer
    struct fault fault;
};

// One cloud step, or a batch of steps of one host in order, with the handlers that
// become due after it.
struct step_batch {
    const char *host; // or NULL
    const struct value *host_attributes;
    struct step **steps;
    struct step_handler *handlers;
    size_t count, handler_count;
    struct arena *arena;
    // Durable memory of a step in flight: commits `note`, then calls `done` from turn().
    void (*note)(struct step_batch *batch, struct step *step, const struct value *note,
                 void (*done)(void *context, const struct fault *fault), void *context);
    // Told as things happen: "begin", "end", "line" (live output; text is set).
    void (*event)(struct step_batch *batch, struct step *step, const char *event,
                  const char *text);
    void (*done)(struct step_batch *batch);
    void *owner;
};

struct provider {
    void *context;
    // NULL when there is no such type.
    const struct schema *(*schema)(void *context, const char *type);
    void (*observe)(void *context, struct observe_batch *batch);
    bool (*preview)(void *context, struct arena *arena, const struct change *change,
                    struct preview *preview, struct fault *fault);
    // Only the prices, of what change->wanted says.
    bool (*price)(void *, const struct change *, struct preview *, struct fault *);
    void (*apply)(void *context, struct step_batch *batch);
    // A secret that is not made here: its declared attributes hold one of env, file,
    // command, age, credential. Waits for the answer.
    bool (*reveal)(void *context, struct arena *arena, const char *address,
                   const struct value *attributes, const struct value **secret,
                   struct fault *fault);
    // Asks a rule of the playbook's own about the plan, by what it is known by. *because,
    // in the arena, says why it may not be carried out; NULL: it may. No rules: NULL.
    bool (*judge)(void *context, const struct plan *plan, int rule, struct arena *arena,
                  const char **because, struct fault *fault);
    // Waits until something happened and delivers it; false: nothing is under way.
    bool (*turn)(void *context);
    // The value of the label pipster-project, needed before the first create.
    const char *project_id;
};
