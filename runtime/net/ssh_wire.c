// SPDX-License-Identifier: MIT
#include "net/ssh_wire.h"

#include <string.h>

#define PADDING 64

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

struct ssh_wire ssh_wire_over(const void *bytes, size_t length)
{
    return (struct ssh_wire){.at = bytes, .left = length};
}

uint32_t ssh_wire_number(struct ssh_wire *wire)
{
    if (wire->bad || wire->left < 4) {
        wire->bad = true;
        return 0;
    }
    const unsigned char *at = wire->at;
    wire->at += 4;
    wire->left -= 4;
    return (uint32_t) at[0] << 24 | (uint32_t) at[1] << 16 | (uint32_t) at[2] << 8 |
           at[3];
}

const unsigned char *ssh_wire_string(struct ssh_wire *wire, size_t *length)
{
    *length = ssh_wire_number(wire);
    if (wire->bad || *length > wire->left) {
        wire->bad = true;
        *length = 0;
        return (const unsigned char *) "";
    }
    const unsigned char *string = wire->at;
    wire->at += *length;
    wire->left -= *length;
    return string;
}

void ssh_wire_put_number(struct text *text, uint32_t number)
{
    char bytes[4] = {(char) (number >> 24), (char) (number >> 16), (char) (number >> 8),
                     (char) number};
    text_add_bytes(text, bytes, sizeof bytes);
}

void ssh_wire_put_string(struct text *text, const void *bytes, size_t length)
{
    ssh_wire_put_number(text, (uint32_t) length);
    text_add_bytes(text, bytes, length);
}

const char *ssh_wire_key_type(struct arena *arena, const void *blob, size_t length)
{
    struct ssh_wire wire = ssh_wire_over(blob, length);
    size_t type_length = 0;
    const unsigned char *type = ssh_wire_string(&wire, &type_length);
    if (type_length > 64)
        return "";
    for (size_t i = 0; i < type_length; i++) {
        if (type[i] <= ' ' || type[i] > '~')
            return "";
    }
    return arena_copy(arena, (const char *) type, type_length);
}

char *ssh_wire_base64(struct arena *arena, const void *bytes, size_t length)
{
    const unsigned char *in = bytes;
    char *out = arena_alloc(arena, (length + 2) / 3 * 4 + 1);
    char *at = out;
    for (size_t i = 0; i < length; i += 3) {
        size_t here = length - i < 3 ? length - i : 3;
        uint32_t word = (uint32_t) in[i] << 16;
        word |= here > 1 ? (uint32_t) in[i + 1] << 8 : 0;
        word |= here > 2 ? in[i + 2] : 0;
        for (size_t k = 0; k < 4; k++)
            *at++ = alphabet[k <= here ? word >> (18 - 6 * k) & 63 : PADDING];
    }
    return out;
}

static int sextet(char byte)
{
    const char *found = byte ? strchr(alphabet, byte) : NULL;
    return found ? (int) (found - alphabet) : -1;
}

unsigned char *ssh_wire_unbase64(struct arena *arena, const char *text, size_t length,
                                 size_t *out_length)
{
    unsigned char *out = arena_alloc(arena, length / 4 * 3 + 4);
    size_t used = 0, count = 0, padding = 0;
    uint32_t word = 0;
    for (size_t i = 0; i < length; i++) {
        if (strchr(" \t\r\n", text[i]) && text[i])
            continue;
        int value = text[i] == '=' ? 0 : sextet(text[i]);
        if (value < 0 || (padding > 0 && text[i] != '='))
            return NULL;
        padding += text[i] == '=';
        word = word << 6 | (uint32_t) value;
        if (++count % 4 == 0) {
            out[used++] = (unsigned char) (word >> 16);
            out[used++] = (unsigned char) (word >> 8);
            out[used++] = (unsigned char) word;
        }
    }
    if (count % 4 != 0 || padding > 2 || padding > used)
        return NULL;
    *out_length = used - padding;
    return out;
}
