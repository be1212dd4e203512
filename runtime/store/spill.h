// SPDX-License-Identifier: MIT
//
// What a run learned after its database failed: the transactions that could not be
// committed, kept in a private file, one a line, and carried out by the next start.
// Taking a spill in twice does no harm; the database remembers which it has.
#pragma once

#include "store/database.h"

struct connection;

// Writes what failed so far as the 0600 file `path`. *count tells how many transactions
// it holds; 0: none, and no file was made.
bool spill_write(struct database *database, const char *path, size_t *count,
                 struct fault *fault) FAULT_CHECKED;

// Carries out what these bytes say, in one transaction: all of it or nothing. `path` is
// where they are from.
bool spill_take_in(struct connection *connection, const char *bytes, size_t length,
                   const char *path, struct fault *fault) FAULT_CHECKED;

// The same with what the file holds; it stays.
bool spill_replay(struct connection *connection, const char *path,
                  struct fault *fault) FAULT_CHECKED;
