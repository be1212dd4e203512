// SPDX-License-Identifier: MIT
//
// The newest reading of the revenue: what is stored, and where that is too old what the
// sources tell now. With the lock held it is stored, else it is kept in the cache: a plan
// writes no state.
#pragma once

#include "command/workbench.h"

enum revenue_reading_how {
    REVENUE_READING_KNOWN,   // no source is asked
    REVENUE_READING_IN_PLAN, // asked where it is due, by few requests and no commands
    REVENUE_READING_DUE,     // asked where it is due
    REVENUE_READING_NOW,     // asked anyway
};

// Requests that a plan may make for it; with the one for prices it is three.
#define REVENUE_READING_REQUESTS 2

struct revenue_reading {
    size_t source_count;                   // that are declared
    const struct record_revenue *newest;   // accepted or not; NULL: none yet
    const struct record_revenue *accepted; // the newest that was; NULL: none
    struct fault failed; // why a source told nothing this time; then newest is older
};

// The playbook was evaluated before, where its sources are to count. False only where
// what is stored cannot be read or written.
bool revenue_reading_make(struct workbench *bench, enum revenue_reading_how how,
                          struct revenue_reading *reading,
                          struct fault *fault) FAULT_CHECKED;
// Stores one, and reads again what is newest. With --accept-revenue it is accepted
// whatever was before; else where it is not too far from the last.
bool revenue_reading_store(struct workbench *bench, struct record_revenue *row,
                           struct revenue_reading *reading,
                           struct fault *fault) FAULT_CHECKED;
// The newest, which is there, is right: rules and budgets go by it from now on.
bool revenue_reading_accept(struct workbench *bench, struct revenue_reading *reading,
                            struct fault *fault) FAULT_CHECKED;

// What a plan is told of it; once for all rounds of a run.
bool revenue_reading_tell(struct workbench *bench, struct fault *fault) FAULT_CHECKED;
