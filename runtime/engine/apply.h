// SPDX-License-Identifier: MIT
//
// Carrying a plan out. A node per change; a lane per host, on which one batch runs at a
// time; cloud steps run by themselves. An intent is committed before its step is begun,
// its result before anything that waits for it is begun.
#pragma once

#include "base/array.h"
#include "engine/planner.h"

enum node_state { NODE_WAITING, NODE_RUNNING, NODE_DONE, NODE_FAILED, NODE_SKIPPED };

struct follower {
    size_t node;
    size_t need; // which of its needs this is
};

struct node {
    struct draft *draft;
    enum node_state state;
    size_t waiting;              // needs that are not finished
    const char *skipped_because; // a need failed
    const char *failure;         // what failed, in one line
    struct follower *followers;
    size_t follower_count;
    struct apply_batch *batch; // it is in, while it runs
    struct apply_lane *lane;   // of its host, or NULL
    bool halved;               // of a replacement, the first half is done
    bool planned;              // it was to be changed; it may turn out not to be needed
    bool needless;             // its step found on the host that nothing was to be done
    const struct step *checked; // how its check ended; NULL: it did not run
};

struct apply_lane {
    struct draft *host;
    struct array nodes; // in order
    size_t first;       // before it all are finished
    bool busy, dirty;
    bool probed;
    size_t carried; // batches that did something
};

// A handler that must run; pending in the journal until it did.
struct apply_owed {
    const char *host, *name, *script;
    bool pending; // in the journal
    bool changed; // something that owes it was done: it is to be run
    bool failing; // something that owes it failed: it stays owed
    bool after_removals; // a removal owes it: what else goes may be what it needs
    bool ran, failed;
};

struct apply {
    struct engine *engine;
    struct plan *plan;
    struct planner *planner;
    struct engine_result *result;
    struct arena *arena;
    const struct engine_run *asked;
    int64_t begun_at_ms;
    int64_t run; // 0: nothing is journalled
    size_t step_count;
    struct node *nodes;
    struct array ready;    // nodes that may start, of the cloud
    struct array held;     // hosts whose wave has not come yet
    struct array finished; // nodes whose followers do not know yet
    struct map lanes;      // host address → struct apply_lane
    struct array owed;     // struct apply_owed
    size_t units;          // batches and probes under way
    struct array batches;  // those of them that are batches: struct apply_batch
    struct map running;    // how many of each limit (apply_limit.h)
    bool told_stopping;
    bool given_up;       // nothing is waited for any more, nothing handed over
    size_t transactions; // queued
    bool may_have_changed;
    bool lost; // the database failed: nothing new is started
    struct fault lost_fault;
    struct fault fault; // the first failure
};

// All of engine_apply.
bool apply_plan(struct engine *engine, struct plan *plan, const struct engine_run *run,
                struct engine_result *result, struct fault *fault) FAULT_CHECKED;

// For the parts of apply. Ends a node; its followers learn of it before the next start.
void apply_finish(struct apply *apply, struct node *node, enum node_state state,
                  const struct fault *fault);
void apply_fail(struct apply *apply, const struct fault *fault);
// Queues a transaction; `done` is not called when it failed: then nothing new is started.
struct apply_commit {
    struct apply *apply;
    void (*done)(void *context);
    void (*failed)(void *context, const struct fault *fault);
    void *context;
};
void apply_commit(struct apply_commit commit, struct transaction *transaction);
bool apply_may_start(const struct apply *apply);
