// SPDX-License-Identifier: MIT
//
// Wanted beside found, attribute by attribute, as the type's schema says how. What was
// not declared and has no default is not ours to compare.
#pragma once

#include "engine/plan.h"

struct vault;

struct diff {
    size_t most; // as many attributes are compared
    struct change_field *fields; // that differ, or may; NULL: no room was made yet
    size_t field_count;
    // Of what only a new thing would have, with a note each (NULL: nothing to tell).
    struct change_field *births;
    const char **notes;
    size_t birth_count;
    bool differs;        // something known differs
    bool must_replace;   // something known and fixed differs
    bool may_replace;    // something fixed may differ
    const char *because; // what a difference depends on, or NULL
};

// `recorded` are the attributes of the record, with digests for secrets; it answers for
// secret attributes that the world does not show. `vault` may be NULL.
void diff_compare(struct arena *arena, const struct vault *vault,
                  const struct schema *schema, const struct value *wanted,
                  const struct value *found, const struct value *recorded,
                  struct diff *diff);

// Before something is added to what diff_compare found: most often there is nothing.
void diff_make_room(struct arena *arena, struct diff *diff);

// The fields of something new.
void diff_create(struct arena *arena, const struct schema *schema,
                 const struct value *wanted, struct diff *diff);

// "size differs", "size and type differ".
const char *diff_reason(struct arena *arena, const struct diff *diff);
