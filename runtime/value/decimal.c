// SPDX-License-Identifier: MIT
#include "value/decimal.h"

#include <string.h>

enum { DECIMALS = 10, WHOLE_DIGITS = 8 };

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

bool decimal_parse(const char *text, size_t length, int64_t *count)
{
    const char *end = text + length, *at = text + (length > 0 && *text == '-');
    const char *whole = at;
    int64_t sum = 0;
    while (at < end && is_digit(*at) && at - whole < WHOLE_DIGITS)
        sum = sum * 10 + (*at++ - '0');
    if (at == whole)
        return false;
    at += at < end && *at == '.';
    bool has_point = at[-1] == '.';
    for (int i = 0; i < DECIMALS; i++) {
        bool given = has_point && at < end && is_digit(*at);
        sum = sum * 10 + (given ? *at++ - '0' : 0);
    }
    while (has_point && at < end && is_digit(*at))
        at++;
    *count = *text == '-' ? -sum : sum;
    return at == end;
}

bool decimal_scale(int64_t count, int64_t numerator, int64_t denominator, int64_t *scaled)
{
    if (denominator <= 0)
        return false;
    __int128 product = (__int128) count * numerator + denominator / 2;
    __int128 quotient = product / denominator;
    quotient -= product % denominator < 0; // the floor of it
    *scaled = (int64_t) quotient;
    return quotient >= -INT64_MAX && quotient <= INT64_MAX;
}

char *decimal_format(int64_t count, char buffer[DECIMAL_TEXT_SIZE])
{
    uint64_t left = count < 0 ? 0 - (uint64_t) count : (uint64_t) count;
    char *at = buffer + DECIMAL_TEXT_SIZE;
    *--at = '\0';
    for (int digits = 0; left > 0 || digits <= DECIMALS; digits++) {
        if (digits == DECIMALS)
            *--at = '.';
        *--at = (char) ('0' + left % 10);
        left /= 10;
    }
    if (count < 0)
        *--at = '-';
    memmove(buffer, at, (size_t) (buffer + DECIMAL_TEXT_SIZE - at));
    return buffer;
}
