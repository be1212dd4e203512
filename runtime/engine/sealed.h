// SPDX-License-Identifier: MIT
//
// Secrets, the one kind of thing that the engine itself looks at, compares and makes:
// they live sealed in state. A new value is sealed in the transaction that records it,
// before anything can use it; until then the old one is there.
#pragma once

#include "engine/apply.h"

// What is sealed of it becomes what was found.
bool sealed_look(struct planner *planner, struct draft *draft,
                 struct fault *fault) FAULT_CHECKED;
// Once all else was compared: its source, whether a rotation was asked for, its age.
bool sealed_compare(struct planner *planner, struct draft *draft,
                    struct fault *fault) FAULT_CHECKED;

// The value that a step is to seal. *is_new false: it is the one that is sealed already.
bool sealed_make(struct apply *apply, const struct draft *draft,
                 const struct value **secret, bool *is_new,
                 struct fault *fault) FAULT_CHECKED;
// What is there once it is sealed; of an SSH key with its public half.
const struct value *sealed_found(struct apply *apply, const struct change *change,
                                 const struct value *secret);
void sealed_put(struct apply *apply, struct transaction *transaction,
                const struct draft *draft, const struct value *secret);
void sealed_remove(struct transaction *transaction, const char *address);

// "generated", "env DB_PASSWORD", "command op" … of declared attributes; in the arena.
const char *sealed_source(struct arena *arena, const struct value *attributes);

// The setting of state by which a rotation is asked for; in the arena.
const char *sealed_rotation_key(struct arena *arena, const char *address);
