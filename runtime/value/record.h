// SPDX-License-Identifier: MIT
//
// The rows that engine and store share: what state remembers of one resource, and what
// the journal remembers of a run, a step and a handler.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "value/money.h"
#include "value/value.h"

// One resource as last applied or found.
struct record {
    const char *address;
    const char *type;
    const char *host;                // "host/app" for things on a host, else NULL
    const char *playbook;            // the one that declared it
    const char *incarnation;         // of the host: "server id/machine id"; or NULL
    const char *stage;               // the stage that declared it, or NULL
    const struct value *tags;        // a list of texts, or NULL
    const struct value *ignore;      // attributes left as found: a list, or NULL
    const struct value *restarts;    // units that its change or removal owes that …
    const struct value *reloads;     // … and that: lists of texts, or NULL
    int phase;                       // of its playbook; 0: none said
    bool created_by_us;              // false: found there, never removed
    bool protect;
    const struct value *wanted;      // as declared, references kept, secrets as digests
    const struct value *attributes;  // as found after the last apply, secrets as digests
    const char *const *needs;        // addresses it depends on, for the order of deletes
    size_t need_count;
    int64_t changed_at_ms;
};

enum record_outcome {
    RECORD_OPEN,      // an intent without result
    RECORD_DONE,
    RECORD_FAILED,
    RECORD_UNCERTAIN, // the call may still be executing
    RECORD_RESOLVED,  // settled by a later run that asked the world
};

struct record_step {
    int64_t id;
    int64_t run;
    const char *address;
    const char *type;
    const char *host;           // or NULL
    const char *action;         // "create", "update", "replace", "delete"
    const char *label;          // the value of the pipster-step label: "r12s3"
    enum record_outcome outcome;
    const struct value *note;   // what the step itself chose to remember, or NULL
    const char *failure;        // the fault's text, or NULL
    int64_t begun_at_ms;
    int64_t ended_at_ms;        // 0 while open
    const char *playbook;       // that of its run, or NULL
    // For undo and explain; secrets as digests. NULL where there was or will be nothing.
    const struct value *before;        // the attributes found before
    const struct value *wanted_before; // what was declared before, of the row
    const struct value *after;         // what is wanted now, resolved
    // What else the row said: ignore, needs, phase, playbook, protect, reloads, restarts,
    // stage, tags; or NULL.
    const struct value *row_before;
    const struct value *fields; // what it changes: name → whether it is secret; or NULL
    const char *price;          // a month, afterwards: "4.99 EUR"; or NULL
};

struct record_handler {
    const char *host;   // "host/app"
    const char *name;   // "reload caddy"
    const char *cause;  // the address whose change owes it
    const char *script; // shell text that carries no secret
    int64_t run;
    const char *playbook; // that of its run, or NULL
};

// A figure that a check measured.
struct record_measurement {
    int64_t run;         // 0: of an export that was taken in
    const char *address; // of the check
    const char *name;    // "p95_ms"
    double value;        // finite
    const char *unit;    // "ms", or NULL
    int64_t at_ms;
};

struct record_measurements {
    const struct record_measurement *rows;
    size_t count;
};

// What came in a month, as the sources told it at one moment.
struct record_revenue {
    int64_t id;
    int64_t read_at_ms;
    int64_t as_of_ms;       // the moment that the figures are of
    int64_t fresh_until_ms; // stale afterwards: see value/reading.h
    const char *source;     // "stripe", "csv + stripe", "typed in"
    // Monthly recurring revenue, all three in one currency. What rules and budgets call
    // revenue is the cautious figure; what is at risk is part of the gross one.
    struct money gross, cautious, at_risk;
    int64_t customers;            // who pay; -1: not told
    bool accepted;                // false: too far from the last for rules to use it
    const struct value *warnings; // a list of texts, or NULL
    const struct value *parts;    // what each source told: a list of maps, or NULL
};

struct record_revenues {
    const struct record_revenue *rows;
    size_t count;
};

// What somebody answered to a question that no figure shows the answer to.
struct record_answer {
    const char *name;   // of the question: "soc2"
    const char *value;  // as typed: "yes", "no", or a text
    int64_t answered_ms;
    int64_t expires_ms; // from then on it is to be asked again
};

struct record_answers {
    const struct record_answer *rows;
    size_t count;
};

struct record_run {
    int64_t id;
    const char *playbook;
    const char *verb;    // "run", "destroy"
    const char *outcome; // "open", "done", "partial", "failed",
                         // "interrupted", "killed"
    int64_t begun_at_ms;
    int64_t ended_at_ms;
    const char *cost_before; // exact decimal and currency: "23.6 EUR", or NULL
    const char *cost_after;
    const struct value *summary; // counts and measured times
    const char *who;             // "anna@laptop", or NULL
    const char *plan;            // the id of the saved plan it carried out, or NULL
    bool resumes;                // not stored: an earlier run used that plan
    const struct value *options; // how it was asked for: only, override …; or NULL
};
