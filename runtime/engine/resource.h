// SPDX-License-Identifier: MIT
//
// What a playbook declared: the input of a plan.
#pragma once

#include "engine/review.h"
#include "engine/rule_missed.h"
#include "engine/schema.h"
#include "engine/takings_source.h"
#include "value/money.h"

// What a difference does that a thing can only be born with.
enum resource_recreate {
    RECREATE_NEVER,   // it is told
    RECREATE_REPLACE, // a new thing takes its place
    RECREATE_REBUILD, // it is built anew in place, as far as its type can
};

struct resource {
    const char *address;
    const char *type;
    const char *name;     // NULL when nameless
    const char *host;     // "host/app" for things on a host, else NULL
    const char *playbook; // "playbooks/phase1.lua", the file that declared it
    int line;
    const char *stage;        // the stage it was declared in, or NULL
    const struct value *tags; // a list of texts, sorted; NULL: none
    int phase;                // that its playbook says; 0: none
    size_t order;             // of declaration, 0 …
    const struct schema *schema;
    const struct value *attributes; // checked and with defaults; references inside
    const char *const *after;       // addresses of `after =`
    size_t after_count;
    bool protect;
    int64_t timeout_ms; // of each of its steps; 0: the default of its kind
    bool keep_going;    // its failure lets later things on its host go on
    bool create_first;  // a replacement is there before the old one goes
    enum resource_recreate recreate;
    const struct value *ignore; // attributes left as found: a list, or {"all"}; NULL
    const struct value *restarts, *reloads; // units owed that by its change; or NULL
};

struct resource_output {
    const char *name;
    const struct value *value; // may hold references
};

// guard.budget { max = "$15/month" }
struct resource_budget {
    const char *where; // file:line
    const char *text;  // as written
    struct money max;  // per month
};

enum guard_kind {
    GUARD_SHARE,    // guard.budget { max_share_of_revenue = "10%" }
    GUARD_FORBID,   // guard.forbid { types = … }
    GUARD_LABELS,   // guard.require_labels { "team" }
    GUARD_DOWNTIME, // guard.forbid_downtime { over = "1m" }
    GUARD_RULE,     // guard.rule "name" { check = function(plan) … end }
};

// What else a plan may not do. It is met by changes whose type matches one of `types` and
// that concern one of `on`; an empty list is no condition.
struct resource_guard {
    enum guard_kind kind;
    const char *where;        // file:line
    const char *text;         // "10%", "1m", the name of a rule
    const char *because;      // in the playbook's words, or NULL
    const char *const *types; // globs
    size_t type_count;
    const char *const *on; // addresses or globs of them
    size_t on_count;
    const char *const *labels; // GUARD_LABELS
    size_t label_count;
    int64_t over_ms; // GUARD_DOWNTIME: shorter ones may be; 0: none
    bool is_open;    // GUARD_DOWNTIME: now is a time at which it may be
    int rule;        // GUARD_RULE: what the provider knows it by
};

// A stage whose function asked for a value that is not known yet.
struct resource_deferral {
    const char *stage;     // "cluster"; one inside another is "outer/inner"
    const char *waits_for; // "hetzner.server/app.ipv4"
    const char *where;     // file:line of the stage
    size_t order;          // how many things were declared before it
};

// What a stage was told of a recorded thing; the plan shows whether that still holds.
struct resource_answer {
    const struct value *reference;
    const struct value *told;
};

// moved { from = …, to = … }: what is recorded as one is the other.
struct resource_move {
    const char *from;
    const char *to;
    const char *where; // file:line
};

// removed { "…" }: what is recorded under that is forgotten, and stays where it is.
struct resource_removal {
    const char *pattern; // an address or a glob of it
    const char *where;   // file:line
};

// rolling "web" { hosts, serial, max_fail }: hosts that are changed in waves.
struct resource_rolling {
    const char *name;
    const char *where; // file:line
    const char *const *hosts;
    size_t host_count;
    size_t serial;   // hosts of one wave, at least 1
    size_t max_fail; // when more failed, no further wave begins
};

// All of one evaluated playbook. Everything lives in the arena that script_run was given.
struct resource_set {
    struct resource *items; // in order of declaration
    size_t count;
    struct resource_output *outputs;
    size_t output_count;
    struct resource_budget *budgets;
    size_t budget_count;
    struct takings_sources sources;
    struct resource_guard *guards;
    size_t guard_count;
    struct resource_move *moves;
    size_t move_count;
    struct resource_removal *removals;
    size_t removal_count;
    struct resource_rolling *rollings;
    size_t rolling_count;
    const struct rule *rules; // in the order of the playbook
    size_t rule_count;
    struct rule_misses missed;
    struct review_lines reviews;
    const char *playbook; // the file that was asked for
    // Every file that was evaluated, itself included; left out (0): those that declared
    // something. What other playbooks declared is left alone by a plan.
    const char *const *playbooks;
    size_t playbook_count;
    bool calls_tip; // it, or what it includes, called tip()
    int phase;      // 0: none said
    const char *phase_title;
    struct resource_deferral *deferrals; // in order
    size_t deferral_count;
    struct resource_answer *answers;
    size_t answer_count;
};

const struct resource *resource_find(const struct resource_set *set, const char *address);
// Whether the stage `inner` is `outer` itself or inside of it.
bool resource_stage_covers(const char *outer, const char *inner);

// Checks what only the whole set shows: no address twice, and that hosts, `after` and
// every reference in attributes and outputs name a declared thing and an attribute it
// has.
bool resource_check(const struct resource_set *set, struct fault *fault) FAULT_CHECKED;
