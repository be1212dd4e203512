// SPDX-License-Identifier: MIT
//
// Writing by hand and not by yajl_gen, which ends at 128 levels, prints doubles with 20
// digits and cannot take the ready JSON that a json_secret_fn gives.
#include "value/json.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xEF\xBF\xBD" // U+FFFD
#define NUMBER_SIZE 32

struct writer {
    struct text *out;
    json_secret_fn secret;
    void *context;
    bool pretty;
    size_t depth;
};

static void write_value(struct writer *writer, const struct value *value);

static void write_character(struct text *out, const char *bytes, size_t length)
{
    static const char shorts[] = "\b\t\n\f\r\"\\";
    static const char letters[] = "btnfr\"\\";
    const char *found = *bytes ? strchr(shorts, *bytes) : NULL;

    if (!length) {
        text_add(out, REPLACEMENT);
    } else if (found) {
        text_add_char(out, '\\');
        text_add_char(out, letters[found - shorts]);
    } else if ((unsigned char) *bytes < ' ') {
        text_format(out, "\\u%04x", (unsigned) *bytes);
    } else {
        text_add_bytes(out, bytes, length);
    }
}

// How many bytes from here on are ASCII that needs no escape.
static size_t plain_length(const char *bytes, size_t length)
{
    size_t count = 0;

    while (count < length && (unsigned char) bytes[count] >= ' ' &&
           (unsigned char) bytes[count] < 0x80 && bytes[count] != '"' &&
           bytes[count] != '\\') {
        count++;
    }
    return count;
}

// Bytes that are no UTF-8 become U+FFFD: JSON has no way to say them.
static void write_string(struct text *out, const char *bytes, size_t length)
{
    text_add_char(out, '"');
    for (size_t i = 0; i < length;) {
        size_t step = plain_length(bytes + i, length - i);
        text_add_bytes(out, bytes + i, step);
        i += step;
        if (i < length) {
            step = text_character_length(bytes + i, length - i);
            write_character(out, bytes + i, step);
            i += step ? step : 1;
        }
    }
    text_add_char(out, '"');
}

static void write_text(struct text *out, const char *text)
{
    write_string(out, text, strlen(text));
}

// With a point as the locale "C" has it, and with the fewest digits that read back the
// same.
static void write_fraction(struct text *out, double number)
{
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t) 0);
    locale_t old = uselocale(plain);
    char digits[NUMBER_SIZE];
    int precision = isnormal(number) ? 15 : 1; // subnormals have fewer digits to give

    do {
        snprintf(digits, sizeof digits, "%.*g", precision, number);
    } while (strtod(digits, NULL) != number && precision++ < 17);
    uselocale(old);
    freelocale(plain);
    text_add(out, digits);
}

// A whole number is written as the integer it equals; JSON has no word for NaN and
// infinity.
static void write_number(struct text *out, double number)
{
    if (!isfinite(number)) {
        text_add(out, "null");
    } else if (number >= -0x1p63 && number < 0x1p63 && number == trunc(number)) {
        text_add_integer(out, (int64_t) number);
    } else {
        write_fraction(out, number);
    }
}

static void write_break(struct writer *writer)
{
    if (writer->pretty) {
        text_add_char(writer->out, '\n');
        for (size_t i = 0; i < writer->depth; i++) {
            text_add(writer->out, "  ");
        }
    }
}

// Opens with the first item, else separates.
static void write_joint(struct writer *writer, char open, bool is_first)
{
    text_add_char(writer->out, is_first ? open : ',');
    writer->depth += is_first;
    write_break(writer);
}

static void write_close(struct writer *writer, char close)
{
    writer->depth--;
    write_break(writer);
    text_add_char(writer->out, close);
}

static void write_list(struct writer *writer, const struct value *value)
{
    if (!value->list.count) {
        text_add(writer->out, "[]");
        return;
    }
    for (size_t i = 0; i < value->list.count; i++) {
        write_joint(writer, '[', i == 0);
        write_value(writer, value->list.items[i]);
    }
    write_close(writer, ']');
}

static void write_map(struct writer *writer, const struct value *value)
{
    if (!value->map.count) {
        text_add(writer->out, "{}");
        return;
    }
    for (size_t i = 0; i < value->map.count; i++) {
        write_joint(writer, '{', i == 0);
        write_text(writer->out, value->map.entries[i].key);
        text_add(writer->out, writer->pretty ? ": " : ":");
        write_value(writer, value->map.entries[i].value);
    }
    write_close(writer, '}');
}

// Whether json_read finds the same two parts in "ADDRESS.PATH": it splits at the first
// point behind the first slash.
static bool splits_alike(const char *address, const char *path)
{
    const char *slash = strchr(address, '/');

    return !(slash && strchr(slash, '.')) && (slash || !*path);
}

// {"$unknown":"ADDRESS.PATH"}, or ["ADDRESS","PATH"] where that could be misread, or
// ["ADDRESS","PATH","secret"].
static void write_pointer(struct writer *writer, const struct value *value)
{
    const char *address = value->reference.address;
    const char *path = value->reference.path;
    bool is_unknown = value->kind == VALUE_UNKNOWN;
    struct text joined;

    text_add(writer->out, is_unknown ? "{\"$unknown\":" : "{\"$reference\":");
    if (!value->reference.secret && splits_alike(address, path)) {
        text_init(&joined, 0);
        text_format(&joined, "%s%s%s", address, *path ? "." : "", path);
        write_string(writer->out, joined.bytes, joined.length);
        text_clear(&joined);
    } else {
        text_add_char(writer->out, '[');
        write_text(writer->out, address);
        text_add_char(writer->out, ',');
        write_text(writer->out, path);
        text_add(writer->out, value->reference.secret ? ",\"secret\"]" : "]");
    }
    text_add_char(writer->out, '}');
}

static void write_template(struct writer *writer, const struct value *value)
{
    bool pretty = writer->pretty;

    writer->pretty = false;
    text_add(writer->out, "{\"$template\":");
    write_list(writer, value);
    text_add_char(writer->out, '}');
    writer->pretty = pretty;
}

static void write_secret(struct writer *writer, const struct value *value)
{
    if (writer->secret) {
        writer->secret(writer->context, writer->out, value);
        return;
    }
    text_add(writer->out, "{\"$secret\":");
    write_text(writer->out, value->secret.label);
    text_add_char(writer->out, '}');
}

static void write_value(struct writer *writer, const struct value *value)
{
    switch (value ? value->kind : VALUE_NULL) {
    case VALUE_NULL:
        text_add(writer->out, "null");
        break;
    case VALUE_BOOL:
        text_add(writer->out, value->boolean ? "true" : "false");
        break;
    case VALUE_INTEGER:
        text_add_integer(writer->out, value->integer);
        break;
    case VALUE_NUMBER:
        write_number(writer->out, value->number);
        break;
    case VALUE_STRING:
        write_string(writer->out, value->string.bytes, value->string.length);
        break;
    case VALUE_LIST:
        write_list(writer, value);
        break;
    case VALUE_MAP:
        write_map(writer, value);
        break;
    case VALUE_UNKNOWN:
    case VALUE_REFERENCE:
        write_pointer(writer, value);
        break;
    case VALUE_TEMPLATE:
        write_template(writer, value);
        break;
    case VALUE_SECRET:
        write_secret(writer, value);
        break;
    }
}

void json_write(struct text *out, const struct value *value, json_secret_fn secret,
                void *context)
{
    struct writer writer = {.out = out, .secret = secret, .context = context};

    write_value(&writer, value);
}

void json_write_pretty(struct text *out, const struct value *value)
{
    struct writer writer = {.out = out, .pretty = true};

    write_value(&writer, value);
}
