// SPDX-License-Identifier: MIT
//
// What is said before and after the plan of an undo.
#pragma once

#include <stdio.h>

#include "engine/undo.h"
#include "view/terminal.h"

// "Undoing run 7 …" and, where there is something, "Cannot be undone:" with a line each.
void undo_view_begin(const struct terminal *terminal, const struct undo *undo);
// That run `by` undid it, and that the tip (or NULL) still says otherwise.
void undo_view_end(const struct terminal *terminal, const struct undo *undo, int64_t by,
                   const char *tip);

// Only the latter, for whoever looks at it later.
void undo_view_losses(const struct terminal *terminal, const struct undo_loss *losses,
                      size_t count);
const struct value *undo_view_losses_value(struct arena *arena,
                                           const struct undo_loss *losses, size_t count);

// The same as lines of JSON: "undo" with "lost", "undone".
void undo_view_json_begin(FILE *stream, const struct undo *undo);
void undo_view_json_end(FILE *stream, const struct undo *undo, int64_t by,
                        const char *tip);
