// SPDX-License-Identifier: MIT
#include "net/bucket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NOW      "Sun, 22 Nov 2026 10:00:00 GMT"
#define NOW_UNIX 1795341600

static void learn(struct bucket *bucket, const char *remaining, const char *reset,
                  int64_t now_ms)
{
    struct http_header headers[] = {
        {"date", NOW},
        {"ratelimit-limit", "3600"},
        {"ratelimit-remaining", remaining},
        {"ratelimit-reset", reset},
    };
    struct http_reply reply = {.headers = headers, .header_count = 4};
    bucket_learn(bucket, &reply, now_ms);
}

static void without_headers_nothing_is_limited(void **state)
{
    (void) state;
    struct bucket bucket = {0};
    struct http_reply reply = {0};
    for (int i = 0; i < 5000; i++)
        assert_int_equal(bucket_take(&bucket, 1000), 0);
    for (int i = 0; i < 5000; i++)
        bucket_learn(&bucket, &reply, 1000);
    assert_int_equal(bucket.in_flight, 0);
}

static void an_empty_bucket_refills_until_its_reset(void **state)
{
    (void) state;
    struct bucket bucket = {0};
    assert_int_equal(bucket_take(&bucket, 1000), 0);
    learn(&bucket, "2", "1795345198", 1000); // full in 3598 s: one a second
    assert_int_equal(bucket_take(&bucket, 1000), 0);
    assert_int_equal(bucket_take(&bucket, 1000), 0);
    int64_t wait_ms = bucket_take(&bucket, 1000);
    assert_in_range(wait_ms, 999, 1002);
    assert_int_equal(bucket_take(&bucket, 1000 + wait_ms), 0);
}

static void what_is_under_way_is_counted_off(void **state)
{
    (void) state;
    struct bucket bucket = {0};
    for (int i = 0; i < 4; i++)
        assert_int_equal(bucket_take(&bucket, 1000), 0);
    learn(&bucket, "3", "1795345197", 1000); // three others will need these
    assert_true(bucket_take(&bucket, 1000) > 0);
}

static void a_block_ends_at_the_reset_by_the_servers_clock(void **state)
{
    (void) state;
    struct bucket bucket = {0};
    struct http_header headers[] = {{"date", NOW}, {"ratelimit-reset", "1795341605"}};
    struct http_reply reply = {.headers = headers, .header_count = 2};
    bucket_block(&bucket, &reply, 1000, 10, 60000);
    assert_int_equal(bucket_take(&bucket, 1000), 5000);
    assert_int_equal(bucket_take(&bucket, 6000), 0);
    bucket_block(&bucket, &reply, 6000, 10, 2000); // at most
    assert_int_equal(bucket_take(&bucket, 6000), 2000);
}

static void nonsense_headers_are_passed_over(void **state)
{
    (void) state;
    struct bucket bucket = {0};
    assert_int_equal(bucket_take(&bucket, 1000), 0);
    learn(&bucket, "many", "soon", 1000);
    assert_false(bucket.known);
    assert_int_equal(bucket_take(&bucket, 1000), 0);
    learn(&bucket, "-5", "-1", 1000);
    assert_false(bucket.known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_headers_nothing_is_limited),
        cmocka_unit_test(an_empty_bucket_refills_until_its_reset),
        cmocka_unit_test(what_is_under_way_is_counted_off),
        cmocka_unit_test(a_block_ends_at_the_reset_by_the_servers_clock),
        cmocka_unit_test(nonsense_headers_are_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
