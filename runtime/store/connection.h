// SPDX-License-Identifier: MIT
//
// One SQLite connection with its prepared statements, used by one thread at a time. Only
// connection.c and query.c know SQLite.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "store/statement.h"

struct sqlite3_stmt;
struct connection;

// The file must exist; it is not read yet.
bool connection_open(struct connection **connection, const char *path,
                     struct fault *fault) FAULT_CHECKED;
void connection_close(struct connection *connection); // NULL is fine
// The version of SQLite, "3.40.1".
const char *connection_library(void);
const char *connection_path(const struct connection *connection);
// Whether a fault so far was damage of the file.
bool connection_is_damaged(const struct connection *connection);

// False when the file was renamed, removed or replaced since it was opened: what is
// written goes to where nobody will look for it.
bool connection_check_place(struct connection *connection,
                            struct fault *fault) FAULT_CHECKED;

// A copy in memory, and one in the file `path`, which must exist and be empty.
bool connection_open_copy(struct connection **copy, struct connection *from,
                          struct fault *fault) FAULT_CHECKED;
bool connection_copy_to(struct connection *connection, const char *path,
                        struct fault *fault) FAULT_CHECKED;

// Pragmas and schema texts; several statements are fine, rows are dropped.
bool connection_run(struct connection *connection, const char *sql,
                    struct fault *fault) FAULT_CHECKED;
// The first column of the first row as a number, 0 when there is no row.
bool connection_number(struct connection *connection, const char *sql, int64_t *number,
                       struct fault *fault) FAULT_CHECKED;
// quick_check: every page reachable and every row readable.
bool connection_check(struct connection *connection, struct fault *fault) FAULT_CHECKED;

// Carries out a statement that gives no rows.
bool connection_execute(struct connection *connection, const struct statement *statement,
                        struct fault *fault) FAULT_CHECKED;
// The same for one without parameters.
bool connection_step(struct connection *connection, enum statement_id id,
                     struct fault *fault) FAULT_CHECKED;
// Ends a transaction that may be open, whatever it takes.
void connection_rollback(struct connection *connection);
// False after SQLite itself gave up a transaction (a full disk does that).
bool connection_in_transaction(const struct connection *connection);

// For query.c: the prepared statement with its parameters bound, and the last error as a
// fault. connection_fail answers false.
bool connection_bind(struct connection *connection, const struct statement *statement,
                     struct sqlite3_stmt **prepared, struct fault *fault) FAULT_CHECKED;
bool connection_fail(struct connection *connection, struct fault *fault);
