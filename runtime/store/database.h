// SPDX-License-Identifier: MIT
//
// The database of one environment: SQLite in WAL mode with synchronous=FULL. Reads are
// made by the calling thread; writes go as transactions to one writer thread, which
// commits whatever is queued as one group and then wakes the loop.
//
// A file newer than this binary, damaged, or owned by another user is refused. An older
// one is migrated in one transaction, after a copy was kept beside it (state.db.v1.bak);
// where it is only read, in memory.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "value/value.h"

struct database;
struct transaction;

enum database_mode {
    DATABASE_READ,  // must exist, else *database is NULL and the answer true; no lock
    DATABASE_WRITE, // created (0600) and migrated when needed; the caller holds the lock
};

bool database_open(struct database **database, const char *path, enum database_mode mode,
                   struct fault *fault) FAULT_CHECKED;
// Commits what is queued, checkpoints, ends the thread; calls `done` of what was never
// dispatched.
void database_close(struct database *database);

// The file in which an earlier run had kept what its database did not take, and which
// was taken in by database_open; or NULL.
const char *database_taken_in(const struct database *database);

// A random id of 16 hex digits, made with the database: the label pipster-project.
const char *database_project_id(struct database *database);
// Another one instead, as long as nothing is stored that the old one belongs to; for
// `state import` and `state recover`.
bool database_take_project_id(struct database *database, const char *id,
                              struct fault *fault) FAULT_CHECKED;
// Raised by every transaction that changed state; a saved plan is bound to it.
// -1 when it cannot be read, 0 for NULL.
int64_t database_serial(struct database *database);

// `wake` is called on the writer thread after each group of commits; it must only wake
// the loop, which then calls database_dispatch.
typedef void (*database_wake_fn)(void *context);
void database_on_wake(struct database *database, database_wake_fn wake, void *context);

// Calls `done` of every finished transaction, on the calling thread; how many there were.
int database_dispatch(struct database *database);
// Blocks until at least one transaction has finished (or none is queued), then
// dispatches.
int database_wait(struct database *database);

// Commits so far, for --timing and tests.
int64_t database_commit_count(const struct database *database);

// A transaction: writes that become true together. state.h, journal.h, secret.h and
// cache.h add to it. `done` exactly once, from dispatch or wait; the fault is FAULT_NONE
// when it was committed. The transaction frees itself.
typedef void (*transaction_done_fn)(void *context, const struct fault *fault);
struct transaction *transaction_new(struct database *database);
// Drops one that was never started.
void transaction_free(struct transaction *transaction);
void transaction_start(struct transaction *transaction, transaction_done_fn done,
                       void *context);
// Frees one that was not started.
void transaction_drop(struct transaction *transaction);
// The same, waiting for it.
bool transaction_commit(struct transaction *transaction,
                        struct fault *fault) FAULT_CHECKED;
