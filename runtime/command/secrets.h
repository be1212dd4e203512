// SPDX-License-Identifier: MIT
//
// What the parts of `pipster secrets` share: the state without the world, and its key
// only where a value is written or read.
#pragma once

#include "command/project.h"
#include "store/lock.h"
#include "view/terminal.h"

struct secrets {
    struct arena arena;
    const struct options *options;
    struct project project;
    struct lock *lock;
    struct database *database; // NULL: nothing was ever stored
    struct vault *vault;       // NULL until it is asked for
    struct state_rows rows;
    struct terminal out;
};

bool secrets_open(struct secrets *secrets, const struct options *options, bool writes,
                  struct fault *fault) FAULT_CHECKED;
void secrets_close(struct secrets *secrets);
// A lost key is made anew only with --yes.
bool secrets_open_vault(struct secrets *secrets, struct fault *fault) FAULT_CHECKED;

// "db" → "secret/db", refused where it can be none.
bool secrets_label(struct secrets *secrets, const char *name, const char **label,
                   struct fault *fault) FAULT_CHECKED;
// Where the playbook takes it from: "env DB_PASSWORD"; NULL when it is made here, or not
// declared.
const char *secrets_source(struct secrets *secrets, const char *label);
