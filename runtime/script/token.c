// SPDX-License-Identifier: MIT
#include "script/token.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

struct reader {
    const char *at, *end;
    int line;
};

static bool has(const struct reader *reader, const char *text)
{
    size_t length = strlen(text);
    return (size_t) (reader->end - reader->at) >= length &&
           memcmp(reader->at, text, length) == 0;
}

static void step(struct reader *reader)
{
    reader->line += *reader->at == '\n';
    reader->at++;
}

// "[==[" → 2, or -1.
static int long_level(const struct reader *reader)
{
    const char *at = reader->at + 1;
    int level = 0;
    if (reader->at >= reader->end || *reader->at != '[')
        return -1;
    for (; at < reader->end && *at == '='; at++)
        level++;
    return at < reader->end && *at == '[' ? level : -1;
}

static bool closes(const struct reader *reader, int level)
{
    const char *at = reader->at;
    if (reader->end - at < level + 2 || *at++ != ']')
        return false;
    for (int i = 0; i < level; i++)
        if (*at++ != '=')
            return false;
    return *at == ']';
}

static void skip_long(struct reader *reader, int level)
{
    reader->at += level + 2;
    while (reader->at < reader->end && !closes(reader, level))
        step(reader);
    reader->at =
        reader->end - reader->at < level + 2 ? reader->end : reader->at + level + 2;
}

static void skip_quoted(struct reader *reader)
{
    char quote = *reader->at;
    step(reader);
    while (reader->at < reader->end && *reader->at != quote && *reader->at != '\n') {
        if (*reader->at == '\\' && reader->at + 1 < reader->end)
            step(reader);
        step(reader);
    }
    if (reader->at < reader->end && *reader->at == quote)
        step(reader);
}

static void skip_comment(struct reader *reader)
{
    reader->at += 2;
    int level = long_level(reader);
    if (level >= 0) {
        skip_long(reader, level);
        return;
    }
    while (reader->at < reader->end && *reader->at != '\n')
        step(reader);
}

static bool is_word(char c)
{
    return isalnum((unsigned char) c) || c == '_';
}

static size_t symbol_length(const struct reader *reader)
{
    static const char *const symbols[] = {
        "...", "..", "==", "~=", "<=", ">=", "//", "<<", ">>", "::"};
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
        if (has(reader, symbols[i]))
            return strlen(symbols[i]);
    return 1;
}

static void take(struct reader *reader, struct arena *arena, struct token *token)
{
    const char *from = reader->at;
    token->line = reader->line;
    token->text = "";
    if (*from == '"' || *from == '\'') {
        token->kind = TOKEN_STRING;
        skip_quoted(reader);
    } else if (long_level(reader) >= 0) {
        token->kind = TOKEN_STRING;
        skip_long(reader, long_level(reader));
    } else if (is_word(*from)) {
        bool digit = isdigit((unsigned char) *from) != 0;
        while (
            reader->at < reader->end &&
            (is_word(*reader->at) || (digit && *reader->at == '.' && !has(reader, ".."))))
            reader->at++;
        token->kind = digit ? TOKEN_NUMBER : TOKEN_NAME;
        token->text = arena_copy(arena, from, (size_t) (reader->at - from));
    } else {
        reader->at += symbol_length(reader);
        token->kind = TOKEN_SYMBOL;
        token->text = arena_copy(arena, from, (size_t) (reader->at - from));
    }
}

struct token *token_read(struct arena *arena, const char *bytes, size_t length,
                         size_t *count)
{
    struct reader reader = {bytes, bytes + length, 1};
    struct token *tokens = arena_alloc(arena, (length + 1) * sizeof *tokens);
    *count = 0;
    while (reader.at < reader.end) {
        if (has(&reader, "--"))
            skip_comment(&reader);
        else if (isspace((unsigned char) *reader.at))
            step(&reader);
        else
            take(&reader, arena, &tokens[(*count)++]);
    }
    return tokens;
}
