// SPDX-License-Identifier: MIT
#include "view/markdown.h"

#include <string.h>

#include "base/text.h"

static bool ends_line(char letter)
{
    return letter == '\n' || letter == '\r';
}

const char *markdown_plain(struct arena *arena, const char *text)
{
    struct text out;
    text_init(&out, 0);
    for (; *text; text++) {
        if (ends_line(*text)) {
            text_add_char(&out, ' ');
            continue;
        }
        // A mention is broken by an empty comment, all else by a backslash.
        if (*text == '@')
            text_add(&out, "@<!-- -->");
        else if (strchr("\\`*_[]<#|~$&", *text))
            text_format(&out, "\\%c", *text);
        else
            text_add_char(&out, *text);
    }
    const char *kept = arena_copy(arena, out.bytes, out.length);
    text_clear(&out);
    return kept;
}

// The longest run of backticks in it, and one more, end it.
static size_t fence_of(const char *text)
{
    size_t longest = 0;
    for (; *text; text++) {
        size_t run = strspn(text, "`");
        longest = run > longest ? run : longest;
        text += run > 0 ? run - 1 : 0;
    }
    return longest + 1;
}

const char *markdown_code(struct arena *arena, const char *text)
{
    struct text out;
    size_t fence = fence_of(text);
    const char *pad = fence > 1 ? " " : "";
    text_init(&out, 0);
    for (size_t i = 0; i < fence; i++)
        text_add_char(&out, '`');
    text_add(&out, pad);
    for (; *text; text++)
        text_add_char(&out, ends_line(*text) ? ' ' : *text);
    text_add(&out, pad);
    for (size_t i = 0; i < fence; i++)
        text_add_char(&out, '`');
    const char *kept = arena_copy(arena, out.bytes, out.length);
    text_clear(&out);
    return kept;
}
