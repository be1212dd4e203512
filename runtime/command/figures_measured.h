// SPDX-License-Identifier: MIT
//
// What checks measured over the time that a rule looks back, as one figure: the lowest
// and the highest of it. Where that time has gaps it is not known.
#pragma once

#include "command/figures.h"

// "cpu": of all checks that measure it; "app:cpu": of those on that host.
bool figures_measured_read(const struct figures *figures, const struct rule *rule,
                           const char *name, struct rule_figure *figure,
                           struct fault *fault) FAULT_CHECKED;
