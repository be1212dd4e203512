// SPDX-License-Identifier: MIT
//
// What is laid over an evaluated playbook from outside of it: script_set_amendments.
#pragma once

#include <lua.h>

#include "script/declare.h"

typedef void (*amendment_include_fn)(lua_State *lua, struct declare *declare,
                                     const char *root, const char *name);

// Includes their playbooks, then amends, on behalf of `root`, the outermost playbook,
// which is evaluated. Raises.
void amendment_lay(lua_State *lua, struct declare *declare, const char *root,
                   amendment_include_fn include);
