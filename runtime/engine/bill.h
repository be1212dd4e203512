// SPDX-License-Identifier: MIT
//
// What each thing of a plan costs a month, before it and after it, net, in the project's
// currency, in groups.
#pragma once

#include "engine/cost.h"

enum bill_by { BILL_BY_NOTHING, BILL_BY_PHASE, BILL_BY_TYPE, BILL_BY_TAG, BILL_BY_HOST };

struct bill_row {
    const char *group; // "phase 1"; NULL: it has none of the kind, or nothing is grouped
    const char *address;
    const char *what;           // "server cx23 in nbg1"; as it will be, if it will
    const char *was;            // what it was called, where that differs; or NULL
    bool known;                 // false: not priced, or there is no exchange rate
    struct money before, after; // zero where there was or will be nothing
    size_t order;
};

struct bill {
    struct bill_row *rows; // by group, then in the plan's order
    size_t count;
    struct money before, after; // of the plan; a row with two tags counts once here
    bool is_known;              // false: more than this, for something is not priced
};

// In the plan's arena. The plan was summed by cost_sum, as engine_plan does.
void bill_make(const struct engine *engine, struct plan *plan, enum bill_by by,
               struct bill *bill);

// The rows from *at on that are in the same group, with their sums.
struct bill_group {
    const char *name; // or NULL
    const struct bill_row *rows;
    size_t count;
    struct money before, after;
};
// False: there are no more.
bool bill_next_group(const struct bill *bill, size_t *at, struct bill_group *group);
