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
#include "store/connection.h"
#include "value/value.h"

struct query {
    struct connection *connection;
    struct sqlite3_stmt *prepared;
    bool failed;
    struct fault fault;
};

bool query_start(struct query *query, struct connection *connection,
                 const struct statement *statement, struct fault *fault) FAULT_CHECKED;
// True on a row; false at the end, or when reading failed.
bool query_next(struct query *query);
// False when reading failed anywhere in between.
bool query_end(struct query *query, struct fault *fault) FAULT_CHECKED;

int64_t query_integer(struct query *query, int column);
// NULL for NULL.
const char *query_text(struct query *query, int column, struct arena *arena);
const char *query_blob(struct query *query, int column, struct arena *arena,
                       size_t *length);
// NULL for NULL; a text that is no JSON fails the query.
const struct value *query_json(struct query *query, int column, struct arena *arena);
