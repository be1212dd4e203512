// SPDX-License-Identifier: MIT
//
// What was accepted for something that nothing declares any more: it is left out.
#pragma once

#include "engine/rule.h"

struct rule_missed {
    const char *address;
    const char *rule;
};

struct rule_misses {
    struct rule_missed *items;
    size_t count;
};
