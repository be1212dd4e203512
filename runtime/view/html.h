// SPDX-License-Identifier: MIT
//
// Markup with texts of others in it: what stands in the format is markup, everything that
// is put into it is text, and is escaped.
#pragma once

#include "base/text.h"

// Takes %s, %.*s, %d, %zu, %lld, %.1f and %%. What is put in is right between tags, and
// within the quotes of an attribute.
void html_add(struct text *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
