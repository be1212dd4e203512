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

// Carries out what the file holds, in one transaction; the file stays.
bool spill_replay(struct connection *connection, const char *path,
                  struct fault *fault) FAULT_CHECKED;
