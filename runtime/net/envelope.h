// SPDX-License-Identifier: MIT
//
// The error envelope of vendors' APIs, {"error":{"code":…,"message":…}}, read without
// building anything: deciding about a repeat needs no more.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct envelope {
    char code[64];      // empty when there is none
    char message[1024]; // cut when longer
};

// False, and both empty, when the body is no such envelope.
bool envelope_read(const char *body, size_t length, struct envelope *envelope);
