// SPDX-License-Identifier: MIT
//
// Any body is an answer: reading its envelope ends, keeps to the bytes there are, and
// gives whole texts or empty ones.
#include "net/envelope.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t length)
{
    struct envelope envelope;
    memset(&envelope, 'x', sizeof envelope);
    bool is_one = envelope_read((const char *) input, length, &envelope);
    require(memchr(envelope.code, '\0', sizeof envelope.code) != NULL);
    require(memchr(envelope.message, '\0', sizeof envelope.message) != NULL);
    require(is_one || (envelope.code[0] == '\0' && envelope.message[0] == '\0'));
    return 0;
}
