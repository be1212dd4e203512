// SPDX-License-Identifier: MIT
//
// What has changed outside since it was last applied or found: recorded beside found, of
// the attributes that were declared. What the playbook wants by now is not asked.
#pragma once

#include "engine/engine.h"

struct drift_item {
    const char *address;
    const char *field;          // NULL: the whole thing was deleted
    const struct value *before; // as recorded
    const struct value *after;  // as found
    bool secret;
    // The same for the same field with the same value, in hex; nothing can be read from
    // it where there is a vault.
    const char *id;
};

// What could not be judged, and why.
struct drift_gap {
    const char *address;
    const char *why;
    const struct fault *fault; // NULL: a run was cut off there, the next one settles it
};

struct drift {
    struct drift_item *items;
    size_t item_count;
    struct drift_gap *gaps;
    size_t gap_count;
    const char **judged; // addresses that were looked at and could be judged
    size_t judged_count;
};

// Reads the world; writes nothing. Of rows that these playbooks declared, or of all
// (count 0). Everything in *drift is in the arena.
bool drift_read(struct arena *arena, struct engine *engine, const char *const *playbooks,
                size_t playbook_count, struct drift *drift,
                struct fault *fault) FAULT_CHECKED;
