// SPDX-License-Identifier: MIT
//
// What a state knows of the business, as it goes along in an export: what came in, what
// was answered, what rules said last and which of their proposals are in force.
#pragma once

#include "store/answer.h"
#include "store/revenue.h"
#include "store/rule.h"

struct state_business {
    struct record_revenues revenues;       // oldest first
    struct record_answers answers;         // the newest of each
    struct record_evaluations evaluations; // the newest of each rule
    struct record_amendments amendments;   // those in force, in their order
};

bool state_business_load(struct database *database, struct arena *arena,
                         struct state_business *business,
                         struct fault *fault) FAULT_CHECKED;
// Adds what is not there yet: `there` is what the database has.
void state_business_put(struct transaction *transaction,
                        const struct state_business *business,
                        const struct state_business *there);

// The lists of an export by their names; NULL where there is none.
struct state_business_lists {
    const struct value *revenues, *answers, *evaluations, *amendments;
};
struct state_business_lists state_business_lists(struct arena *arena,
                                                 const struct state_business *business);
// Every row is checked. *why and *where say what is wrong with one.
bool state_business_read(struct arena *arena, const struct value *document,
                         struct state_business *business, const char **where,
                         const char **why);
