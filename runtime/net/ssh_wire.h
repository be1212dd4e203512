// SPDX-License-Identifier: MIT
//
// The bytes SSH is made of (RFC 4251): big-endian numbers and strings with their length
// in front, and base64, in which key files and known_hosts carry them.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"

// Reads forward; `bad` is set by the first thing that does not fit and stays.
struct ssh_wire {
    const unsigned char *at;
    size_t left;
    bool bad;
};

struct ssh_wire ssh_wire_over(const void *bytes, size_t length);
uint32_t ssh_wire_number(struct ssh_wire *wire);
// Borrowed from the wire; "" when bad.
const unsigned char *ssh_wire_string(struct ssh_wire *wire, size_t *length);

void ssh_wire_put_number(struct text *text, uint32_t number);
void ssh_wire_put_string(struct text *text, const void *bytes, size_t length);

// The type a public key blob begins with, "" when it is not one.
const char *ssh_wire_key_type(struct arena *arena, const void *blob, size_t length);

char *ssh_wire_base64(struct arena *arena, const void *bytes, size_t length);
// NULL when it is not base64. White space is passed over.
unsigned char *ssh_wire_unbase64(struct arena *arena, const char *text, size_t length,
                                 size_t *out_length);
