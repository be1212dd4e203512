// SPDX-License-Identifier: MIT
//
// What checks measured, a row each, kept for good: the newest is what a check is compared
// with, the rest is history.
#pragma once

#include "store/database.h"
#include "value/record.h"

void measurement_put(struct transaction *transaction,
                     const struct record_measurement *measurement);
// The same of one from elsewhere or from before; nothing where it is there already.
void measurement_take(struct transaction *transaction,
                      const struct record_measurement *measurement);
// "app", "web": app:check.usage/idle is then web:check.usage/idle.
void measurement_rename_host(struct transaction *transaction, const char *from,
                             const char *to);

// The newest `most` of each name, newest first, by address and name; `address` NULL: of
// all. `database` may be NULL: nothing was measured.
bool measurement_load_newest(struct database *database, struct arena *arena, int most,
                             const char *address, struct record_measurements *found,
                             struct fault *fault) FAULT_CHECKED;
// Those of that name from the moment on, of all checks, oldest first.
bool measurement_load_since(struct database *database, struct arena *arena,
                            const char *name, int64_t from_ms,
                            struct record_measurements *found,
                            struct fault *fault) FAULT_CHECKED;
// Those of one run, as they were told.
bool measurement_load_run(struct database *database, struct arena *arena, int64_t run,
                          struct record_measurements *found,
                          struct fault *fault) FAULT_CHECKED;
