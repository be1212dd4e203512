// SPDX-License-Identifier: MIT
//
// The engine: playbook in, plan out, plan carried out. It knows no Lua, no network and no
// third-party library; the world is behind struct provider, time and waiting too.
#pragma once

#include "engine/plan.h"
#include "store/database.h"
#include "store/journal.h"
#include "store/secret.h"
#include "store/state.h"

// Who watches a run; every pointer may be NULL.
struct engine_watch {
    void *context;
    void (*observing)(void *context, const char *what, size_t count);
    void (*step_begun)(void *context, const struct change *change);
    void (*step_line)(void *context, const struct change *change, const char *line);
    void (*step_ended)(void *context, const struct change *change,
                       const struct step *step, int64_t ms);
    void (*handler_ended)(void *context, const char *host, const char *name,
                          const struct fault *fault);
    // It was to be changed, and turned out to be as it should.
    void (*needless)(void *context, const struct change *change);
    // It was interrupted: what still runs is waited for; where `briefly`, for seconds.
    void (*stopping)(void *context, bool briefly);
};

struct engine {
    const struct provider *provider;
    struct database *database; // NULL: never stored anything (plan of a new project)
    struct vault *vault;       // NULL in a plan that has no key yet
    bool is_exported;          // a copy of the state, without the values of secrets
    // The rows as they were read when that many commits had been made; NULL: not yet.
    const struct state_rows *recorded;
    int64_t recorded_at;
    struct engine_watch watch;
    int parallel; // cloud steps and hosts at once; 10
    // Fewer of one namespace of types, or of "hosts", at once.
    const struct engine_limit *limits;
    size_t limit_count;
    // Exchange rates for prices in other currencies: 10^-8 `to` for one `from`.
    const struct engine_rate *rates;
    size_t rate_count;
    const char *rates_stale; // why nobody should rely on them any more, or NULL
    const char *currency; // of the project: "EUR"
    const struct engine_revenue *revenue; // NULL: nobody asked for it
    const struct rule *rules; // of the playbook that was evaluated last
    size_t rule_count;
    const char *reminder; // to be among the warnings of every plan, or NULL
    // Set from a signal handler: start no new step.
    const volatile int *interrupted;
    // Set some seconds later: do not wait either. NULL: running steps are always awaited.
    const volatile int *given_up;
};

struct engine_limit {
    const char *name; // "hetzner", "hosts"
    int most;
};

struct engine_rate {
    const char *from;
    const char *to;
    int64_t rate;
    const char *date; // "2026-09-29"
};

// What comes in a month, as far as it may be relied on.
struct engine_revenue {
    bool is_told; // a source of it is declared, or some was read once: shares are told
    bool is_known;
    struct money monthly; // the cautious figure, in the currency of its source
    int64_t customers;    // -1: not told
    const char *source;   // "stripe"
    int64_t as_of_ms;
    const char *unknown; // where it is not known: why
    const char *warning; // to be among the plan's, or NULL
};

struct engine_options {
    bool destroy;                     // plan the removal of everything recorded
    const char *const *allow_destroy; // addresses or globs; "all" lifts every protection
    size_t allow_destroy_count;
    const char *override; // why the guards do not hold this time, or NULL: they do
    // What is carried out and what is not: selectors as in select.h. Both may be given.
    const char *const *only;
    size_t only_count;
    const char *const *except;
    size_t except_count;
    int64_t undoes;  // the run whose inverse this is, of the things in `only`; or 0
    bool only_looks; // nothing is to be carried out: nothing is previewed either
    // A host that cannot be reached is left out, with what cannot do without it, and is
    // named in plan->unreached. Without this the plan fails.
    bool leave_unreached;
    const char *warning; // to be among the plan's, or NULL
    // Told of what a stage was told and does not hold: `now` is what the plan found, or
    // unknown when a change will make it. The plan is then refused (FAULT_STALE): the
    // playbook is to be evaluated again. NULL: not looked at.
    void (*moved)(void *context, const struct value *reference, const struct value *now);
    void *moved_context;
    // Rows that count as recorded though they are not: see adopt.h.
    struct state_rows assumed;
};

// What can be said of a set by itself: every name in it is declared, no cycle.
bool engine_check(const struct resource_set *set, struct fault *fault) FAULT_CHECKED;

// Reads, compares, decides, prices, judges. Changes nothing. FAULT_BLOCKED when a guard
// or protection forbids the plan: the plan is then still there to be shown.
bool engine_plan(struct engine *engine, const struct resource_set *wanted,
                 const struct engine_options *options, struct plan **plan,
                 struct fault *fault) FAULT_CHECKED;

struct engine_result {
    int64_t run;
    size_t done_count, failed_count, skipped_count, unchanged_count;
    size_t unsettled_count; // left running when it was stopped: the next run settles them
    size_t needless_count; // of the unchanged: they might have been changed
    size_t check_passed_count, check_failed_count;
    size_t check_warned_count; // of those passed: with a warning
    struct resource_output *outputs; // in the plan's arena
    size_t output_count;
    bool interrupted;
};

// How a run was asked for; the journal keeps it.
struct engine_run {
    const char *verb;            // "run", "destroy" …
    const char *who;             // "anna@laptop", or NULL
    const char *plan;            // the id of the saved plan, or NULL
    bool resumes;                // an earlier run of that plan
    const struct value *options; // a map: only, except, override …; or NULL
};

// Carries a plan out: journal, steps, state, handlers, then checks. FAULT_PARTIAL when
// something failed after something changed, FAULT_ERROR when nothing had changed.
bool engine_apply(struct engine *engine, struct plan *plan, const struct engine_run *run,
                  struct engine_result *result, struct fault *fault) FAULT_CHECKED;
