// SPDX-License-Identifier: MIT
#include "store/connection.h"

#include "store/heap.h"

#include <sqlite3.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS 5000

// What to do about a damaged file.
#define RESTORE                                                                          \
    "move it away, then: copy a backup of it there, or pipster state import FILE "       \
    "(what state export wrote), or pipster state recover PLAYBOOK"

struct connection {
    sqlite3 *sqlite;
    char *path;
    bool damaged;
    sqlite3_stmt *prepared[STATEMENT_COUNT];
};

bool connection_fail(struct connection *connection, struct fault *fault)
{
    static const struct {
        int code;
        const char *what;
        const char *next;
    } causes[] = {
        {SQLITE_NOTADB, "the database is damaged or is no database", RESTORE},
        {SQLITE_CORRUPT, "the database is damaged", RESTORE},
        {SQLITE_FULL, "the disk is full", "free some space and run the command again"},
        {SQLITE_BUSY, "another process keeps the database busy",
         "wait for it to end and run the command again"},
        {SQLITE_READONLY, "the database cannot be written",
         "check the owner and the mode of the file and of its folder"},
        {SQLITE_CANTOPEN, "the database cannot be opened",
         "check the owner and the mode of the file and of its folder"},
        {SQLITE_IOERR, "reading or writing the database failed",
         "check the disk and its free space, and run the command again"},
    };
    int code = sqlite3_errcode(connection->sqlite) & 0xff;
    int system_error = sqlite3_system_errno(connection->sqlite);
    if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
        connection->damaged = true;
    fault_set(fault, FAULT_ERROR, "the database refused a statement");
    for (size_t i = 0; i < sizeof causes / sizeof *causes; i++) {
        if (causes[i].code == code) {
            fault_set(fault, FAULT_ERROR, "%s", causes[i].what);
            fault_next(fault, "%s", causes[i].next);
        }
    }
    fault_where(fault, "%s", connection->path);
    if ((code == SQLITE_IOERR || code == SQLITE_CANTOPEN) && system_error)
        return fault_why(fault, "%s: %s", sqlite3_errmsg(connection->sqlite),
                         strerror(system_error));
    return fault_why(fault, "%s", sqlite3_errmsg(connection->sqlite));
}

static bool open_sqlite(struct connection **opened, const char *path, int flags,
                        struct fault *fault)
{
    struct connection *connection = heap_new(sizeof *connection);
    connection->path = heap_join(path, "");
    // No mutex: each connection belongs to one thread.
    if (sqlite3_open_v2(path, &connection->sqlite, flags | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK) {
        connection_fail(connection, fault);
        connection_close(connection);
        return false;
    }
    sqlite3_extended_result_codes(connection->sqlite, 1);
    sqlite3_busy_timeout(connection->sqlite, BUSY_TIMEOUT_MS);
    sqlite3_db_config(connection->sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    *opened = connection;
    return true;
}

bool connection_open(struct connection **opened, const char *path, struct fault *fault)
{
    return open_sqlite(opened, path, SQLITE_OPEN_READWRITE, fault);
}

void connection_close(struct connection *connection)
{
    if (!connection)
        return;
    for (int id = 0; id < STATEMENT_COUNT; id++)
        sqlite3_finalize(connection->prepared[id]);
    sqlite3_close(connection->sqlite);
    free(connection->path);
    free(connection);
}

bool connection_is_damaged(const struct connection *connection)
{
    return connection->damaged;
}

bool connection_check_place(struct connection *connection, struct fault *fault)
{
    int moved = 0;
    sqlite3_file_control(connection->sqlite, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (!moved)
        return true;
    fault_set(fault, FAULT_ERROR, "the database was taken away");
    fault_where(fault, "%s", connection->path);
    if (access(connection->path, F_OK) == 0)
        fault_why(fault, "another file has its name now");
    else
        fault_why(fault, "there is no file of this name any more");
    return fault_next(fault, "leave it where it is while pipster runs");
}

const char *connection_library(void)
{
    return sqlite3_libversion();
}

const char *connection_path(const struct connection *connection)
{
    return connection->path;
}

static bool copy(struct connection *to, struct connection *from, struct fault *fault)
{
    sqlite3_backup *backup =
        sqlite3_backup_init(to->sqlite, "main", from->sqlite, "main");
    if (!backup)
        return connection_fail(to, fault);
    sqlite3_backup_step(backup, -1);
    if (sqlite3_backup_finish(backup) != SQLITE_OK)
        return connection_fail(to, fault);
    return true;
}

bool connection_open_copy(struct connection **opened, struct connection *from,
                          struct fault *fault)
{
    struct connection *to = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (!open_sqlite(&to, ":memory:", flags, fault))
        return false;
    if (!copy(to, from, fault)) {
        connection_close(to);
        return false;
    }
    *opened = to;
    return true;
}

bool connection_copy_to(struct connection *connection, const char *path,
                        struct fault *fault)
{
    struct connection *to = NULL;
    if (!connection_open(&to, path, fault))
        return false;
    // No journal: a copy that was cut off is thrown away whole.
    bool copied = connection_run(to, "PRAGMA journal_mode = OFF", fault) &&
                  copy(to, connection, fault);
    connection_close(to);
    return copied;
}

bool connection_run(struct connection *connection, const char *sql, struct fault *fault)
{
    if (sqlite3_exec(connection->sqlite, sql, NULL, NULL, NULL) != SQLITE_OK)
        return connection_fail(connection, fault);
    return true;
}

bool connection_number(struct connection *connection, const char *sql, int64_t *number,
                       struct fault *fault)
{
    sqlite3_stmt *prepared = NULL;
    *number = 0;
    if (sqlite3_prepare_v2(connection->sqlite, sql, -1, &prepared, NULL) != SQLITE_OK)
        return connection_fail(connection, fault);
    int result = sqlite3_step(prepared);
    if (result == SQLITE_ROW)
        *number = sqlite3_column_int64(prepared, 0);
    bool done = result == SQLITE_ROW || result == SQLITE_DONE ||
                connection_fail(connection, fault);
    sqlite3_finalize(prepared);
    return done;
}

bool connection_check(struct connection *connection, struct fault *fault)
{
    sqlite3_stmt *prepared = NULL;
    bool sound = false;
    if (sqlite3_prepare_v2(connection->sqlite, "PRAGMA quick_check(1)", -1, &prepared,
                           NULL) != SQLITE_OK)
        return connection_fail(connection, fault);
    if (sqlite3_step(prepared) != SQLITE_ROW) {
        connection_fail(connection, fault);
        goto out;
    }
    const char *verdict = (const char *) sqlite3_column_text(prepared, 0);
    sound = verdict && strcmp(verdict, "ok") == 0;
    if (!sound) {
        connection->damaged = true;
        fault_set(fault, FAULT_ERROR, "the database is damaged");
        fault_where(fault, "%s", connection->path);
        fault_why(fault, "%s", verdict ? verdict : "quick_check gave no verdict");
        fault_next(fault, "%s", RESTORE);
    }
out:
    sqlite3_finalize(prepared);
    return sound;
}

static int bind_one(sqlite3_stmt *prepared, int index, const struct parameter *parameter)
{
    switch (parameter->kind) {
    case PARAMETER_INTEGER:
        return sqlite3_bind_int64(prepared, index, parameter->integer);
    case PARAMETER_NUMBER:
        return sqlite3_bind_double(prepared, index, parameter->number);
    case PARAMETER_TEXT:
        return sqlite3_bind_text64(prepared, index, parameter->bytes, parameter->length,
                                   SQLITE_STATIC, SQLITE_UTF8);
    case PARAMETER_BLOB:
        return sqlite3_bind_blob64(prepared, index, parameter->bytes, parameter->length,
                                   SQLITE_STATIC);
    case PARAMETER_NULL:
        break;
    }
    return sqlite3_bind_null(prepared, index);
}

bool connection_bind(struct connection *connection, const struct statement *statement,
                     struct sqlite3_stmt **bound, struct fault *fault)
{
    sqlite3_stmt **prepared = &connection->prepared[statement->id];
    if (!*prepared &&
        sqlite3_prepare_v3(connection->sqlite, statement_sql(statement->id), -1,
                           SQLITE_PREPARE_PERSISTENT, prepared, NULL) != SQLITE_OK)
        return connection_fail(connection, fault);
    for (size_t i = 0; i < statement->count; i++) {
        if (bind_one(*prepared, (int) i + 1, &statement->parameters[i]) != SQLITE_OK) {
            connection_fail(connection, fault);
            sqlite3_clear_bindings(*prepared);
            return false;
        }
    }
    *bound = *prepared;
    return true;
}

bool connection_execute(struct connection *connection, const struct statement *statement,
                        struct fault *fault)
{
    sqlite3_stmt *prepared = NULL;
    if (!connection_bind(connection, statement, &prepared, fault))
        return false;
    int result = sqlite3_step(prepared);
    bool done = result == SQLITE_DONE || connection_fail(connection, fault);
    sqlite3_reset(prepared);
    // The parameters point into an arena that dies before this statement does.
    sqlite3_clear_bindings(prepared);
    if (done && statement_must_change(statement->id) && !statement->may_miss &&
        sqlite3_changes(connection->sqlite) == 0) {
        fault_set(fault, FAULT_INTERNAL, "the database has no row for a statement");
        fault_where(fault, "%s", connection->path);
        return fault_why(fault, "%s", statement_sql(statement->id));
    }
    return done;
}

bool connection_step(struct connection *connection, enum statement_id id,
                     struct fault *fault)
{
    struct statement statement;
    statement_init(&statement, id, NULL);
    return connection_execute(connection, &statement, fault);
}

void connection_rollback(struct connection *connection)
{
    struct fault ignored;
    if (connection_in_transaction(connection) &&
        !connection_step(connection, STATEMENT_ROLLBACK, &ignored))
        return; // it failed because SQLite had already rolled back
}

bool connection_in_transaction(const struct connection *connection)
{
    return !sqlite3_get_autocommit(connection->sqlite);
}
