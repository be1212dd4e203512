// SPDX-License-Identifier: MIT
//
// Another address for what is remembered: `state mv` and the word `moved`. Rows of things
// on a renamed host follow it, what refers to it or needs it says the new address, its
// secret is sealed anew under it, and what is owed stays owed. Its past follows too: the
// journal tells of it by the new address, so that it can be explained and undone.
#pragma once

#include "store/database.h"
#include "store/secret.h"
#include "store/state.h"

// The rows as they are once `from` is called `to`: a new table in the arena, sorted. It
// is refused (FAULT_USAGE) when `from` is not recorded, `to` is or is no address, or they
// are not of one type and on one host.
bool rename_rows(struct arena *arena, const struct state_rows *rows, const char *from,
                 const char *to, struct state_rows *renamed,
                 struct fault *fault) FAULT_CHECKED;

// Writes that: `rows` are those from before. Reads the secret, if it has one; `vault` may
// be NULL where there is none.
bool rename_write(struct transaction *transaction, const struct vault *vault,
                  const struct state_rows *rows, const char *from, const char *to,
                  struct fault *fault) FAULT_CHECKED;

struct rename_move {
    const char *from, *to;
};
// Writes the journal's steps as they are after all moves of a transaction, in their
// order: what they were of, and what they remember.
bool rename_steps(struct transaction *transaction, const struct rename_move *moves,
                  size_t count, struct fault *fault) FAULT_CHECKED;

// The address that `address` then has: itself when it is not concerned.
const char *rename_address(struct arena *arena, const char *address, const char *from,
                           const char *to);
