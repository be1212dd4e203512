// SPDX-License-Identifier: MIT
//
// A run that ends early, by a signal or because its database is lost: nothing new is
// begun, and what runs is waited for, or, where nobody can press Ctrl-C again, left to
// the next run.
#pragma once

#include "engine/apply.h"

// Tells the watch once that it is being stopped. True: nothing is to be waited for.
bool apply_stop_is_due(struct apply *apply);
// Journals what still runs as uncertain, without waiting for it.
void apply_stop_now(struct apply *apply);
// Waits for what is on its way to the database.
void apply_stop_drain(struct apply *apply);
// The database was lost: keeps what it did not take, and tells where. Always false.
bool apply_stop_keep(struct apply *apply, struct fault *fault) FAULT_CHECKED;
// What an interrupted run ends with; always false.
bool apply_stop_tell(const struct apply *apply, struct fault *fault) FAULT_CHECKED;
