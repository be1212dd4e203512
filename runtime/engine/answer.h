// SPDX-License-Identifier: MIT
//
// What a check answers beside its attributes.
#pragma once

#include <stddef.h>

#include "value/record.h"

struct check_answer {
    // Name, value and unit, and its time where it was measured before (0: now); address
    // and run are the engine's.
    struct record_measurements measured;
    const char *const *warnings; // though it passed
    size_t warning_count;
    const char *note; // "measured 3 days ago", or NULL
};
