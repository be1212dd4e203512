// SPDX-License-Identifier: MIT
//
// Spans of time as people write them: "30s", "90d", "12h", "2w", "1y" (365 days).
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

// A whole number above zero and one of s, m, h, d, w, y.
bool duration_parse(const char *text, int64_t *ms, struct fault *fault) FAULT_CHECKED;

#define DURATION_TEXT_SIZE 32
// In the largest unit that says something: "97 days", "1 hour"; returns `buffer`.
char *duration_format(int64_t ms, char buffer[DURATION_TEXT_SIZE]);
