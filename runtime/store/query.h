// SPDX-License-Identifier: MIT
//
// Reading rows:
//     if (!query_start(&query, connection, &statement, fault))
//         return false;
//     while (query_next(&query))
//         name = query_text(&query, 0, arena);
//     return query_end(&query, fault);
// One query at a time per statement; texts are copied into the arena given.
#pragma once

#include "base/arena.h"
#include "base/fault.h"
#include "base/text.h"
#include "store/connection.h"
#include "value/value.h"

// A text that was read as JSON. Rows often say the same as others near them, which is
// then the same value.
struct query_recent {
    struct text text;
    struct arena *arena;
    const struct value *value; // NULL: none yet
};

#define QUERY_RECENT 4

struct query {
    struct connection *connection;
    struct sqlite3_stmt *prepared;
    bool failed;
    struct fault fault;
    struct query_recent recent[QUERY_RECENT];
    size_t recent_next; // the oldest: the one to be replaced
};

bool query_start(struct query *query, struct connection *connection,
                 const struct statement *statement, struct fault *fault) FAULT_CHECKED;
// True on a row; false at the end, or when reading failed.
bool query_next(struct query *query);
// All rows that are left, in one block: `read` fills one of `size` bytes.
void *query_rows(struct query *query, struct arena *arena, size_t size,
                 void (*read)(struct query *query, struct arena *arena, void *row),
                 size_t *count);
// False when reading failed anywhere in between.
bool query_end(struct query *query, struct fault *fault) FAULT_CHECKED;

int64_t query_integer(struct query *query, int column);
double query_number(struct query *query, int column);
// NULL for NULL.
const char *query_text(struct query *query, int column, struct arena *arena);
// Whether the column holds that text; NULL is NULL.
bool query_is_text(struct query *query, int column, const char *text);
const char *query_blob(struct query *query, int column, struct arena *arena,
                       size_t *length);
// NULL for NULL; a text that is no JSON fails the query.
const struct value *query_json(struct query *query, int column, struct arena *arena);
