// SPDX-License-Identifier: MIT
//
// JSON in and out, over yajl. Output is canonical: sorted keys, no blanks, shortest
// numbers that read back the same, so equal values give equal bytes.
//
// Values that JSON lacks are written as one-key maps: {"$unknown": "ADDRESS.PATH"},
// {"$reference": …}, {"$template": […]}; ["ADDRESS", "PATH"] where one text could be
// split wrongly, ["ADDRESS", "PATH", "secret"] where it stands for a secret. Secrets are
// written as json_secret_fn says. Reading back maps all of these, except that
// {"$secret": "LABEL"} comes back as an unknown of the address LABEL (its bytes are not
// there); any other shape under a "$" key stays a map. So a map of a user's must not
// begin a key with "$" (the schema check refuses it). Strings that are no UTF-8 are
// written with U+FFFD for each wrong byte, NaN and infinity as null.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/text.h"
#include "value/value.h"

// How a secret is written; gets the secret, adds JSON text. For instance a keyed digest.
typedef void (*json_secret_fn)(void *context, struct text *out,
                               const struct value *secret);

// `secret` NULL writes {"$secret":"LABEL"}: bytes never appear.
void json_write(struct text *out, const struct value *value, json_secret_fn secret,
                void *context);
// The same over an arena, without a digest.
const char *json_text(struct arena *arena, const struct value *value);
// With line breaks and two blanks of indent, for people.
void json_write_pretty(struct text *out, const struct value *value);

// One whole document; duplicate keys, more than 200 levels, trailing bytes and invalid
// UTF-8 are errors. Whole numbers that fit become integers.
bool json_read(struct arena *arena, const char *bytes, size_t length,
               const struct value **value, struct fault *fault) FAULT_CHECKED;
