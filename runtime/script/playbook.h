// SPDX-License-Identifier: MIT
//
// The words of a playbook that declare nothing on the host or in the cloud: phase, input,
// output, text, value, secret, include, guard; and the evaluation itself.
#pragma once

#include <lua.h>

#include "script/script.h"

// Adds the words to the environment on top of the stack.
void playbook_add_words(lua_State *lua);
// declare(TYPE, NAME, ATTRIBUTES) → handle, for the stdlib.
int playbook_declare(lua_State *lua);
// script_run_playbook
bool playbook_run(struct script *script, const char *path, struct arena *arena,
                  struct resource_set *set, struct fault *fault) FAULT_CHECKED;
