// SPDX-License-Identifier: MIT
//
// What an export holds once it was decrypted: any bytes are an entry within them, or
// none.
#include "store/secret_file.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena arena;
    struct secret_entry entry;
    arena_init(&arena, 0);
    if (secret_file_parse(&arena, (const char *) bytes, size, &entry)) {
        size_t words = strlen(entry.label) + strlen(entry.source) + 2;
        if (words + 2 + entry.length > size || entry.made_at_ms < 0 || !*entry.label)
            abort();
        if (entry.length > 0 &&
            memcmp(entry.bytes, bytes + size - entry.length, entry.length) != 0)
            abort();
    }
    arena_clear(&arena);
    return 0;
}
