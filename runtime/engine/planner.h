// SPDX-License-Identifier: MIT
//
// A plan in the making, and what apply needs of it later: everything that is declared,
// recorded, or meant by an unfinished intent, as one draft each. Drafts never move; the
// changes they point to do, once, when the plan is put in order.
#pragma once

#include "base/map.h"
#include "engine/engine.h"
#include "engine/graph.h"

struct draft {
    size_t node; // its index: in planner.drafts, and in planner.graph
    struct change *change;
    const struct schema *schema; // NULL: a recorded type that is no more
    bool observed; // state and found are what the world said (or could not say)
    bool decided;  // before that, state stands in for the world
    bool done;     // carried out in this run: found is what came of it
    bool ours;     // made by us, whatever the record says
    enum observe_state state;
    const char *because;       // why it is unknown
    bool undecided;            // only a run may ask; asked_at says when it did
    size_t asked_at;           // lane->carried + 1 then; 0: never
    const struct fault *fault; // OBSERVE_FAILED
    const char *goes_with;     // the machine it disappears with, without being asked
    const struct record *void_record; // on another machine: neither drift nor delete
    bool left_out;                    // by --only or --except …
    const char *left_out_by;          // … this one of them
    bool unreached;                   // left out because its host does not answer
    const char *needed_by;            // taken along: this selected one cannot do without
    const char *held_by;              // it cannot do without this one, which is left out
    struct draft *heir;      // of an old one that goes: what has its name now …
    struct draft *old;       // … and of that the old one, which has to give up the name
    struct change *renaming; // by this step; of the old one
    const struct resource_rolling *rolling; // of a host, once it is put in order
    size_t wave;                            // in that, from 0
    bool *need_is_order; // in step with change->needs: a failure does not carry over
};

struct planner {
    const struct engine *engine;
    struct arena *arena; // the plan's
    struct plan *plan;
    const struct resource_set *wanted; // an empty set on destroy
    const struct engine_options *options;
    struct state_rows rows;
    struct journal_open open;
    struct draft *drafts; // first what is no longer declared, then the declared in order
    size_t draft_count, removed_count;
    struct change *changes;    // of the drafts, side by side; then those of the plan
    struct draft **in_order;   // as plan->changes, once it is put in order
    struct map by_address;     // → struct draft
    struct map kept;           // address → why protection keeps it, on destroy
    const struct moved *moved; // rows under another address; see moved.h
    struct graph graph;        // of the declared; nodes are drafts
    size_t asked;              // requests under way
};

// Loads state and journal, makes a draft of everything. The planner lives in plan->arena
// and goes with plan_free.
bool planner_new(const struct engine *engine, const struct resource_set *wanted,
                 const struct engine_options *options, struct plan *plan,
                 struct fault *fault) FAULT_CHECKED;
void planner_free(struct planner *planner);

// Another draft, without anything yet. There is room for one for each declared thing.
struct draft *planner_add(struct planner *planner, const char *address);
struct draft *planner_find(const struct planner *planner, const char *address);
// The draft of the host it is on; itself when it is a host; NULL when it is on none.
struct draft *planner_host(const struct planner *planner, const struct draft *draft);
// The resource that is the machine under a host: the one its server_id, else its address
// comes from. NULL when it is none of ours.
struct draft *planner_machine(const struct planner *planner, const struct draft *host);
// The address of one that is neither declared nor recorded any more, or NULL: a run that
// was cut off had destroyed it.
const char *planner_lost_machine(const struct planner *planner, const struct draft *host);
// Its attributes for a connection: what was found or recorded, under what is wanted.
const struct value *planner_host_attributes(const struct planner *planner,
                                            const struct draft *host);
// "server id/machine id" of a host as found; NULL when not known.
const char *planner_incarnation(const struct planner *planner, const struct draft *host);
bool planner_is_protected(const struct planner *planner, const struct draft *draft);
// Whether --allow-destroy lifts the protection of this address.
bool planner_may_destroy(const struct planner *planner, const char *address);
// Declared by a playbook that this one does not include: left alone.
bool planner_is_foreign(const struct planner *planner, const struct draft *draft);
// That, or of a stage that is deferred: whatever became of it, it stays as it is.
bool planner_is_left_alone(const struct planner *planner, const struct draft *draft);
void planner_warn(struct planner *planner, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
