// SPDX-License-Identifier: MIT
//
// What a playbook does to references that Lua has no hook for: `if`, `or` and == with
// plain data look at the reference, not at its value. Found in the text, by what was
// declared on which line; names are not followed through functions.
#pragma once

#include "script/script.h"

void lint_playbook(const char *path, const char *bytes, size_t length,
                   const struct resource_set *set, struct arena *arena,
                   struct script_warnings *warnings);
