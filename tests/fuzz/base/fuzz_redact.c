// SPDX-License-Identifier: MIT
//
// Secrets and an output out of any bytes: what comes out holds none of them, in no shape,
// and an output without one comes out as it was.
#include "base/redact.h"

#include "base/redact_form.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void expect_gone(void *context, const char *bytes, size_t length)
{
    const struct text *text = context;
    // One that "(secret)" itself completes is none that was there.
    if (memmem(text->bytes, text->length, bytes, length) &&
        !memmem(REDACT_SHOWN, strlen(REDACT_SHOWN), bytes, 1) &&
        !memmem(REDACT_SHOWN, strlen(REDACT_SHOWN), bytes + length - 1, 1))
        abort();
}

static void add_form(void *context, const char *bytes, size_t length)
{
    struct text *output = context;
    text_add_bytes(output, bytes, length);
    text_add_char(output, ' ');
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *input = (const char *) bytes, *secrets[4];
    size_t lengths[4], count = 0;
    struct text output, given;
    while (count < 4 && size > 0) {
        lengths[count] = (size_t) (unsigned char) *input % 40;
        if (lengths[count] >= size)
            break;
        secrets[count] = input + 1;
        input += lengths[count] + 1;
        size -= lengths[count] + 1;
        redact_add(secrets[count], lengths[count]);
        count++;
    }
    text_init(&output, 0);
    text_init(&given, 0);
    text_add_bytes(&output, input, size);
    for (size_t i = 0; i < count; i++)
        redact_form_each(secrets[i], lengths[i], add_form, &output);
    text_add_bytes(&given, output.bytes, output.length);
    bool found = redact_text(&output);
    if (!found && (given.length != output.length ||
                   memcmp(given.bytes, output.bytes, given.length) != 0))
        abort();
    for (size_t i = 0; i < count && !redact_is_empty(); i++) {
        struct fault fault;
        if (redact_check("x", secrets[i], lengths[i], &fault))
            redact_form_each(secrets[i], lengths[i], expect_gone, &output);
    }
    text_clear(&given);
    text_clear(&output);
    redact_clear();
    return 0;
}
