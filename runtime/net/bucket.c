// SPDX-License-Identifier: MIT
#include "net/bucket.h"

#include "net/late_curl.h"

#include <stdlib.h>
#include <time.h>

#define HOUR_MS 3600000.0

static bool read_number(const struct http_reply *reply, const char *name, double *number)
{
    const char *value = http_header(reply, name);
    char *end = NULL;
    *number = value ? (double) strtoll(value, &end, 10) : 0;
    return value && end != value && *number >= 0;
}

// How long it is to the reset time, by the server's clock where it tells it: the two
// clocks need not agree.
static bool read_reset(const struct http_reply *reply, double *left_ms)
{
    double reset;
    if (!read_number(reply, "ratelimit-reset", &reset))
        return false;
    const char *date = http_header(reply, "date");
    time_t now = date ? curl_getdate(date, NULL) : -1;
    if (now == -1)
        now = time(NULL);
    *left_ms = (reset - (double) now) * 1000;
    return true;
}

int64_t bucket_take(struct bucket *bucket, int64_t now_ms)
{
    if (bucket->blocked_until_ms > now_ms)
        return bucket->blocked_until_ms - now_ms;
    if (bucket->known) {
        bucket->tokens += (double) (now_ms - bucket->counted_ms) * bucket->per_ms;
        if (bucket->tokens > bucket->limit)
            bucket->tokens = bucket->limit;
        bucket->counted_ms = now_ms;
        if (bucket->tokens < 1) {
            double wait_ms = (1 - bucket->tokens) / bucket->per_ms;
            return wait_ms < 60000 ? (int64_t) wait_ms + 1 : 60000;
        }
        bucket->tokens -= 1;
    }
    bucket->in_flight++;
    return 0;
}

void bucket_learn(struct bucket *bucket, const struct http_reply *reply, int64_t now_ms)
{
    double limit, remaining, left_ms;
    bucket->in_flight--;
    if (!read_number(reply, "ratelimit-limit", &limit) || limit < 1 ||
        !read_number(reply, "ratelimit-remaining", &remaining))
        return;
    bucket->known = true;
    bucket->limit = limit;
    // Those still under way were not counted by the server when it answered this one.
    bucket->tokens = remaining - bucket->in_flight;
    bucket->counted_ms = now_ms;
    bucket->per_ms = limit / HOUR_MS;
    // The reset time is when the bucket is full again.
    if (read_reset(reply, &left_ms) && left_ms > 0 && remaining < limit)
        bucket->per_ms = (limit - remaining) / left_ms;
}

void bucket_block(struct bucket *bucket, const struct http_reply *reply, int64_t now_ms,
                  int64_t least_ms, int64_t longest_ms)
{
    double wait_ms = 0, seconds;
    if (read_number(reply, "retry-after", &seconds))
        wait_ms = seconds * 1000;
    else
        (void) read_reset(reply, &wait_ms);
    if (wait_ms < (double) least_ms)
        wait_ms = (double) least_ms;
    if (wait_ms > (double) longest_ms)
        wait_ms = (double) longest_ms;
    int64_t until_ms = now_ms + (int64_t) wait_ms;
    if (until_ms > bucket->blocked_until_ms)
        bucket->blocked_until_ms = until_ms;
    bucket->tokens = bucket->tokens < 1 ? 1 : bucket->tokens; // the block says it all
}
