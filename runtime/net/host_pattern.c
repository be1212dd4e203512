// SPDX-License-Identifier: MIT
#include "net/host_pattern.h"

#include <ctype.h>

static bool same(char one, char other)
{
    return tolower((unsigned char) one) == tolower((unsigned char) other);
}

// After a mismatch only the last star takes one byte more, so the time stays bounded by
// the product of both lengths.
bool host_pattern_matches(const char *pattern, size_t length, const char *name)
{
    const char *star = NULL, *resume = NULL;
    const char *at = pattern, *end = pattern + length;
    while (*name) {
        if (at < end && *at == '*') {
            star = ++at;
            resume = name;
        } else if (at < end && (*at == '?' || same(*at, *name))) {
            at++;
            name++;
        } else if (star) {
            at = star;
            name = ++resume;
        } else {
            return false;
        }
    }
    while (at < end && *at == '*')
        at++;
    return at == end;
}
