// SPDX-License-Identifier: MIT
//
// Handlers: owed with the intent, run once after the last of their causes, cleared then.
#pragma once

#include "engine/apply.h"

// Those that an earlier run left pending.
void apply_handler_load(struct apply *apply);
// What this step will owe when it is done; adds it to the intent's transaction.
void apply_handler_owe(struct apply *apply, struct transaction *transaction,
                       const struct change *change);
// What became of a step that owes some.
void apply_handler_note(struct apply *apply, const struct change *change,
                        const struct step *step);
// Those to be run behind a batch (NULL: by themselves) of the lane: to `owed`, an array
// with room for all. `batch` marks the nodes that are in it.
size_t apply_handler_due(const struct apply *apply, const struct apply_lane *lane,
                         const struct apply_batch *batch, struct apply_owed **owed);
// Some handler of this host is still to be run after a change that was committed.
bool apply_handler_is_behind(const struct apply *apply, const char *host);
// At the end: what turned out not to be needed is owed no more.
void apply_handler_clear(struct apply *apply, struct transaction *transaction);
