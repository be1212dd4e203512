// SPDX-License-Identifier: MIT
//
// How many customers left in about a month: as the sources tell it, else at least as many
// as the number of customers fell by from one reading to the next.
#pragma once

#include "value/record.h"

#define CHURN_PERIOD_MS INT64_C(2419200000) // 28 days: months are compared too

struct churn {
    int64_t lost, of; // of so many at the beginning
    int64_t from_ms;  // 0: the source tells it, of the month before
    bool is_told;     // by the sources; else it may be more
};

// From readings, oldest first. False where they do not tell: there is none of a month
// before, or the customers are not known.
bool churn_find(const struct record_revenues *rows, struct churn *churn);

#define CHURN_TEXT_SIZE 32
// "1.9", rounded half to even at the tenth; "0.0" of nobody.
char *churn_percent(const struct churn *churn, char buffer[CHURN_TEXT_SIZE]);
