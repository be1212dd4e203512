// SPDX-License-Identifier: MIT
//
// The price radar: what one has that is retired at its vendor, with what to take instead,
// and what got dearer. From the price list as it was last read; nothing is asked.
#pragma once

#include "command/project.h"
#include "store/state.h"

struct radar_row {
    const char *address;
    const char *text; // "cx22 in nbg1 is not sold any more since 2025-12-31: …"
    bool is_retired;  // else its price changed
    const struct value *data; // a map of the same
};

struct radar {
    struct radar_row *rows; // in the order of what is recorded
    size_t count;
    int64_t read_at_ms; // of the price list; 0: none was read yet
};

bool radar_look(const struct project *project, const struct state_rows *recorded,
                struct arena *arena, struct radar *radar,
                struct fault *fault) FAULT_CHECKED;
