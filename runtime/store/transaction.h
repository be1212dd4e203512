// SPDX-License-Identifier: MIT
//
// What the files of the store share of a transaction and of the database.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>

#include "base/arena.h"
#include "store/connection.h"
#include "store/database.h"
#include "store/statement.h"

struct writer;

struct database {
    struct connection *reader; // of the calling thread
    struct writer *writer;     // NULL in DATABASE_READ
    char project_id[17];
    _Atomic int64_t last_run; // the last id given away
    _Atomic int64_t last_step;
    struct transaction *lost; // failed, oldest first: spill.h keeps what they tell
    struct transaction **last_lost;
    char *taken_in; // what an earlier run had kept, or NULL
};

struct transaction {
    struct database *database;
    struct arena arena; // the statements and what they point to
    struct statement *first;
    struct statement **last;
    bool changes_state; // raises the serial
    bool has_intent;    // these two: which crash points its commit has
    bool has_result;

    // From here on the writer's.
    transaction_done_fn done;
    void *context;
    struct fault fault;
    bool awaited; // by transaction_commit: not to be dispatched
    bool finished;
    struct transaction *next;
};

// The next statement of the transaction, to be given its parameters.
struct statement *transaction_add(struct transaction *transaction, enum statement_id id);
