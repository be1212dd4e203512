// SPDX-License-Identifier: MIT
//
// The hosts of the state that a word means, and one errand on many of them at once: what
// exec, facts, logs and ssh share. No playbook is evaluated.
#pragma once

#include "command/workbench.h"

struct fleet_host {
    const char *name;           // "app"
    const struct value *host;   // attributes with its name, as the stdlib's session takes
    const struct value *answer; // of the errand; NULL: none, and the fault says why
    struct fault *fault;        // or NULL
    bool ended;
};

struct fleet {
    struct fleet_host *hosts; // sorted by name
    size_t count;
};

// Every host whose name or one of whose groups (tags) matches one of the globs of
// "web*,db1"; FAULT_USAGE where one of them matches none.
bool fleet_choose(struct arena *arena, const struct state_rows *rows, const char *words,
                  struct fleet *fleet, struct fault *fault) FAULT_CHECKED;
// The one host of this name.
bool fleet_find(struct arena *arena, const struct state_rows *rows, const char *name,
                struct fleet_host *host, struct fault *fault) FAULT_CHECKED;

// From now on nothing that the vault holds is printed: errands are told no secrets, but
// what hosts print may hold some.
bool fleet_redact(struct workbench *bench, struct fault *fault) FAULT_CHECKED;

struct fleet_errand {
    const char *module;   // of the stdlib
    const char *function; // called with `asked` and `host`
    const struct value *asked;
    size_t at_once;
    void (*line)(void *context, const struct fleet_host *host, const char *bytes,
                 size_t length); // as it comes; may be NULL
    void (*ended)(void *context, const struct fleet_host *host); // may be NULL
    void *context;
};
// A host that fails fails alone. False only when interrupted: then what has not ended yet
// is let go of, and its fault stays NULL.
bool fleet_run(struct workbench *bench, struct fleet *fleet,
               const struct fleet_errand *errand, struct fault *fault) FAULT_CHECKED;
