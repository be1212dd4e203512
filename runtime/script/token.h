// SPDX-License-Identifier: MIT
//
// The words of a Lua text, as far as somebody who only reads it needs them.
#pragma once

#include <stddef.h>

#include "base/arena.h"

enum token_kind { TOKEN_NAME, TOKEN_NUMBER, TOKEN_STRING, TOKEN_SYMBOL };

struct token {
    enum token_kind kind;
    const char *text; // of a string: nothing
    int line;         // that it begins on
};

// Comments are left out. A text that is no Lua gives some words all the same.
struct token *token_read(struct arena *arena, const char *bytes, size_t length,
                         size_t *count);
