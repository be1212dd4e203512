// SPDX-License-Identifier: MIT
//
// A credential goes to one origin: whatever a URL is, its origin has one spelling, which
// is its own origin, and no name or password is in it.
#include "net/origin.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t length)
{
    char origin[ORIGIN_SIZE], again[ORIGIN_SIZE];
    char *url = malloc(length + 1);
    require(url != NULL);
    memcpy(url, input, length);
    url[length] = '\0';
    if (origin_read(url, origin)) {
        require(strncmp(origin, "http://", 7) == 0 ||
                strncmp(origin, "https://", 8) == 0);
        require(strpbrk(strstr(origin, "://") + 3, "@/?#") == NULL);
        require(origin_read(origin, again) && strcmp(origin, again) == 0);
    } else {
        require(origin[0] == '\0');
    }
    free(url);
    return 0;
}
