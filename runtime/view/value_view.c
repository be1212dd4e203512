// SPDX-License-Identifier: MIT
#include "view/value_view.h"

#include "base/redact.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST_TEXT  72
#define MOST_LINES    2000
#define CONTEXT_LINES 2

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

struct line {
    const char *bytes;
    size_t length;
};

static size_t split_lines(const char *text, struct line **lines)
{
    size_t count = 0, capacity = 16;
    *lines = malloc(capacity * sizeof **lines);
    while (*lines && text && *text && count < MOST_LINES) {
        const char *end = strchr(text, '\n');
        size_t length = end ? (size_t) (end - text) : strlen(text);
        if (count == capacity) {
            capacity *= 2;
            struct line *larger = realloc(*lines, capacity * sizeof **lines);
            if (!larger)
                abort();
            *lines = larger;
        }
        (*lines)[count++] = (struct line){text, length};
        text += length + (end ? 1 : 0);
    }
    if (!*lines)
        abort();
    return count;
}

static bool same_line(struct line left, struct line right)
{
    return left.length == right.length &&
           memcmp(left.bytes, right.bytes, left.length) == 0;
}

// Lengths of the longest common subsequence of the ends of both, (n + 1) × (m + 1).
static unsigned short *common_lengths(const struct line *old, size_t n,
                                      const struct line *new, size_t m)
{
    unsigned short *table = calloc((n + 1) * (m + 1), sizeof *table);
    if (!table)
        abort();
    for (size_t i = n; i-- > 0;) {
        for (size_t j = m; j-- > 0;) {
            unsigned short down = table[(i + 1) * (m + 1) + j];
            unsigned short right = table[i * (m + 1) + j + 1];
            unsigned short longer = down > right ? down : right;
            table[i * (m + 1) + j] =
                same_line(old[i], new[j])
                    ? (unsigned short) (table[(i + 1) * (m + 1) + j + 1] + 1)
                    : longer;
        }
    }
    return table;
}

struct edit {
    char sign;
    struct line line;
};

static size_t list_edits(const struct line *old, size_t n, const struct line *new,
                         size_t m, struct edit *edits)
{
    unsigned short *table = common_lengths(old, n, new, m);
    size_t i = 0, j = 0, count = 0;
    while (i < n || j < m) {
        if (i < n && j < m && same_line(old[i], new[j])) {
            edits[count++] = (struct edit){' ', old[i++]};
            j++;
        } else if (i < n && (j == m || table[(i + 1) * (m + 1) + j] >=
                                           table[i * (m + 1) + j + 1])) {
            edits[count++] = (struct edit){'-', old[i++]};
        } else {
            edits[count++] = (struct edit){'+', new[j++]};
        }
    }
    free(table);
    return count;
}

static bool near_change(const struct edit *edits, size_t count, size_t at)
{
    size_t from = at < CONTEXT_LINES ? 0 : at - CONTEXT_LINES;
    for (size_t i = from; i < count && i <= at + CONTEXT_LINES; i++)
        if (edits[i].sign != ' ')
            return true;
    return false;
}

void value_view_diff(struct text *out, const char *before, const char *after, int indent)
{
    struct line *old, *new;
    size_t n = split_lines(before, &old), m = split_lines(after, &new);
    struct edit *edits = calloc(n + m + 1, sizeof *edits);
    if (!edits)
        abort();
    size_t count = list_edits(old, n, new, m, edits);
    bool gap = false;
    for (size_t i = 0; i < count; i++) {
        if (!near_change(edits, count, i)) {
            gap = true;
            continue;
        }
        if (gap)
            text_format(out, "%*s  …\n", indent, "");
        gap = false;
        text_format(out, "%*s%c %.*s\n", indent, "", edits[i].sign,
                    (int) edits[i].line.length, edits[i].line.bytes);
    }
    free(edits);
    free(old);
    free(new);
}
