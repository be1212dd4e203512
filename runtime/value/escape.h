// SPDX-License-Identifier: MIT
//
// A text as it must be written to be one value in somebody else's language.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

// how: "none", "shell" (one word), "json" (a string with its quotes; YAML takes it as
// well) or "html" (a text or the value of an attribute). false: there is no such one.
bool escape_add(struct text *out, const char *how, const char *bytes, size_t length);
