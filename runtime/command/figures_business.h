// SPDX-License-Identifier: MIT
//
// What came in and what all costs, as figures that rules compare.
#pragma once

#include "command/figures.h"

// Into figures->business and figures->revenue; the rates are there already. `cost`: of
// all in a month; NULL: it is not known.
bool figures_business_read(struct workbench *bench, const struct money *cost,
                           struct figures *figures, struct fault *fault) FAULT_CHECKED;
