// SPDX-License-Identifier: MIT
//
// Values as people read them: one line each, secrets as (secret), what is not known yet
// as (known after apply), long texts cut with their size, {"$content": SIZE} as a text
// that was not kept.
#pragma once

#include "base/text.h"
#include "value/value.h"

void value_view_write(struct text *out, const struct value *value);

// Whether a text is better shown as lines than in one.
bool value_view_is_block(const struct value *value);
