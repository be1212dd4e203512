// SPDX-License-Identifier: MIT
//
// Secrets that come from elsewhere: an environment variable, a file, a command of this
// machine, a file that age opens, a credential of systemd's. No Lua is involved.
#pragma once

#include "base/arena.h"
#include "base/fault.h"
#include "value/value.h"

struct script;

// `attributes` hold one of env, file, command, age, credential. The line break at the end
// of a value of one line is taken off.
bool provide_secret(void *script, struct arena *arena, const char *address,
                    const struct value *attributes, const struct value **secret,
                    struct fault *fault) FAULT_CHECKED;
