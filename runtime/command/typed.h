// SPDX-License-Identifier: MIT
//
// What must stand in no argument vector: read from stdin, a file or the environment, or
// typed at the terminal without being shown.
#pragma once

#include "base/text.h"
#include "command/options.h"

// A secret's value: everything on stdin, or one line typed without echo.
bool typed_value(const struct options *options, const char *question, struct text *out,
                 struct fault *fault) FAULT_CHECKED;

// --passphrase-file, else PIPSTER_PASSPHRASE, else typed; `twice` when it is a new one.
bool typed_passphrase(const struct options *options, bool twice, struct text *out,
                      struct fault *fault) FAULT_CHECKED;
