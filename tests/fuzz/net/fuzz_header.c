// SPDX-License-Identifier: MIT
//
// Whatever a server sends as header lines: names and values lie in the text they were put
// into, and what is learnt of a rate limit never stops us for longer than we allow.
#include "net/header.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/bucket.h"

#define MOST ((size_t) 64)

static void require(bool holds)
{
    if (!holds)
        abort();
}

static size_t add_lines(struct text *head, const char *bytes, size_t length)
{
    size_t count = 0;
    while (length > 0 && count < MOST) {
        const char *end = memchr(bytes, '\n', length);
        size_t line = end ? (size_t) (end - bytes) + 1 : length;
        count += header_add(head, bytes, line);
        bytes += line;
        length -= line;
    }
    return count;
}

static void learn(const struct http_reply *reply)
{
    struct bucket bucket = {0};
    require(bucket_take(&bucket, 1000) == 0);
    bucket_learn(&bucket, reply, 1000);
    require(!bucket.known || (isfinite(bucket.per_ms) && bucket.per_ms > 0));
    int64_t wait_ms = bucket_take(&bucket, 2000);
    require(wait_ms >= 0 && wait_ms <= 60001);
    bucket_block(&bucket, reply, 3000, 10, 90000);
    wait_ms = bucket_take(&bucket, 3000);
    require(wait_ms >= 10 && wait_ms <= 90000);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t length)
{
    struct text head;
    struct http_header headers[MOST];
    text_init(&head, 1 << 16);
    size_t count = add_lines(&head, (const char *) input, length);
    if (!head.overflow) {
        header_list(&head, headers, count);
        for (size_t i = 0; i < count; i++) {
            const char *value = headers[i].value, *end = head.bytes + head.length;
            require(headers[i].name >= head.bytes && value > headers[i].name);
            require(value + strlen(value) < end);
            require(strpbrk(headers[i].name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ:") == NULL);
        }
        const struct http_reply reply = {.headers = headers, .header_count = count};
        learn(&reply);
    }
    text_clear(&head);
    return 0;
}
