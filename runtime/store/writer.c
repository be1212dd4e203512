// SPDX-License-Identifier: MIT
//
// A commit costs a sync of the disk, whatever is in it. While one is under way, the
// transactions of everyone else queue up, and go together into the next. Each of them has
// a savepoint, so that one which fails takes none of the others with it.
#include "store/writer.h"

#include "base/crashpoint.h"
#include "base/log.h"
#include "store/heap.h"
#include "store/transaction.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct chain {
    struct transaction *first;
    struct transaction **last;
};

struct writer {
    struct connection *connection;
    pthread_t thread;
    pthread_mutex_t mutex; // guards what follows
    pthread_cond_t queue_changed;
    pthread_cond_t finished_changed;
    struct chain queue;
    struct chain finished; // to be dispatched
    int64_t under_way;     // started and not yet in `finished`, without awaited ones
    bool stopping;
    database_wake_fn wake;
    void *wake_context;
    _Atomic int64_t commits;
};

static void chain_init(struct chain *chain)
{
    chain->first = NULL;
    chain->last = &chain->first;
}

static void chain_add(struct chain *chain, struct transaction *transaction)
{
    transaction->next = NULL;
    *chain->last = transaction;
    chain->last = &transaction->next;
}

static struct transaction *chain_take(struct chain *chain)
{
    struct transaction *first = chain->first;
    chain_init(chain);
    return first;
}

static bool execute_all(struct connection *connection,
                        const struct transaction *transaction, struct fault *fault)
{
    for (const struct statement *each = transaction->first; each; each = each->next) {
        if (!connection_execute(connection, each, fault))
            return false;
    }
    return true;
}

// False when the whole group is lost with it.
static bool write_one(struct connection *connection, struct transaction *transaction,
                      struct fault *fault)
{
    if (!connection_step(connection, STATEMENT_SAVEPOINT, fault))
        return false;
    if (execute_all(connection, transaction, fault))
        return connection_step(connection, STATEMENT_RELEASE, fault);
    // A full disk makes SQLite roll back everything on its own.
    if (!connection_in_transaction(connection))
        return false;
    transaction->fault = *fault;
    return connection_step(connection, STATEMENT_ROLLBACK_TO, fault) &&
           connection_step(connection, STATEMENT_RELEASE, fault);
}

// One point for each transaction, not for the group: which of them go together is chance.
static void reach_crashpoints(const struct transaction *group, bool after)
{
    for (const struct transaction *each = group; each; each = each->next) {
        if (fault_is_set(&each->fault))
            continue;
        if (each->has_intent)
            crashpoint(after ? "intent-committed" : "intent-committing");
        if (each->has_result)
            crashpoint(after ? "result-committed" : "result-committing");
        if (!each->has_intent && !each->has_result)
            crashpoint(after ? "other-committed" : "other-committing");
    }
}

static bool write_group(struct connection *connection, struct transaction *group,
                        struct fault *fault)
{
    if (!connection_step(connection, STATEMENT_BEGIN, fault))
        return false;
    for (struct transaction *each = group; each; each = each->next) {
        if (!write_one(connection, each, fault))
            return false;
    }
    reach_crashpoints(group, false);
    return connection_step(connection, STATEMENT_COMMIT, fault);
}

static void mark_lost(struct transaction *group, const struct fault *fault)
{
    log_info("store: a group of transactions failed: %s: %s", fault->what, fault->why);
    for (struct transaction *each = group; each; each = each->next) {
        if (!fault_is_set(&each->fault))
            each->fault = *fault;
    }
}

static void commit_group(struct writer *writer, struct transaction *group)
{
    struct fault fault;
    bool written = write_group(writer->connection, group, &fault);
    if (written && !connection_check_place(writer->connection, &fault)) {
        mark_lost(group, &fault);
        return;
    }
    if (written) {
        atomic_fetch_add(&writer->commits, 1);
        reach_crashpoints(group, true);
        return;
    }
    connection_rollback(writer->connection);
    mark_lost(group, &fault);
}

// Called with the mutex held.
static void hand_back(struct writer *writer, struct transaction *group)
{
    while (group) {
        struct transaction *transaction = group;
        group =
            group->next; // an awaited one is gone once it is marked and the mutex free
        transaction->finished = true;
        if (transaction->awaited)
            continue;
        chain_add(&writer->finished, transaction);
        writer->under_way--;
    }
    pthread_cond_broadcast(&writer->finished_changed);
}

static void *write_until_stopped(void *argument)
{
    struct writer *writer = argument;
    pthread_mutex_lock(&writer->mutex);
    for (;;) {
        while (!writer->queue.first && !writer->stopping)
            pthread_cond_wait(&writer->queue_changed, &writer->mutex);
        struct transaction *group = chain_take(&writer->queue);
        if (!group)
            break;
        pthread_mutex_unlock(&writer->mutex);
        commit_group(writer, group);
        pthread_mutex_lock(&writer->mutex);
        hand_back(writer, group);
        database_wake_fn wake = writer->wake;
        void *context = writer->wake_context;
        pthread_mutex_unlock(&writer->mutex);
        if (wake)
            wake(context);
        pthread_mutex_lock(&writer->mutex);
    }
    pthread_mutex_unlock(&writer->mutex);
    return NULL;
}

static void destroy(struct writer *writer)
{
    connection_close(writer->connection);
    pthread_cond_destroy(&writer->finished_changed);
    pthread_cond_destroy(&writer->queue_changed);
    pthread_mutex_destroy(&writer->mutex);
    free(writer);
}

// Signals belong to the loop's thread.
static int create_thread(struct writer *writer)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int result = pthread_create(&writer->thread, NULL, write_until_stopped, writer);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

bool writer_start(struct writer **started, struct connection *connection,
                  struct fault *fault)
{
    struct writer *writer = heap_new(sizeof *writer);
    writer->connection = connection;
    chain_init(&writer->queue);
    chain_init(&writer->finished);
    pthread_mutex_init(&writer->mutex, NULL);
    pthread_cond_init(&writer->queue_changed, NULL);
    pthread_cond_init(&writer->finished_changed, NULL);
    int result = create_thread(writer);
    if (result != 0) {
        destroy(writer);
        fault_set(fault, FAULT_INTERNAL, "cannot start the thread that writes state");
        return fault_why(fault, "%s", strerror(result));
    }
    *started = writer;
    return true;
}

struct transaction *writer_stop(struct writer *writer)
{
    pthread_mutex_lock(&writer->mutex);
    writer->stopping = true;
    writer->wake = NULL;
    pthread_cond_signal(&writer->queue_changed);
    pthread_mutex_unlock(&writer->mutex);
    pthread_join(writer->thread, NULL);

    struct fault fault;
    if (!connection_run(writer->connection, "PRAGMA wal_checkpoint(TRUNCATE)", &fault))
        log_info("store: no checkpoint at the end: %s", fault.why);
    struct transaction *finished = chain_take(&writer->finished);
    destroy(writer);
    return finished;
}

void writer_on_wake(struct writer *writer, database_wake_fn wake, void *context)
{
    pthread_mutex_lock(&writer->mutex);
    writer->wake = wake;
    writer->wake_context = context;
    pthread_mutex_unlock(&writer->mutex);
}

void writer_submit(struct writer *writer, struct transaction *transaction)
{
    pthread_mutex_lock(&writer->mutex);
    chain_add(&writer->queue, transaction);
    if (!transaction->awaited)
        writer->under_way++;
    pthread_cond_signal(&writer->queue_changed);
    pthread_mutex_unlock(&writer->mutex);
}

void writer_await(struct writer *writer, struct transaction *transaction)
{
    pthread_mutex_lock(&writer->mutex);
    while (!transaction->finished)
        pthread_cond_wait(&writer->finished_changed, &writer->mutex);
    pthread_mutex_unlock(&writer->mutex);
}

struct transaction *writer_take_finished(struct writer *writer, bool wait)
{
    pthread_mutex_lock(&writer->mutex);
    while (wait && !writer->finished.first && writer->under_way > 0)
        pthread_cond_wait(&writer->finished_changed, &writer->mutex);
    struct transaction *finished = chain_take(&writer->finished);
    pthread_mutex_unlock(&writer->mutex);
    return finished;
}

int64_t writer_commit_count(const struct writer *writer)
{
    return atomic_load(&writer->commits);
}
