// SPDX-License-Identifier: MIT
//
// The rows of rules: what they said, and which of their proposals were accepted.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "value/value.h"

// A rule, judged at one moment.
struct record_evaluation {
    int64_t id;
    const char *rule;
    const char *playbook; // the file that says it; NULL: of a time when none was kept
    int64_t at_ms;
    int64_t run;       // that judged it; 0: none, it was only looked at
    const char *state; // "holding"
    bool is_proposed;
    const struct value *past;    // what is remembered of it: see engine/rule_past.h
    const struct value *figures; // what it saw: name → a map, or NULL
    const struct value *saw;     // what each of its comparisons said: texts, or NULL
};

struct record_evaluations {
    const struct record_evaluation *rows;
    size_t count;
};

// A proposal that was accepted: part of every plan until it is withdrawn.
struct record_amendment {
    int64_t id;
    const char *rule;
    const char *playbook; // as above
    int64_t accepted_ms;
    const char *accepted_by;      // "anna@laptop", or NULL
    const struct value *amend;    // address → attributes, or NULL
    const char *include;          // a playbook, or NULL
    const struct value *evidence; // what its comparisons said then: texts, or NULL
    int64_t withdrawn_ms;         // 0: in force
    const char *withdrawn_by;
};

struct record_amendments {
    const struct record_amendment *rows;
    size_t count;
};
