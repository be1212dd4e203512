// SPDX-License-Identifier: MIT
//
// What a run writes: rows, results, settled intents.
#pragma once

#include "engine/apply.h"

// The row of a declared thing as it is now known; `attributes` NULL: it was tried only.
void apply_record_row(struct apply *apply, struct transaction *transaction,
                      const struct draft *draft, const struct value *attributes);
// Whether something that needs no step needs its row written.
bool apply_record_needs_row(const struct apply *apply, const struct draft *draft);
// Earlier unfinished intents of this address are settled.
void apply_record_settle(struct apply *apply, struct transaction *transaction,
                         const char *address);
void apply_record_intent(struct apply *apply, struct transaction *transaction,
                         struct step *step);
// Journal and row of a finished step; takes what it found over into the change.
void apply_record_result(struct apply *apply, struct transaction *transaction,
                         struct step *step);
// Before anything is started: adoptions, settled intents, handlers of hosts that are
// gone. NULL when there is nothing to write.
struct transaction *apply_record_tidy(struct apply *apply);
// The run's end.
void apply_record_end(struct apply *apply, struct transaction *transaction,
                      const char *outcome);
