// SPDX-License-Identifier: MIT
#include "net/envelope.h"

#include <stdint.h>
#include <string.h>

struct cursor {
    const char *at;
    const char *end;
};

struct output {
    char *bytes;
    size_t length;
    size_t room; // without the NUL
};

static void skip_space(struct cursor *cursor)
{
    while (cursor->at < cursor->end && memchr(" \t\r\n", *cursor->at, 4))
        cursor->at++;
}

static bool take(struct cursor *cursor, char byte)
{
    skip_space(cursor);
    if (cursor->at >= cursor->end || *cursor->at != byte)
        return false;
    cursor->at++;
    return true;
}

// All of it or nothing, so that a character is never cut in the middle.
static void put(struct output *output, const char *bytes, size_t length)
{
    if (output->length + length > output->room) {
        output->room = output->length;
        return;
    }
    memcpy(output->bytes + output->length, bytes, length);
    output->length += length;
}

static bool take_hex(struct cursor *cursor, uint32_t *value)
{
    *value = 0;
    if (cursor->end - cursor->at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef";
        char byte = *cursor->at++;
        const char *found =
            byte ? strchr(digits, byte >= 'A' && byte <= 'F' ? byte | 32 : byte) : NULL;
        if (!found)
            return false;
        *value = *value << 4 | (uint32_t) (found - digits);
    }
    return true;
}

static void put_character(struct output *output, uint32_t code)
{
    char bytes[4];
    size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = length; i-- > 1; code >>= 6)
        bytes[i] = (char) (0x80 | (code & 0x3f));
    bytes[0] = (char) (lead[length] | code);
    put(output, bytes, length);
}

static bool take_unicode(struct cursor *cursor, struct output *output)
{
    uint32_t code, low;
    if (!take_hex(cursor, &code))
        return false;
    if (code >= 0xd800 && code < 0xdc00 && cursor->end - cursor->at >= 6 &&
        memcmp(cursor->at, "\\u", 2) == 0) {
        cursor->at += 2;
        if (!take_hex(cursor, &low) || low < 0xdc00 || low > 0xdfff)
            return false;
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    bool alone = code == 0 || (code >= 0xd800 && code < 0xe000);
    put_character(output, alone ? 0xfffd : code);
    return true;
}

static bool take_escape(struct cursor *cursor, struct output *output)
{
    static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    if (cursor->at >= cursor->end)
        return false;
    char byte = *cursor->at++;
    if (byte == 'u')
        return take_unicode(cursor, output);
    const char *found = byte ? strchr(names, byte) : NULL;
    if (found)
        put(output, &meant[found - names], 1);
    return found != NULL;
}

// A string; its beginning goes to `bytes`, which may be of size 1 to pass over it.
static bool take_string(struct cursor *cursor, char *bytes, size_t size)
{
    struct output output = {.bytes = bytes, .room = size - 1};
    if (!take(cursor, '"'))
        return false;
    while (cursor->at < cursor->end) {
        char byte = *cursor->at++;
        if (byte == '"') {
            bytes[output.length] = '\0';
            return true;
        }
        if (byte != '\\')
            put(&output, &byte, 1);
        else if (!take_escape(cursor, &output))
            return false;
    }
    return false;
}

// By counting brackets: depth costs nothing, and nobody relies on the rest being right.
static bool skip_value(struct cursor *cursor)
{
    char none[1];
    size_t depth = 0;
    do {
        skip_space(cursor);
        if (cursor->at >= cursor->end)
            return false;
        char byte = *cursor->at;
        if (byte == '"') {
            if (!take_string(cursor, none, sizeof none))
                return false;
            continue;
        }
        cursor->at++;
        if (byte == '{' || byte == '[')
            depth++;
        else if (byte == '}' || byte == ']')
            depth--;
        else if (byte != ',' && byte != ':')
            while (cursor->at < cursor->end && !memchr(",:]}\" \t\r\n", *cursor->at, 9))
                cursor->at++;
    } while (depth > 0);
    return true;
}

// From the beginning of an object to the value of one of its members.
static bool enter_member(struct cursor *cursor, const char *name)
{
    char key[16];
    if (!take(cursor, '{'))
        return false;
    do {
        if (!take_string(cursor, key, sizeof key) || !take(cursor, ':'))
            return false;
        if (strcmp(key, name) == 0)
            return true;
        if (!skip_value(cursor))
            return false;
    } while (take(cursor, ','));
    return false;
}

bool envelope_read(const char *body, size_t length, struct envelope *envelope)
{
    struct cursor inside = {body, body + length};
    envelope->code[0] = envelope->message[0] = '\0';
    if (!enter_member(&inside, "error"))
        return false;
    struct cursor at = inside;
    if (!enter_member(&at, "code") ||
        !take_string(&at, envelope->code, sizeof envelope->code)) {
        envelope->code[0] = '\0';
        return false;
    }
    at = inside;
    if (!enter_member(&at, "message") ||
        !take_string(&at, envelope->message, sizeof envelope->message))
        envelope->message[0] = '\0';
    return true;
}
