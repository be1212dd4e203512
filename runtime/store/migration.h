// SPDX-License-Identifier: MIT
//
// The schema, as numbered migrations: a new database goes through all of them.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "store/connection.h"

#define MIGRATION_NEWEST 11

// What the file holds: 0 when it is empty. A version newer than ours, and a database that
// is none of ours, is refused.
bool migration_read_version(struct connection *connection, int64_t *version,
                            struct fault *fault) FAULT_CHECKED;

// From `version` to the newest, in one transaction; a copy is not made.
bool migration_apply(struct connection *connection, int64_t version,
                     struct fault *fault) FAULT_CHECKED;

// Keeps a copy beside the file: state.db.v1.bak.
bool migration_keep_copy(struct connection *connection, int64_t version,
                         struct fault *fault) FAULT_CHECKED;
