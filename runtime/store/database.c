// SPDX-License-Identifier: MIT
#include "store/database.h"

#include "store/file.h"
#include "store/heap.h"
#include "store/migration.h"
#include "store/place.h"
#include "store/query.h"
#include "store/rescue.h"
#include "store/transaction.h"
#include "store/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A sound file of a version we know; *version 0: nothing in it yet.
static bool inspect(struct connection *connection, int64_t *version, struct fault *fault)
{
    return migration_read_version(connection, version, fault) &&
           connection_check(connection, fault);
}

// An old database is migrated in memory, since a plan writes no state.
static bool replace_old(struct connection **connection, int64_t version,
                        struct fault *fault)
{
    struct connection *copy = NULL;
    if (version == MIGRATION_NEWEST)
        return true;
    if (!connection_open_copy(&copy, *connection, fault))
        return false;
    connection_close(*connection);
    *connection = copy;
    return migration_apply(copy, version, fault);
}

// *reader stays NULL when there is nothing in the file yet. What a writer has just
// looked over needs no second look.
static bool open_reader(struct connection **reader, const char *path, bool inspected,
                        struct fault *fault)
{
    struct connection *connection = NULL;
    int64_t version = MIGRATION_NEWEST;
    // Pages are read once, in order: to keep many costs more than to read one again.
    bool opened = connection_open(&connection, path, fault) &&
                  connection_run(connection, "PRAGMA cache_size = -256", fault) &&
                  (inspected || inspect(connection, &version, fault));
    if (opened && version > 0)
        opened = replace_old(&connection, version, fault) &&
                 (inspected || rescue_look_in(&connection, path, fault)) &&
                 connection_run(connection, "PRAGMA query_only = ON", fault);
    if (opened && version > 0)
        *reader = connection;
    else
        connection_close(connection);
    return opened;
}

// Only one process writes at a time: a run that is still open was killed. Its end is that
// of the last step that ended.
static bool end_killed_runs(struct connection *connection, struct fault *fault)
{
    return connection_run(
        connection,
        "UPDATE run SET outcome = 'killed', ended_at_ms = max(begun_at_ms, "
        "ifnull((SELECT max(ended_at_ms) FROM step WHERE step.run = "
        "run.id), 0)) WHERE outcome = 'open'",
        fault);
}

static bool prepare_file(struct connection *connection, struct fault *fault)
{
    int64_t version = 0;
    if (!inspect(connection, &version, fault) ||
        !connection_run(connection,
                        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", fault))
        return false;
    if (version == MIGRATION_NEWEST)
        return end_killed_runs(connection, fault);
    if (version > 0 && !migration_keep_copy(connection, version, fault))
        return false;
    return migration_apply(connection, version, fault) &&
           end_killed_runs(connection, fault);
}

static bool open_writer(struct database *database, const char *path, struct fault *fault)
{
    struct connection *connection = NULL;
    if (!file_make_folder(path, fault) ||
        !rescue_restore(path, &database->taken_in, fault) ||
        !file_create(path, false, fault) || !connection_open(&connection, path, fault))
        return false;
    if (!prepare_file(connection, fault) ||
        !rescue_take_in(connection, &database->taken_in, fault)) {
        connection_close(connection);
        return false;
    }
    return writer_start(&database->writer, connection, fault);
}

// The last id that a table ever gave away, also when its row is long gone.
static bool read_sequence(struct connection *reader, const char *table,
                          _Atomic int64_t *last, struct fault *fault)
{
    struct arena arena;
    struct statement statement;
    struct query query;
    arena_init(&arena, 0);
    statement_init(&statement, STATEMENT_SEQUENCE_GET, &arena);
    statement_add_text(&statement, table);
    bool done = query_start(&query, reader, &statement, fault);
    if (done) {
        *last = query_next(&query) ? query_integer(&query, 0) : 0;
        done = query_end(&query, fault);
    }
    arena_clear(&arena);
    return done;
}

static bool read_meta(struct connection *reader, const char *key, struct arena *arena,
                      const char **text, struct fault *fault)
{
    struct statement statement;
    struct query query;
    statement_init(&statement, STATEMENT_META_GET, arena);
    statement_add_text(&statement, key);
    if (!query_start(&query, reader, &statement, fault))
        return false;
    *text = query_next(&query) ? query_text(&query, 0, arena) : NULL;
    return query_end(&query, fault);
}

static bool read_identity(struct database *database, struct fault *fault)
{
    struct arena arena;
    const char *id = NULL;
    arena_init(&arena, 0);
    bool known = read_meta(database->reader, "project_id", &arena, &id, fault);
    if (known && (!id || strlen(id) >= sizeof database->project_id)) {
        fault_set(fault, FAULT_ERROR, "the database has no project id");
        known = fault_where(fault, "%s", connection_path(database->reader));
    }
    if (known)
        snprintf(database->project_id, sizeof database->project_id, "%s", id);
    arena_clear(&arena);
    return known && read_sequence(database->reader, "run", &database->last_run, fault) &&
           read_sequence(database->reader, "step", &database->last_step, fault);
}

bool database_open(struct database **opened, const char *path, enum database_mode mode,
                   struct fault *fault)
{
    struct database *database = heap_new(sizeof *database);
    bool exists = false, done = false;
    *opened = NULL;
    database->last_lost = &database->lost;
    if (!file_check_owner(path, &exists, fault))
        goto out;
    if (mode == DATABASE_READ && !exists) {
        done = rescue_check_none(path, fault);
        goto out;
    }
    if (!place_check(path, fault))
        goto out;
    if (mode == DATABASE_WRITE && !open_writer(database, path, fault))
        goto out;
    if (!open_reader(&database->reader, path, database->writer != NULL, fault))
        goto out;
    done = !database->reader || read_identity(database, fault);
    if (done && database->reader) {
        *opened = database;
        return true;
    }
out:
    database_close(database);
    return done || fault_while(fault, "opening the state");
}

// What failed through no fault of its own is kept: it may be spilled. What was intended
// in it was never begun.
static void let_go(struct database *database, struct transaction *transaction)
{
    const struct fault *fault = &transaction->fault;
    bool lost = fault_is_set(fault) && fault->kind != FAULT_INTERNAL;
    if (!lost || transaction->has_intent) {
        transaction_free(transaction);
        return;
    }
    transaction->next = NULL;
    *database->last_lost = transaction;
    database->last_lost = &transaction->next;
}

static int dispatch(struct database *database, struct transaction *finished)
{
    int count = 0;
    while (finished) {
        struct transaction *transaction = finished;
        finished = finished->next;
        if (transaction->done)
            transaction->done(transaction->context, &transaction->fault);
        let_go(database, transaction);
        count++;
    }
    return count;
}

void database_close(struct database *database)
{
    if (!database)
        return;
    // The reader first, so that the writer's checkpoint finds nobody in its way.
    connection_close(database->reader);
    if (database->writer)
        dispatch(database, writer_stop(database->writer));
    while (database->lost) {
        struct transaction *next = database->lost->next;
        transaction_free(database->lost);
        database->lost = next;
    }
    free(database->taken_in);
    free(database);
}

const char *database_taken_in(const struct database *database)
{
    return database->taken_in;
}

const char *database_project_id(struct database *database)
{
    return database->project_id;
}

// How many rows, runs and secrets there are.
static bool count_all(struct connection *reader, int64_t *count, struct fault *fault)
{
    struct arena arena;
    struct statement statement;
    struct query query;
    arena_init(&arena, 0);
    statement_init(&statement, STATEMENT_COUNT_ALL, &arena);
    bool done = query_start(&query, reader, &statement, fault);
    if (done) {
        *count = query_next(&query) ? query_integer(&query, 0) : 0;
        done = query_end(&query, fault);
    }
    arena_clear(&arena);
    return done;
}

static bool refuse_id(const struct database *database, const char *id,
                      struct fault *fault)
{
    const char *path = connection_path(database->reader);
    fault_set(fault, FAULT_ERROR, "the state that is here belongs to another project");
    fault_where(fault, "%s", path);
    fault_why(fault, "it has the project id %s, not %s: what it made carries that one",
              database->project_id, id);
    return fault_next(fault, "take another environment (--env), or move it away");
}

bool database_take_project_id(struct database *database, const char *id,
                              struct fault *fault)
{
    int64_t count = 0;
    if (strcmp(database->project_id, id) == 0)
        return true;
    if (!count_all(database->reader, &count, fault))
        return false;
    if (count > 0 || strlen(id) >= sizeof database->project_id)
        return refuse_id(database, id, fault);
    struct transaction *transaction = transaction_new(database);
    struct statement *take = transaction_add(transaction, STATEMENT_PROJECT_TAKE);
    statement_add_text(take, id);
    if (!transaction_commit(transaction, fault))
        return false;
    memcpy(database->project_id, id, strlen(id) + 1);
    return true;
}

int64_t database_serial(struct database *database)
{
    struct arena arena;
    struct fault fault;
    const char *text = NULL;
    int64_t serial = -1; // which no plan was ever bound to
    if (!database)
        return 0;
    arena_init(&arena, 0);
    if (read_meta(database->reader, "serial", &arena, &text, &fault) && text)
        serial = strtoll(text, NULL, 10);
    arena_clear(&arena);
    return serial;
}

void database_on_wake(struct database *database, database_wake_fn wake, void *context)
{
    if (database->writer)
        writer_on_wake(database->writer, wake, context);
}

int database_dispatch(struct database *database)
{
    struct writer *writer = database->writer;
    return writer ? dispatch(database, writer_take_finished(writer, false)) : 0;
}

int database_wait(struct database *database)
{
    struct writer *writer = database->writer;
    return writer ? dispatch(database, writer_take_finished(writer, true)) : 0;
}

int64_t database_commit_count(const struct database *database)
{
    return database->writer ? writer_commit_count(database->writer) : 0;
}
