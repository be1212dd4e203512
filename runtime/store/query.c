// SPDX-License-Identifier: MIT
#include "store/query.h"

#include "base/array.h"
#include "value/json.h"

#include <sqlite3.h>

#include <string.h>

bool query_start(struct query *query, struct connection *connection,
                 const struct statement *statement, struct fault *fault)
{
    query->connection = connection;
    query->prepared = NULL;
    query->failed = false;
    memset(query->recent, 0, sizeof query->recent);
    query->recent_next = 0;
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

void *query_rows(struct query *query, struct arena *arena, size_t size,
                 void (*read)(struct query *query, struct arena *arena, void *row),
                 size_t *count)
{
    struct array rows;
    array_init(&rows);
    while (query_next(query)) {
        void *row = arena_alloc(arena, size);
        read(query, arena, row);
        array_add(&rows, row);
    }
    char *block = arena_alloc(arena, (rows.count + 1) * size);
    for (size_t i = 0; i < rows.count; i++)
        memcpy(block + i * size, rows.items[i], size);
    *count = rows.count;
    array_clear(&rows);
    return block;
}

bool query_end(struct query *query, struct fault *fault)
{
    sqlite3_reset(query->prepared);
    sqlite3_clear_bindings(query->prepared);
    for (size_t i = 0; i < QUERY_RECENT; i++)
        if (query->recent[i].value)
            text_clear(&query->recent[i].text);
    if (query->failed)
        *fault = query->fault;
    return !query->failed;
}

int64_t query_integer(struct query *query, int column)
{
    return sqlite3_column_int64(query->prepared, column);
}

double query_number(struct query *query, int column)
{
    return sqlite3_column_double(query->prepared, column);
}

const char *query_text(struct query *query, int column, struct arena *arena)
{
    const char *text = (const char *) sqlite3_column_text(query->prepared, column);
    if (!text)
        return NULL;
    return arena_copy(arena, text,
                      (size_t) sqlite3_column_bytes(query->prepared, column));
}

bool query_is_text(struct query *query, int column, const char *text)
{
    const char *bytes = (const char *) sqlite3_column_text(query->prepared, column);
    return bytes && text ? strcmp(bytes, text) == 0 : bytes == text;
}

const char *query_blob(struct query *query, int column, struct arena *arena,
                       size_t *length)
{
    const char *bytes = sqlite3_column_blob(query->prepared, column);
    *length = (size_t) sqlite3_column_bytes(query->prepared, column);
    return arena_copy(arena, bytes ? bytes : "", *length);
}

static const struct value *find_recent(const struct query *query,
                                       const struct arena *arena, const char *bytes,
                                       size_t length)
{
    for (size_t i = 0; i < QUERY_RECENT; i++) {
        const struct query_recent *recent = &query->recent[i];
        if (recent->value && recent->arena == arena && recent->text.length == length &&
            memcmp(recent->text.bytes, bytes, length) == 0)
            return recent->value;
    }
    return NULL;
}

static void keep_recent(struct query *query, struct arena *arena, const char *bytes,
                        size_t length, const struct value *value)
{
    struct query_recent *recent = &query->recent[query->recent_next];
    query->recent_next = (query->recent_next + 1) % QUERY_RECENT;
    if (recent->value)
        text_reset(&recent->text);
    else
        text_init(&recent->text, 0);
    text_add_bytes(&recent->text, bytes, length);
    recent->arena = arena;
    recent->value = value;
}

const struct value *query_json(struct query *query, int column, struct arena *arena)
{
    const struct value *value = NULL;
    const char *text = (const char *) sqlite3_column_text(query->prepared, column);
    if (!text || query->failed)
        return NULL;
    size_t length = (size_t) sqlite3_column_bytes(query->prepared, column);
    value = find_recent(query, arena, text, length);
    if (value)
        return value;
    if (!json_read(arena, text, length, &value, &query->fault)) {
        query->failed = true;
        fault_while(&query->fault, "reading a row of the database");
        fault_where(&query->fault, "%s", connection_path(query->connection));
        return NULL;
    }
    keep_recent(query, arena, text, length, value);
    return value;
}
