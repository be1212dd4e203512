// SPDX-License-Identifier: MIT
//
// pipster.lua: the settings of a project, a Lua file that returns a table. It runs in the
// same sandbox as a playbook and can declare nothing.
#pragma once

#include "base/arena.h"
#include "base/fault.h"
#include "value/value.h"

bool settings_read(const char *path, struct arena *arena, const struct value **settings,
                   struct fault *fault) FAULT_CHECKED;
