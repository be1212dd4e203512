// SPDX-License-Identifier: MIT
#include "store/transaction.h"

#include "store/heap.h"
#include "store/writer.h"

#include <assert.h>
#include <stdlib.h>

struct transaction *transaction_new(struct database *database)
{
    assert(database->writer);
    struct transaction *transaction = heap_new(sizeof *transaction);
    transaction->database = database;
    transaction->last = &transaction->first;
    arena_init(&transaction->arena, 0);
    return transaction;
}

void transaction_free(struct transaction *transaction)
{
    arena_clear(&transaction->arena);
    free(transaction);
}

struct statement *transaction_add(struct transaction *transaction, enum statement_id id)
{
    struct statement *statement = arena_alloc(&transaction->arena, sizeof *statement);
    statement_init(statement, id, &transaction->arena);
    *transaction->last = statement;
    transaction->last = &statement->next;
    return statement;
}

static void submit(struct transaction *transaction)
{
    if (transaction->changes_state)
        transaction_add(transaction, STATEMENT_SERIAL_RAISE);
    writer_submit(transaction->database->writer, transaction);
}

void transaction_drop(struct transaction *transaction)
{
    transaction_free(transaction);
}

void transaction_start(struct transaction *transaction, transaction_done_fn done,
                       void *context)
{
    transaction->done = done;
    transaction->context = context;
    submit(transaction);
}

bool transaction_commit(struct transaction *transaction, struct fault *fault)
{
    struct writer *writer = transaction->database->writer;
    transaction->awaited = true;
    submit(transaction);
    writer_await(writer, transaction);
    bool committed = !fault_is_set(&transaction->fault);
    if (!committed)
        *fault = transaction->fault;
    transaction_free(transaction);
    return committed;
}
