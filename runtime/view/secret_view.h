// SPDX-License-Identifier: MIT
//
// What is known of a secret beside its value, for `pipster secrets list`.
#pragma once

#include "view/terminal.h"

#include <stdint.h>

struct secret_view {
    const char *name;
    const char *source; // "generated", "env DB_PASSWORD", "set" …
    size_t length;
    int64_t made_at_ms; // 0: not known
    int64_t age_ms;
    const char *rotate_every; // or NULL
    bool overdue;
    bool rotation_asked;
    bool declared;        // false: no playbook that was run has it
    const char **used_by; // addresses
    size_t used_by_count;
};

void secret_view_print(const struct terminal *terminal, const struct secret_view *secret);
void secret_view_json(FILE *stream, const struct secret_view *secret);
