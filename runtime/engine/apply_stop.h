// SPDX-License-Identifier: MIT
//
// A run that a signal stops: nothing new is begun, and what runs is waited for, or, where
// nobody can be asked for patience, left to the next run.
#pragma once

#include "engine/apply.h"

// Tells the watch once that it is being stopped. True: nothing is to be waited for.
bool apply_stop_is_due(struct apply *apply);
// Journals what still runs as uncertain, without waiting for it.
bool apply_stop_now(struct apply *apply, struct fault *fault) FAULT_CHECKED;
// What an interrupted run ends with; always false.
bool apply_stop_tell(const struct apply *apply, struct fault *fault) FAULT_CHECKED;
