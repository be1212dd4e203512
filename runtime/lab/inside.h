// SPDX-License-Identifier: MIT
//
// What a lab keeps for the verbs between two calls.
#pragma once

#include "lab/lab.h"
#include "value/value.h"

// The firewall of a host that is not there yet; a later one replaces it.
void inside_keep_firewall(struct lab *lab, int64_t id, const struct value *firewall);
// A copy in the arena, or NULL; it is forgotten.
const struct value *inside_take_firewall(struct lab *lab, int64_t id,
                                         struct arena *arena);

// A list of { id, what }, emptied by this.
const struct value *inside_take_notices(struct lab *lab, struct arena *arena);

void inside_clear(struct lab *lab);
