// SPDX-License-Identifier: MIT
//
// What a person can be asked: the lines of the checklist that ask, and the answers that
// the rules of the playbook last run go by.
#pragma once

#include "base/array.h"
#include "command/workbench.h"

struct review_names {
    struct array items; // texts, in the bench's arena
    const char *unread; // the playbook whose rules could not be read, or NULL
};

// Evaluates the playbook last run, and leaves bench->wanted as it was.
void review_names_list(struct workbench *bench, struct review_names *names);
void review_names_clear(struct review_names *names);
bool review_names_has(const struct review_names *names, const char *name);
