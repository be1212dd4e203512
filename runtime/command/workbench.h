// SPDX-License-Identifier: MIT
//
// All parts of the program, opened in their order and wired to each other: what every
// verb that plans or runs begins with and ends with.
#pragma once

#include "command/key_passphrase.h"
#include "command/project.h"
#include "net/http.h"
#include "net/retry.h"
#include "script/script.h"
#include "store/cache.h"
#include "store/lock.h"
#include "value/record_rule.h"
#include "view/terminal.h"

enum workbench_mode {
    WORKBENCH_READ,  // a plan: nothing is created, no lock is taken
    WORKBENCH_WRITE, // a run: lock, database, key
    WORKBENCH_FOUND, // the same, for the project that options->project_id names
};

struct workbench {
    struct arena arena;
    struct key_passphrase passphrases;
    const struct options *options;
    struct project project;
    struct terminal out;    // stdout: plans, data
    struct terminal err;    // stderr: progress, warnings
    struct loop *loop;
    struct http *http;
    struct retry *retry;
    struct cache *cache;
    struct lock *lock;
    struct database *database;
    struct vault *vault;
    struct state_rows recorded;
    struct record_amendments accepted; // proposals of rules: accepted.h
    struct script *script;
    struct engine engine;
    struct resource_set wanted;
    // Whoever listens to what errands tell meanwhile (script_options.told); or NULL.
    void (*told)(void *context, const char *name, const char *bytes, size_t length);
    void *told_context;
    const char *playbook; // set: it is evaluated, whatever the options name
    int64_t serial;       // of the state, before anything of it was read
    volatile int interrupted;
    volatile int given_up;
    const char *tip;      // the playbook last applied, or NULL
    const char *tip_base; // the last applied that does not call tip() itself
    size_t round;       // of a run with stages: 1, 2 …
    size_t done_count;  // changes carried out, in all rounds
    size_t moved_count; // answers to stages that the plan took back
    bool declined;      // the last question was answered with no
    int64_t begun_ms;
    int64_t evaluated_ms;
    int64_t planned_ms;
    int64_t run; // that was carried out; 0: none, or nothing was to be done
};

// On failure everything is closed again, except that workbench_close may still be called.
bool workbench_open(struct workbench *bench, const struct options *options,
                    enum workbench_mode mode, struct fault *fault) FAULT_CHECKED;
void workbench_close(struct workbench *bench);

// Reads again what is recorded.
bool workbench_read_rows(struct workbench *bench, struct fault *fault) FAULT_CHECKED;

// Evaluates the playbook that the options name (without one: the tip, the one last run).
bool workbench_evaluate(struct workbench *bench, struct fault *fault) FAULT_CHECKED;

// The budget of pipster.lua holds beside those of the playbook; evaluating adds it.
void workbench_add_budget(struct workbench *bench);

// Asks on the terminal; without one, or with CI set, a fault that names --yes. `wanted`
// is what must be typed: "yes", or the project's name. *agreed says what was answered.
bool workbench_ask(struct workbench *bench, const char *question, const char *wanted,
                   bool *agreed, struct fault *fault) FAULT_CHECKED;

// "anna@laptop", for the journal.
const char *workbench_who(struct workbench *bench);

// --timing: how long each part took, and the counts of requests, round trips, commits.
void workbench_print_timing(const struct workbench *bench);
