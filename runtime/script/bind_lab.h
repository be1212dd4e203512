// SPDX-License-Identifier: MIT
//
// The module `driver` of the lab's stand-ins: driver.start{…}, driver.status(id) … call
// the function that is given here, which knows lab/verbs.h's verbs_call. So this folder
// needs nothing of lab/. driver.log(line) is for the daemon that gave it.
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "value/value.h"

struct script;

typedef bool (*bind_lab_fn)(void *context, const char *verb, const struct value *argument,
                            struct arena *arena, const struct value **answer,
                            struct fault *fault);

// To be called between script_open and the first use, like script_add_module. `context`
// must live as long as the script.
void bind_lab_add(struct script *script, bind_lab_fn call, void *context);
