// SPDX-License-Identifier: MIT
//
// What an undo cannot bring back or take away, told before it is carried out.
#pragma once

#include "engine/undo.h"
#include "engine/undo_history.h"

// Whether the journal has only a digest of what was there.
bool undo_loss_is_hidden(const struct value *before);

// Fills undo->losses; the set is there.
void undo_loss_list(struct arena *arena, const struct engine *engine,
                    const struct undo_history *history, struct undo *undo);
