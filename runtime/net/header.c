// SPDX-License-Identifier: MIT
#include "net/header.h"

#include <string.h>

bool header_add(struct text *head, const char *line, size_t length)
{
    while (length > 0 && strchr("\r\n \t", line[length - 1]))
        length--;
    const char *colon = memchr(line, ':', length), *end = line + length;
    if (!colon || memchr(line, '\0', (size_t) (colon - line)))
        return false;
    for (const char *byte = line; byte < colon; byte++) {
        bool upper = *byte >= 'A' && *byte <= 'Z';
        text_add_char(head, upper ? (char) (*byte + 'a' - 'A') : *byte);
    }
    text_add_char(head, '\0');
    const char *value = colon + 1;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    text_add_bytes(head, value, strnlen(value, (size_t) (end - value)));
    text_add_char(head, '\0');
    return true;
}

void header_list(const struct text *head, struct http_header *headers, size_t count)
{
    const char *at = head->bytes;
    for (size_t i = 0; i < count; i++) {
        headers[i].name = at;
        at += strlen(at) + 1;
        headers[i].value = at;
        at += strlen(at) + 1;
    }
}
