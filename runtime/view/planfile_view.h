// SPDX-License-Identifier: MIT
//
// A saved plan as it was, with what it is of: also when it is stale, and wherever it is.
#pragma once

#include "engine/planfile.h"
#include "view/terminal.h"

void planfile_view_print(const struct terminal *terminal, const struct planfile *file,
                         bool verbose);

// One line "saved_plan"; `path` may be NULL.
void planfile_view_json_head(FILE *stream, const struct planfile *file, const char *path);
// That, then what `plan --json` prints.
void planfile_view_json(FILE *stream, const struct planfile *file);
