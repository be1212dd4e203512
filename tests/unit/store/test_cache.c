// SPDX-License-Identifier: MIT
#include "store/fixture.h"

#include "store/cache.h"

static struct cache *open_cache(struct fixture *fixture)
{
    struct cache *cache = NULL;
    fixture_expect(fixture, cache_open(&cache, fixture->state, &fixture->fault));
    return cache;
}

static const char *get(struct fixture *fixture, struct cache *cache, const char *key)
{
    const char *text = NULL;
    int64_t read_at_ms = 0;
    fixture_expect(fixture, cache_get(cache, &fixture->arena, key, &text, &read_at_ms,
                                      &fixture->fault));
    if (text)
        assert_true(read_at_ms > 0);
    return text;
}

static void put(struct fixture *fixture, struct cache *cache, const char *key,
                const char *text)
{
    fixture_expect(fixture, cache_put(cache, key, text, &fixture->fault));
}

static void keeps_the_latest_text(void **state)
{
    struct fixture *fixture = *state;
    struct cache *cache = open_cache(fixture), *other = open_cache(fixture);
    assert_null(get(fixture, cache, "prices"));
    put(fixture, cache, "prices", "{}");
    put(fixture, other, "prices", "{\"a\":1}");
    assert_string_equal(get(fixture, cache, "prices"), "{\"a\":1}");
    cache_close(other);
    cache_close(cache);
    cache = open_cache(fixture);
    assert_string_equal(get(fixture, cache, "prices"), "{\"a\":1}");
    cache_close(cache);
    cache_close(NULL);
}

static void a_damaged_cache_is_begun_again(void **state)
{
    struct fixture *fixture = *state;
    struct cache *cache = open_cache(fixture);
    put(fixture, cache, "prices", "{}");
    cache_close(cache);
    FILE *file = fopen(fixture->state, "w");
    fputs("this is no database, and it is longer than a header would be, well over a "
          "hundred bytes in all",
          file);
    fclose(file);
    cache = open_cache(fixture);
    assert_null(get(fixture, cache, "prices"));
    put(fixture, cache, "prices", "{}");
    assert_string_equal(get(fixture, cache, "prices"), "{}");
    cache_close(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(keeps_the_latest_text),
        fixture_test(a_damaged_cache_is_begun_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
