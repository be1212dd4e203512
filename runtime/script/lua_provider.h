// SPDX-License-Identifier: MIT
//
// The engine's seam over the resource types of the stdlib: questions become tables,
// stdlib/prelude.lua asks the types in tasks, answers become values again.
#pragma once

#include "base/fault.h"

struct provider;
struct script;

bool lua_provider_open(struct script *script, struct fault *fault) FAULT_CHECKED;
void lua_provider_close(struct script *script);
const struct provider *lua_provider_get(struct script *script);
