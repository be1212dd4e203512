// SPDX-License-Identifier: MIT
//
// What the state shows by itself, as figures that rules and reviews compare: no host and
// no API is asked. What it does not show is not known, and says what would tell it.
#pragma once

#include "command/workbench.h"
#include "engine/rule.h"

#define FIGURES_STATE 16

struct figures_state {
    struct rule_figure items[FIGURES_STATE];
    size_t count;
};

bool figures_state_read(struct workbench *bench, int64_t now_ms,
                        struct figures_state *state, struct fault *fault) FAULT_CHECKED;
// That of the name, or NULL.
const struct rule_figure *figures_state_find(const struct figures_state *state,
                                             const char *name);
