// SPDX-License-Identifier: MIT
//
// What we remember of every resource: one row each (value/record.h).
#pragma once

#include "store/database.h"
#include "value/record.h"

struct state_rows {
    const struct record *rows; // sorted by address
    size_t count;
};

// `database` may be NULL (nothing was ever stored): no rows.
bool state_load(struct database *database, struct arena *arena, struct state_rows *rows,
                struct fault *fault) FAULT_CHECKED;
const struct record *state_find(const struct state_rows *rows, const char *address);

// Secrets inside are written as {"$secret": label, "digest": keyed digest} by the vault;
// `vault` may be NULL only where the record holds no secret.
struct vault;
void state_put(struct transaction *transaction, const struct vault *vault,
               const struct record *record);
void state_remove(struct transaction *transaction, const char *address);

// Small settings of the environment: "tip", "accepted/…". NULL when absent.
bool state_setting(struct database *database, struct arena *arena, const char *key,
                   const char **text, struct fault *fault) FAULT_CHECKED;
// NULL removes it.
void state_set_setting(struct transaction *transaction, const char *key,
                       const char *text);
// The same for what no plan depends on: the serial is not raised.
void state_note_setting(struct transaction *transaction, const char *key,
                        const char *text);
