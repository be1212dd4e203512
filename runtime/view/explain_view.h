// SPDX-License-Identifier: MIT
//
// All that is known of one thing: who declared it, what hangs together with it, its
// price, its past, what a plan would do with it.
#pragma once

#include <stdio.h>

#include "engine/plan.h"
#include "view/terminal.h"

struct explanation {
    const char *address;
    const struct record *record; // NULL: not recorded
    const struct change *change; // NULL: not in a plan, or there is none
    const char *playbook;        // that was planned, or NULL
    const struct fault *no_plan; // why there is no plan, or NULL
    const char *const *needs;    // addresses
    size_t need_count;
    const char *const *needed_by;
    size_t needed_by_count;
    const struct record_step *steps; // its past, oldest first
    size_t step_count;
    const struct record_handler *owed; // that it is the cause of, or that its host owes
    size_t owed_count;
};

void explain_view_print(const struct terminal *terminal,
                        const struct explanation *explanation);
// One line of JSON: "explanation".
void explain_view_json(FILE *stream, const struct explanation *explanation);
