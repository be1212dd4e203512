// SPDX-License-Identifier: MIT
//
// revenue.csv { … }: where it is told what comes in, as it is declared.
#pragma once

#include <stddef.h>

#include "value/value.h"

struct takings_source {
    const char *kind;             // "csv"
    const char *where;            // file:line
    const struct value *settings; // a map
};

struct takings_sources {
    struct takings_source *items; // in the order of the playbook
    size_t count;
};
