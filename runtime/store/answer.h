// SPDX-License-Identifier: MIT
//
// Answers to what no figure shows: dated, a row for each time that one was given, kept
// for good. The newest of a name counts until it expires, then it is not known again.
#pragma once

#include "store/database.h"
#include "value/record.h"

// Changes nothing that a saved plan is bound to.
void answer_put(struct transaction *transaction, const struct record_answer *answer);

// The newest of each name that was given at `by_ms` or before, by name, those that have
// expired since included. `database` may be NULL: nothing was ever answered.
bool answer_load(struct database *database, struct arena *arena, int64_t by_ms,
                 struct record_answers *found, struct fault *fault) FAULT_CHECKED;
// That of the name, or NULL.
const struct record_answer *answer_find(const struct record_answers *answers,
                                        const char *name);
// False from the moment on that it expires.
bool answer_counts(const struct record_answer *answer, int64_t now_ms);
