// SPDX-License-Identifier: MIT
//
// What the command line says of the changes it wants: --only, --except, --allow-destroy.
#pragma once

#include "command/options.h"
#include "engine/engine.h"

// Adds them to *asked; a selector @FILE stands for those in the file, one a line, #
// begins a remark.
bool selection_read(const struct options *options, struct arena *arena,
                    struct engine_options *asked, struct fault *fault) FAULT_CHECKED;

// The same as a map, for the journal; NULL when everything was wanted.
const struct value *selection_value(const struct engine_options *asked,
                                    struct arena *arena);
