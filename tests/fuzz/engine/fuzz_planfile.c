// SPDX-License-Identifier: MIT
//
// Two saved plans, separated by a NUL, each given an end whose checksum holds (the bytes
// are tried as they are, too): what is read is written and read again unchanged, and is
// compared with anything.
#include "engine/planfile_compare.h"

#include "engine/planfile_decode.h"
#include "engine/planfile_encode.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void require(bool holds)
{
    if (!holds)
        abort();
}

static bool decode(struct arena *arena, const struct text *text, struct planfile *file)
{
    struct fault fault = {0};
    if (planfile_decode(arena, text->bytes, text->length, file, &fault))
        return true;
    require(fault_is_set(&fault) && fault.what[0] != '\0' && fault.next[0] != '\0');
    return false;
}

static void encode(struct text *text, const struct planfile *file)
{
    text_reset(text);
    planfile_encode(text, file);
    planfile_encode_end(text, file, NULL);
}

static bool read_one(struct arena *arena, const char *bytes, size_t length,
                     struct planfile *file)
{
    struct text text, once;
    struct planfile again;
    const struct planfile none = {0};
    text_init(&text, 0);
    text_init(&once, 0);
    text_add_bytes(&text, bytes, length);
    if (length > 0 && bytes[length - 1] != '\n')
        text_add_char(&text, '\n');
    planfile_encode_end(&text, &none, NULL);
    bool read = decode(arena, &text, file);
    if (read) {
        encode(&once, file);
        require(decode(arena, &once, &again));
        encode(&text, &again);
        require(text.length == once.length &&
                memcmp(text.bytes, once.bytes, text.length) == 0);
    }
    text_clear(&once);
    text_clear(&text);
    return read;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t length)
{
    struct arena arena;
    struct planfile left, right, raw;
    struct fault fault = {0};
    const char *bytes = (const char *) input;
    size_t first = strnlen(bytes, length);
    size_t second = first < length ? first + 1 : length;
    arena_init(&arena, 0);
    (void) !planfile_decode(&arena, bytes, length, &raw, &fault);
    if (read_one(&arena, bytes, first, &left) &&
        read_one(&arena, bytes + second, length - second, &right))
        require(planfile_compare(&left, &right, NULL, &fault) ||
                fault.kind == FAULT_STALE);
    arena_clear(&arena);
    return 0;
}
