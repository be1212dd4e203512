// SPDX-License-Identifier: MIT
//
// What came in, as the sources told it: a row for each reading, kept for good. Rules and
// budgets go by the newest accepted one, the rest is history.
#pragma once

#include "store/database.h"
#include "value/record.h"

// Nothing where the same reading is there already. Changes nothing that a saved plan is
// bound to.
void revenue_put(struct transaction *transaction, const struct record_revenue *revenue);
// Rules may go by the row of that id from now on.
void revenue_accept(struct transaction *transaction, int64_t id);

// The newest `most`, newest first, accepted or not. `database` may be NULL, here and
// below: nothing was ever read.
bool revenue_load_newest(struct database *database, struct arena *arena, int most,
                         struct record_revenues *found,
                         struct fault *fault) FAULT_CHECKED;
// The newest accepted one that was read at `by_ms` or before; *found is NULL when there
// is none.
bool revenue_load_accepted(struct database *database, struct arena *arena, int64_t by_ms,
                           const struct record_revenue **found,
                           struct fault *fault) FAULT_CHECKED;
// Those whose figures are of then, both ends included, oldest first, accepted or not.
bool revenue_load_between(struct database *database, struct arena *arena, int64_t from_ms,
                          int64_t to_ms, struct record_revenues *found,
                          struct fault *fault) FAULT_CHECKED;
