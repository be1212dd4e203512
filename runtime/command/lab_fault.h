// SPDX-License-Identifier: MIT
//
// `pipster lab fault …`: tells the running stand-in to misbehave.
#pragma once

#include "command/options.h"

// words: "fault", KIND or "clear", then METHOD, PATH and TIMES.
bool lab_fault_send(const char *directory, const struct options *options,
                    struct arena *arena, struct fault *fault) FAULT_CHECKED;
