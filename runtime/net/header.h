// SPDX-License-Identifier: MIT
//
// The header fields of an answer: read line by line, whatever a server sends.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "net/http.h"

// Adds "Name: value" to `head` as the name in small letters and the value, each ended by
// NUL; false for a line that is no field. A value ends at its first NUL.
bool header_add(struct text *head, const char *line, size_t length);
// Points `headers` into `head`, which holds `count` of them.
void header_list(const struct text *head, struct http_header *headers, size_t count);
