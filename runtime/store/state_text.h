// SPDX-License-Identifier: MIT
//
// A state as text fit for git: JSON, sorted, without a secret (only their keyed digests,
// as the rows have them), and no time but those of measurements and of the business. The
// same state gives the same bytes.
#pragma once

#include "base/text.h"
#include "store/measurement.h"
#include "store/state.h"
#include "store/state_business.h"

#define STATE_TEXT_VERSION 2 // 1 had no business

struct state_text {
    const char *project_id; // 16 hex digits
    const char *tip;        // the playbook last applied, or NULL
    const char *tip_base;   // the last applied that does not call tip(), or NULL
    struct state_rows rows; // sorted
    struct record_measurements measured; // the newest of each, by address and name
    struct state_business business;
    const struct value *prices; // address → what a person said that it costs; or NULL
};

void state_text_write(struct text *out, const struct state_text *state);

// Every row is checked: its address, type and host fit together, no address twice, no key
// that is unknown. The rows are in the arena.
bool state_text_read(struct arena *arena, const char *bytes, size_t length,
                     struct state_text *state, struct fault *fault) FAULT_CHECKED;
