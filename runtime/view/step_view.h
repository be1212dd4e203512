// SPDX-License-Identifier: MIT
//
// What a step changed, as the journal remembers it.
#pragma once

#include "value/record.h"
#include "view/terminal.h"

struct step_field {
    const char *name;
    const struct value *before; // NULL: absent; secrets are of no bytes
    const struct value *after;
    bool secret;
};

// Those that differ, in the arena.
struct step_field *step_view_fields(struct arena *arena, const struct record_step *step,
                                    size_t *count);

// "  ~" and the like for "update"; a style beside it.
const char *step_view_sign(const char *action, enum terminal_style *style);
// "done", "failed", "open" …, as the journal has it.
const char *step_view_outcome(enum record_outcome outcome);

// A value with every digest of a secret as a secret of no bytes, so that it is shown as
// one.
const struct value *step_view_hide(struct arena *arena, const struct value *value);
