// SPDX-License-Identifier: MIT
//
// A file that somebody asked for by name: whoever opens it has the old one or the new
// one, whole.
#pragma once

#include "base/arena.h"
#include "base/fault.h"
#include "base/text.h"

// Others may read it, as any file that their umask lets them.
bool written_file_put(const struct text *text, const char *path, struct arena *arena,
                      struct fault *fault) FAULT_CHECKED;
