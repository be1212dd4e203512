// SPDX-License-Identifier: MIT
#include "value/escape.h"

#include <string.h>

static void add_shell(struct text *out, const char *bytes, size_t length)
{
    text_add_char(out, '\'');
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '\'')
            text_add(out, "'\\''");
        else
            text_add_char(out, bytes[i]);
    }
    text_add_char(out, '\'');
}

static void add_json(struct text *out, const char *bytes, size_t length)
{
    text_add_char(out, '"');
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char) bytes[i];
        if (byte == '"' || byte == '\\')
            text_format(out, "\\%c", byte);
        else if (byte == '\n')
            text_add(out, "\\n");
        else if (byte < 0x20 || byte == 0x7f)
            text_format(out, "\\u%04x", byte);
        else
            text_add_char(out, (char) byte);
    }
    text_add_char(out, '"');
}

static void add_html(struct text *out, const char *bytes, size_t length)
{
    static const char special[] = "&<>\"'";
    static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    for (size_t i = 0; i < length; i++) {
        const char *at = bytes[i] != '\0' ? strchr(special, bytes[i]) : NULL;
        if (at != NULL)
            text_add(out, names[at - special]);
        else
            text_add_char(out, bytes[i]);
    }
}

bool escape_add(struct text *out, const char *how, const char *bytes, size_t length)
{
    if (strcmp(how, "none") == 0)
        text_add_bytes(out, bytes, length);
    else if (strcmp(how, "shell") == 0)
        add_shell(out, bytes, length);
    else if (strcmp(how, "json") == 0)
        add_json(out, bytes, length);
    else if (strcmp(how, "html") == 0)
        add_html(out, bytes, length);
    else
        return false;
    return true;
}
