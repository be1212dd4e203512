// SPDX-License-Identifier: MIT
#include "store/query.h"

#include "value/json.h"

#include <sqlite3.h>

bool query_start(struct query *query, struct connection *connection,
                 const struct statement *statement, struct fault *fault)
{
    query->connection = connection;
    query->prepared = NULL;
    query->failed = false;
    return connection_bind(connection, statement, &query->prepared, fault);
}

bool query_next(struct query *query)
{
    if (query->failed)
        return false;
    int result = sqlite3_step(query->prepared);
    if (result == SQLITE_ROW)
        return true;
    if (result != SQLITE_DONE) {
        query->failed = true;
        connection_fail(query->connection, &query->fault);
    }
    return false;
}

bool query_end(struct query *query, struct fault *fault)
{
    sqlite3_reset(query->prepared);
    sqlite3_clear_bindings(query->prepared);
    if (query->failed)
        *fault = query->fault;
    return !query->failed;
}

int64_t query_integer(struct query *query, int column)
{
    return sqlite3_column_int64(query->prepared, column);
}

const char *query_text(struct query *query, int column, struct arena *arena)
{
    const char *text = (const char *) sqlite3_column_text(query->prepared, column);
    if (!text)
        return NULL;
    return arena_copy(arena, text,
                      (size_t) sqlite3_column_bytes(query->prepared, column));
}

const char *query_blob(struct query *query, int column, struct arena *arena,
                       size_t *length)
{
    const char *bytes = sqlite3_column_blob(query->prepared, column);
    *length = (size_t) sqlite3_column_bytes(query->prepared, column);
    return arena_copy(arena, bytes ? bytes : "", *length);
}

const struct value *query_json(struct query *query, int column, struct arena *arena)
{
    const struct value *value = NULL;
    const char *text = (const char *) sqlite3_column_text(query->prepared, column);
    if (!text || query->failed)
        return NULL;
    size_t length = (size_t) sqlite3_column_bytes(query->prepared, column);
    if (!json_read(arena, text, length, &value, &query->fault)) {
        query->failed = true;
        fault_while(&query->fault, "reading a row of the database");
        fault_where(&query->fault, "%s", connection_path(query->connection));
    }
    return value;
}
