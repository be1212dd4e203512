// SPDX-License-Identifier: MIT
//
// What has changed outside, thing by thing.
#pragma once

#include <stdio.h>

#include "engine/drift.h"
#include "view/terminal.h"

struct drift_told {
    const struct drift *drift;
    const int64_t *since; // in step with its items: when it was told first, 0 for now
    bool only_new;        // what was told before is left out
};

// How many items are told, and how many were never told before.
size_t drift_view_count(const struct drift_told *told, size_t *new_count);
void drift_view_print(const struct terminal *terminal, const struct drift_told *told);
// "drift" an item, "drift_gap" what could not be judged, then "drift_summary".
void drift_view_json(FILE *stream, const struct drift_told *told);
