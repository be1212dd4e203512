// SPDX-License-Identifier: MIT
#include "view/value_view.h"

#include "base/redact.h"

#include <string.h>

#define LONGEST_TEXT 72

static void write_string(struct text *out, const char *bytes, size_t length)
{
    bool is_long = length > LONGEST_TEXT;
    size_t shown = is_long ? LONGEST_TEXT - 12 : length;
    while (is_long && shown > 0 && ((unsigned char) bytes[shown] & 0xc0) == 0x80)
        shown--;
    text_add_char(out, '"');
    for (size_t i = 0; i < shown; i++) {
        if (bytes[i] == '\n')
            text_add(out, "\\n");
        else if (bytes[i] == '"' || bytes[i] == '\\')
            text_format(out, "\\%c", bytes[i]);
        else
            text_add_char(out, bytes[i]);
    }
    if (is_long)
        text_format(out, "…\" (%zu bytes)", length);
    else
        text_add_char(out, '"');
}

// Redacted before it is cut, so that no half of a secret is left.
static void write_clean(struct text *out, const struct value *value)
{
    struct text text;
    text_init(&text, 0);
    text_add_bytes(&text, value->string.bytes, value->string.length);
    redact_text(&text);
    write_string(out, text.bytes, text.length);
    text_clear(&text);
}

static void write_list(struct text *out, const struct value *value)
{
    text_add_char(out, '[');
    for (size_t i = 0; i < value->list.count; i++) {
        if (i > 0)
            text_add(out, ", ");
        value_view_write(out, value->list.items[i]);
    }
    text_add_char(out, ']');
}

static void write_map(struct text *out, const struct value *value)
{
    // Of what a saved plan does not keep.
    int64_t size = value_find_integer(value, "$content", -1);
    if (size >= 0 && value->map.count == 1) {
        text_format(out, "(%lld bytes, not kept)", (long long) size);
        return;
    }
    text_add(out, value->map.count ? "{ " : "{");
    for (size_t i = 0; i < value->map.count; i++) {
        if (i > 0)
            text_add(out, ", ");
        text_format(out, "%s = ", value->map.entries[i].key);
        value_view_write(out, value->map.entries[i].value);
    }
    text_add(out, value->map.count ? " }" : "}");
}

void value_view_write(struct text *out, const struct value *value)
{
    if (!value) {
        text_add(out, "(none)");
        return;
    }
    switch (value->kind) {
    case VALUE_NULL:
        text_add(out, "(none)");
        break;
    case VALUE_BOOL:
        text_add(out, value->boolean ? "true" : "false");
        break;
    case VALUE_INTEGER:
        text_format(out, "%lld", (long long) value->integer);
        break;
    case VALUE_NUMBER:
        text_format(out, "%.15g", value->number);
        break;
    case VALUE_STRING:
        write_clean(out, value);
        break;
    case VALUE_LIST:
        write_list(out, value);
        break;
    case VALUE_MAP:
        write_map(out, value);
        break;
    case VALUE_SECRET:
        text_add(out, "(secret)");
        break;
    case VALUE_UNKNOWN:
    case VALUE_REFERENCE:
        text_add(out, value->reference.secret ? "(secret, known after apply)"
                                              : "(known after apply)");
        break;
    case VALUE_TEMPLATE:
        text_add(out, "(known after apply)");
        break;
    }
}

bool value_view_is_block(const struct value *value)
{
    return value && value->kind == VALUE_STRING &&
           memchr(value->string.bytes, '\n', value->string.length) != NULL;
}
