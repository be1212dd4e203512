// SPDX-License-Identifier: MIT
//
// Any bytes give words that lie in order, each on a line of the text, with the words'
// own bytes; comments and strings give none of theirs.
#include "script/token.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena arena;
    size_t count, lines = 1;
    arena_init(&arena, 0);
    for (size_t i = 0; i < size; i++)
        lines += bytes[i] == '\n';
    const struct token *tokens = token_read(&arena, (const char *) bytes, size, &count);
    require(count <= size);
    for (size_t i = 0; i < count; i++) {
        require(tokens[i].line >= (i > 0 ? tokens[i - 1].line : 1));
        require((size_t) tokens[i].line <= lines);
        require((tokens[i].kind == TOKEN_STRING) == (tokens[i].text[0] == '\0') ||
                tokens[i].kind == TOKEN_SYMBOL);
    }
    arena_clear(&arena);
    return 0;
}
