// SPDX-License-Identifier: MIT
//
// What `pipster report` shows, gathered: what is recorded, then what the world says.
// Where the world cannot be asked, the report says why.
#pragma once

#include "command/review_facts.h"
#include "command/status.h"
#include "command/workbench.h"
#include "view/report.h"

struct reporting {
    struct workbench *bench;
    struct status status;
    struct review_facts facts;
    struct plan *plan;
    struct bill bill;
    struct drift drift;
    struct report report; // of what stands above
};

// False: what is recorded could not be read, or it was interrupted. Whatever it answers,
// reporting_clear() ends it.
bool reporting_gather(struct reporting *reporting, struct workbench *bench,
                      struct fault *fault) FAULT_CHECKED;
void reporting_clear(struct reporting *reporting);
