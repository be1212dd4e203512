// SPDX-License-Identifier: MIT
//
// A plan is data: what would change, why, at what risk and at what price. Made by
// engine_plan, printed by view/, carried out by engine_apply.
#pragma once

#include "engine/provider.h"

enum change_action {
    CHANGE_NONE,
    CHANGE_CREATE,
    CHANGE_UPDATE,
    CHANGE_REPLACE, // deleted, then created
    CHANGE_DELETE,
    CHANGE_FORGET,  // gone, going with its machine, or never ours: only the row goes
    CHANGE_CHECK,   // a check: runs after all else, changes nothing
};

enum change_verdict {
    VERDICT_WILL,
    VERDICT_MAY, // depends on what is known only during apply; `because` says on what
};

struct change_field {
    const char *name;
    const struct value *before; // NULL: absent
    const struct value *after;  // may be unknown
    bool forces_replacement;
    bool secret;
    bool is_default; // what its type gives to everything
    bool is_content; // of a file: shown, never kept in a saved plan
};

struct change {
    const char *address;
    const char *type;
    const char *name;
    const char *host;
    const struct resource *resource; // NULL when no longer declared
    const struct record *record;     // NULL when never recorded
    const struct record_step *open;  // the unfinished intent it settles, or NULL
    enum change_action action;
    enum change_verdict verdict;
    const char *reason;              // always set: "not there yet", "size differs" …
    const char *because;             // VERDICT_MAY
    const struct value *found;       // NULL: absent or unknown
    const char *called;              // what it is named out there, where that differs
    const struct value *wanted;      // resolved, refined; NULL on delete
    struct change_field *fields;
    size_t field_count;
    bool recreated_after_drift;      // it was recorded and is gone
    bool rebuilds;                   // an update in place that loses what is on it
    bool create_first;               // of a replacement: the old one goes last
    const char *heir;                // what takes the place of this old one, or NULL …
    bool is_half;                    // … and counts this as a part of its replacement
    const char *moved_from;          // its address until now, or NULL
    bool stays;                      // forgotten, and still there afterwards
    const struct preview *preview;   // never NULL after plan
    // Why --only or --except leaves it to another run, or NULL. The action is then
    // CHANGE_NONE, and here stands what it would have been.
    const char *skipped;
    enum change_action skipped_action;
    // The stage, not evaluable yet, that it waits for (a check) or that declared it last
    // time (then it stays as it is); or NULL.
    const char *deferred;
    // A delete or replacement that protection forbids; on destroy, what it keeps (then
    // the action is CHANGE_NONE).
    bool blocked_by_protection;
    size_t *needs;                   // indexes of changes that must be done before
    size_t need_count;
    const char *where;               // file:line of the declaration, or NULL
};

// A handler that is owed: by changes of this plan, or by an earlier run that was cut off.
struct plan_handler {
    const char *host;
    const char *name;
    const char *script;
    size_t *causes; // indexes of changes; none: owed since an earlier run
    size_t cause_count;
    int64_t owed_since_run; // 0 when new
};

struct plan_unreached {
    const char *host; // "host/app"
    const struct fault *fault;
};

// What comes in a month, in the currency of the costs: what they are a share of.
struct plan_revenue {
    bool is_told, is_known; // as of struct engine_revenue
    struct money monthly;
    int64_t customers;   // -1: not told
    const char *unknown; // why it is not known
};

struct plan {
    struct arena arena; // owns everything below
    struct change *changes; // every resource and row, in the order of carrying out
    size_t change_count;
    struct plan_handler *handlers;
    size_t handler_count;
    // By action, whatever the verdict; a replacement counts as one added and one
    // destroyed.
    size_t add_count, change_count_in_place, destroy_count;
    size_t may_count; // how many of these are VERDICT_MAY
    size_t check_count;
    size_t moved_count, forgotten_count; // rows alone; by `removed`
    size_t skipped_count; // left out by --only or --except, or unreached; checks apart
    struct plan_unreached *unreached; // hosts that did not answer
    size_t unreached_count;
    const struct resource_deferral *deferrals; // stages that wait for values
    size_t deferral_count;
    struct resource_output *outputs; // resolved as far as known
    size_t output_count;
    // Cost per month, net, in the project's currency.
    struct money cost_before, cost_after;
    bool cost_is_known;            // false: something is not priced
    struct price_line *unpriced;
    size_t unpriced_count;
    struct plan_revenue revenue;
    // What was settled of earlier runs: "create hetzner.server/app of run 3: it
    // happened".
    const char **settled;
    size_t settled_count;
    // What is changed in waves, of the set that was planned.
    const struct resource_rolling *rollings;
    size_t rolling_count;
    const char **warnings;
    size_t warning_count;
    bool is_destroy;
    int64_t undoes; // the run whose inverse this is, or 0
    const char *playbook;
    int phase;
    const char *phase_title;
    struct planner *planner; // the engine's own: what apply goes on with
};

// "create" …, as types, journal and machines read it.
const char *plan_action_name(enum change_action action);
// Nothing to add, change, destroy or forget, and no handler owed. (A stage may still be
// deferred.)
bool plan_is_empty(const struct plan *plan);
// FAULT_UNREACHABLE, naming the hosts, when some were left out because they did not
// answer.
bool plan_is_whole(const struct plan *plan, struct fault *fault) FAULT_CHECKED;
const struct change *plan_find(const struct plan *plan, const char *address);
void plan_free(struct plan *plan);

// The engine's own, in the order of their use:
struct plan *plan_new(const struct resource_set *wanted, bool is_destroy);
// Decides everything whose look at the world and whose predecessors are there.
bool plan_decide(struct plan *plan, struct fault *fault) FAULT_CHECKED;
// Puts changes in order, with what each needs; lists handlers, outputs and counts.
bool plan_arrange(struct plan *plan, struct fault *fault) FAULT_CHECKED;
// Whether it will be counted as something to do.
bool plan_does(const struct change *change);
