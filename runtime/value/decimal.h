// SPDX-License-Identifier: MIT
//
// Exact decimals as price APIs write them ("5.4900000000"): an int64 count of 10^-10 of
// whatever they count. What is shown and added up is struct money, which rounds once.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DECIMAL_UNIT INT64_C(10000000000)

// "5.49", "-0.5", "7.": at most 8 digits before the point; behind the tenth decimal it is
// cut. False for all else.
bool decimal_parse(const char *text, size_t length, int64_t *count);

// count × numerator / denominator, rounded half up. False when the result is out of range
// or the denominator is no positive number.
bool decimal_scale(int64_t count, int64_t numerator, int64_t denominator,
                   int64_t *scaled);

#define DECIMAL_TEXT_SIZE 32
// With all ten decimals; returns `buffer`.
char *decimal_format(int64_t count, char buffer[DECIMAL_TEXT_SIZE]);
