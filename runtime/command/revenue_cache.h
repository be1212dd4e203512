// SPDX-License-Identifier: MIT
//
// The newest reading of the revenue beside the state: a plan writes none, and must not
// ask the sources again each time. A run takes it over into the state.
#pragma once

#include "command/workbench.h"
#include "value/record.h"

// *row NULL: there is none.
bool revenue_cache_load(struct workbench *bench, const struct record_revenue **row,
                        struct fault *fault) FAULT_CHECKED;
bool revenue_cache_put(struct workbench *bench, const struct record_revenue *row,
                       struct fault *fault) FAULT_CHECKED;
