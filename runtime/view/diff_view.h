// SPDX-License-Identifier: MIT
//
// Two texts as a unified diff.
#pragma once

#include "base/text.h"
#include "value/value.h"

// Whether two values are texts that are best told so: one has several lines, and the old
// one is not merely a digest.
bool diff_view_suits(const struct value *before, const struct value *after);

// "@@ -3,7 +3,8 @@" before each group of lines that differ, with up to three unchanged
// ones around them; each line with `indent` blanks in front. Either may be NULL.
void diff_view_write(struct text *out, const char *before, const char *after, int indent);
