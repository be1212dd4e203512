// SPDX-License-Identifier: MIT
//
// A vendor's rate limit as its RateLimit headers tell it: a bucket that refills steadily.
// Times are of the monotonic clock. An origin that sends no such headers is not limited.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "net/http.h"

struct bucket {
    bool known;
    double tokens;
    double per_ms;
    double limit;
    int64_t counted_ms;       // when `tokens` was right
    int64_t blocked_until_ms; // after a 429
    int in_flight;
};

// How long until one more request may go; 0: it may go now, and is counted.
int64_t bucket_take(struct bucket *bucket, int64_t now_ms);
// After every bucket_take that gave 0, with its answer, be it without status.
void bucket_learn(struct bucket *bucket, const struct http_reply *reply, int64_t now_ms);
// After a 429: until when nothing goes, at most `longest_ms` from now, at least
// `least_ms`.
void bucket_block(struct bucket *bucket, const struct http_reply *reply, int64_t now_ms,
                  int64_t least_ms, int64_t longest_ms);
