// SPDX-License-Identifier: MIT
//
// Growing copies by hand instead of realloc(), which would leave the old bytes, maybe a
// secret's, behind in freed memory.
#include "base/text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_SMALLEST ((size_t) 64)

static char *take_memory(size_t size)
{
    char *bytes = malloc(size);

    if (!bytes) {
        fputs("pipster: out of memory\n", stderr);
        abort();
    }
    return bytes;
}

void text_init(struct text *text, size_t ceiling)
{
    text->capacity = TEXT_SMALLEST;
    text->bytes = take_memory(text->capacity);
    text->bytes[0] = '\0';
    text->length = 0;
    text->ceiling = ceiling ? ceiling : TEXT_CEILING;
    text->overflow = false;
}

void text_clear(struct text *text)
{
    if (text->bytes) {
        explicit_bzero(text->bytes, text->capacity);
    }
    free(text->bytes);
    text->bytes = NULL;
    text->length = 0;
    text->capacity = 0;
}

void text_reset(struct text *text)
{
    explicit_bzero(text->bytes, text->capacity);
    text->length = 0;
    text->overflow = false;
}

static void grow(struct text *text, size_t needed)
{
    size_t capacity = text->capacity;
    char *bytes;

    while (capacity < needed) {
        capacity *= 2;
    }
    bytes = take_memory(capacity);
    memcpy(bytes, text->bytes, text->length + 1);
    explicit_bzero(text->bytes, text->capacity);
    free(text->bytes);
    text->bytes = bytes;
    text->capacity = capacity;
}

// Makes room for `length` more bytes, or for as many as the ceiling leaves.
static size_t make_room(struct text *text, size_t length)
{
    size_t left = text->overflow ? 0 : text->ceiling - text->length;

    if (length > left) {
        length = left;
        text->overflow = true;
    }
    if (text->length + length + 1 > text->capacity) {
        grow(text, text->length + length + 1);
    }
    return length;
}

void text_add(struct text *text, const char *string)
{
    text_add_bytes(text, string, strlen(string));
}

void text_add_bytes(struct text *text, const char *bytes, size_t length)
{
    length = make_room(text, length);
    if (length) {
        memcpy(text->bytes + text->length, bytes, length);
        text->length += length;
        text->bytes[text->length] = '\0';
    }
}

void text_add_char(struct text *text, char byte)
{
    text_add_bytes(text, &byte, 1);
}

// Every row and every key of a price has some: not by way of printf.
void text_add_integer(struct text *text, int64_t integer)
{
    char digits[sizeof "-9223372036854775808"];
    char *end = digits + sizeof digits, *at = end;
    uint64_t left = integer < 0 ? 0 - (uint64_t) integer : (uint64_t) integer;

    do {
        *--at = (char) ('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (integer < 0) {
        *--at = '-';
    }
    text_add_bytes(text, at, (size_t) (end - at));
}

void text_format(struct text *text, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    text_vformat(text, format, arguments);
    va_end(arguments);
}

void text_vformat(struct text *text, const char *format, va_list arguments)
{
    va_list again;
    size_t room;
    int length;

    va_copy(again, arguments);
    length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    assert(length >= 0);
    room = make_room(text, (size_t) length);
    vsnprintf(text->bytes + text->length, room + 1, format, arguments);
    text->length += room;
}

void text_drop(struct text *text, size_t length)
{
    size_t left;

    assert(length <= text->length);
    left = text->length - length;
    memmove(text->bytes, text->bytes + length, left + 1);
    explicit_bzero(text->bytes + left + 1, length);
    text->length = left;
}

char *text_take(struct text *text)
{
    char *bytes = text->bytes;

    text_init(text, text->ceiling);
    return bytes;
}

// The well-formed sequences of the Unicode standard, table 3-7; third and fourth bytes
// are always 80 to BF.
static const struct {
    unsigned char lead_first, lead_last, second_first, second_last;
    size_t length;
} forms[] = {
    {0x00, 0x7F, 0x00, 0xFF, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
    {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
    {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

size_t text_character_length(const char *bytes, size_t left)
{
    const unsigned char *byte = (const unsigned char *) bytes;
    size_t form = 0;

    if (!left) {
        return 0;
    }
    while (byte[0] < forms[form].lead_first || byte[0] > forms[form].lead_last) {
        if (++form == sizeof forms / sizeof *forms) {
            return 0;
        }
    }
    if (forms[form].length == 1) {
        return 1;
    }
    if (left < forms[form].length || byte[1] < forms[form].second_first ||
        byte[1] > forms[form].second_last) {
        return 0;
    }
    for (size_t i = 2; i < forms[form].length; i++) {
        if ((byte[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return forms[form].length;
}
