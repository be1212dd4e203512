// SPDX-License-Identifier: MIT
#include "base/redact_form.h"

#include "base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

struct forming {
    redact_form_fn visit;
    void *context;
};

static void give(const struct forming *forming, const struct text *text)
{
    if (text->length >= REDACT_SHORTEST)
        forming->visit(forming->context, text->bytes, text->length);
}

static size_t count_characters(const char *bytes, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char) bytes[i] & 0xC0) != 0x80;
    return count;
}

// "-----BEGIN …" tells nothing that is secret.
static bool is_armour(const char *line, size_t length)
{
    static const char *const words[] = {"-----BEGIN ", "-----END "};
    for (size_t i = 0; i < 2; i++)
        if (length > strlen(words[i]) && strncmp(line, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

void redact_form_lines(const char *secret, size_t length, redact_form_fn visit,
                       void *context)
{
    const char *end = secret + length;
    while (secret < end) {
        const char *stop = memchr(secret, '\n', (size_t) (end - secret));
        size_t whole = (size_t) ((stop ? stop : end) - secret);
        size_t kept = whole > 0 && secret[whole - 1] == '\r' ? whole - 1 : whole;
        bool armour = is_armour(secret, kept);
        if (!armour && count_characters(secret, kept) >= REDACT_SHORTEST)
            visit(context, secret, kept);
        secret += whole + 1;
    }
}

static const char *const alphabets[] = {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
};

// The characters that the secret alone decides when it begins `shift` bytes behind a
// group of three: six bits each, none shared with what stands before or behind.
static void add_base64(struct text *out, const char *alphabet, const char *secret,
                       size_t length, size_t shift)
{
    const unsigned char *bytes = (const unsigned char *) secret;
    size_t first = (shift * 8 + 5) / 6, last = (shift + length) * 8 / 6;
    for (size_t i = first; i < last; i++) {
        size_t bit = i * 6 - shift * 8;
        unsigned pair = (unsigned) bytes[bit / 8] << 8;
        if (bit / 8 + 1 < length)
            pair |= bytes[bit / 8 + 1];
        text_add_char(out, alphabet[pair >> (10 - bit % 8) & 63]);
    }
}

static void give_base64(const struct forming *forming, const char *secret, size_t length)
{
    struct text text;
    text_init(&text, 0);
    for (size_t i = 0; i < 6; i++) {
        add_base64(&text, alphabets[i / 3], secret, length, i % 3);
        give(forming, &text);
        text_reset(&text);
    }
    text_clear(&text);
}

struct encoding {
    const char *hex;  // of the percent signs
    const char *kept; // beside letters and digits
    bool plus;        // for a blank, as forms have it
};

static void give_percent(const struct forming *forming, const char *secret, size_t length)
{
    static const struct encoding encodings[] = {
        {"0123456789ABCDEF", "-_.~", false},
        {"0123456789abcdef", "-_.~", false},
        {"0123456789ABCDEF", "*-._", true},
        {"0123456789ABCDEF", "-_.!~*'()", false},
        {"0123456789ABCDEF", "-_.!~*'();/?:@&=+$,#", false},
    };
    struct text text;
    text_init(&text, 0);
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++) {
        const struct encoding *encoding = &encodings[i];
        for (size_t k = 0; k < length; k++) {
            unsigned char byte = (unsigned char) secret[k];
            if (byte < 0x80 && (isalnum(byte) || (byte && strchr(encoding->kept, byte))))
                text_add_char(&text, (char) byte);
            else if (byte == ' ' && encoding->plus)
                text_add_char(&text, '+');
            else
                text_format(&text, "%%%c%c", encoding->hex[byte >> 4],
                            encoding->hex[byte & 15]);
        }
        give(forming, &text);
        text_reset(&text);
    }
    text_clear(&text);
}

static void add_unicode(struct text *out, const char *bytes, size_t length)
{
    unsigned point = (unsigned char) bytes[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++)
        point = point << 6 | ((unsigned char) bytes[i] & 0x3Fu);
    if (point >= 0x10000)
        text_format(out, "\\u%04x\\u%04x", 0xD7C0 + (point >> 10),
                    0xDC00 + (point & 0x3FF));
    else
        text_format(out, "\\u%04x", point);
}

static void add_json_byte(struct text *out, char byte, bool escapes_slash)
{
    static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *at = byte ? strchr(plain, byte) : NULL;
    if (at)
        text_format(out, "\\%c", letters[at - plain]);
    else if (byte == '/' && escapes_slash)
        text_add(out, "\\/");
    else if ((unsigned char) byte < 0x20)
        text_format(out, "\\u%04x", (unsigned char) byte);
    else
        text_add_char(out, byte);
}

// As it is written, with "\/", and with nothing but ASCII.
static void give_json(const struct forming *forming, const char *secret, size_t length)
{
    struct text text;
    text_init(&text, 0);
    for (int way = 0; way < 4; way++) {
        bool slash = way & 1, ascii = way & 2;
        for (size_t i = 0; i < length;) {
            size_t width = text_character_length(secret + i, length - i);
            if (ascii && width > 1)
                add_unicode(&text, secret + i, width);
            else
                for (size_t k = 0; k < (width ? width : 1); k++)
                    add_json_byte(&text, secret[i + k], slash);
            i += width ? width : 1;
        }
        give(forming, &text);
        text_reset(&text);
    }
    text_clear(&text);
}

// 'it'\''s', as a shell script quotes it.
static void give_quoted(const struct forming *forming, const char *secret, size_t length)
{
    struct text text;
    text_init(&text, 0);
    for (size_t i = 0; i < length; i++) {
        if (secret[i] == '\'')
            text_add(&text, "'\\''");
        else
            text_add_char(&text, secret[i]);
    }
    give(forming, &text);
    text_clear(&text);
}

static void give_text(void *context, const char *bytes, size_t length)
{
    const struct forming *forming = context;
    if (length < REDACT_SHORTEST)
        return;
    forming->visit(forming->context, bytes, length);
    give_percent(forming, bytes, length);
    give_json(forming, bytes, length);
    give_quoted(forming, bytes, length);
}

void redact_form_each(const char *secret, size_t length, redact_form_fn visit,
                      void *context)
{
    struct forming forming = {visit, context};
    if (length < REDACT_SHORTEST)
        return;
    give_text(&forming, secret, length);
    give_base64(&forming, secret, length);
    if (memchr(secret, '\n', length))
        redact_form_lines(secret, length, give_text, &forming);
}
