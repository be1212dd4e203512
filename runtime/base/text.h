// SPDX-License-Identifier: MIT
//
// A growing byte buffer with a ceiling, always NUL-ended behind its length. Going over
// the ceiling sets `overflow` and drops the rest: check it once, at the end.
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    char *bytes; // never NULL after text_init
    size_t length;
    size_t capacity;
    size_t ceiling;
    bool overflow;
};

#define TEXT_CEILING ((size_t) 256 << 20)

// A ceiling of 0 means TEXT_CEILING.
void text_init(struct text *text, size_t ceiling);

// Wipes and frees.
void text_clear(struct text *text);

// Empties, wipes, keeps the memory.
void text_reset(struct text *text);

void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const char *bytes, size_t length);
void text_add_char(struct text *text, char byte);
void text_add_integer(struct text *text, int64_t integer);
void text_format(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void text_vformat(struct text *text, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

// Removes the first `length` bytes.
void text_drop(struct text *text, size_t length);

// The caller owns the bytes (free()); the text is as after text_init.
char *text_take(struct text *text);

// The length of the UTF-8 character that begins at `bytes`, of which `left` are there;
// 0 when it is none. Overlong forms, surrogates and what lies beyond U+10FFFF are none.
size_t text_character_length(const char *bytes, size_t left);
