// SPDX-License-Identifier: MIT
//
// Declarations as state remembers them, made into the input of a plan that has no
// playbook: for an undo, and to see what has changed outside.
#pragma once

#include "engine/engine.h"

// An attribute whose secret was never kept, or that refers to what is not recorded: it is
// left out, and so left as it is.
struct recall_lost {
    const char *address;
    const char *attribute;
};

struct recall {
    struct resource_set set; // names no playbook, so that every row belongs to it
    struct recall_lost *lost;
    size_t lost_count;
};

// Everything in *recall is in the arena. The rows may stand in any order: a thing comes
// after what it is recorded to need, else as it stands here. A row whose type or host is
// no more is left out, and so is an attribute that refers to what is not there.
bool recall_rows(struct arena *arena, const struct engine *engine,
                 const struct record *rows, size_t count, struct recall *recall,
                 struct fault *fault) FAULT_CHECKED;
