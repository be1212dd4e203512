// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "command/drift_known.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
    struct arena arena;
    char folder[64];
    char path[96];
    struct cache *cache;
    struct fault fault;
};

static int begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    arena_init(&fixture->arena, 0);
    strcpy(fixture->folder, "/tmp/pipster-drift-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    snprintf(fixture->path, sizeof fixture->path, "%s/cache", fixture->folder);
    assert_true(cache_open(&fixture->cache, fixture->path, &fixture->fault));
    *state = fixture;
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    char command[128];
    cache_close(fixture->cache);
    arena_clear(&fixture->arena);
    snprintf(command, sizeof command, "rm -rf '%s'", fixture->folder);
    free(fixture);
    return system(command);
}

// What a look finds when these were judged and this one (or none) has drifted.
static bool is_new(struct fixture *fixture, const char *judged, const char *address,
                   const char *id)
{
    const char *looked[] = {judged};
    struct drift_item item = {.address = address, .field = "size", .id = id};
    const struct drift drift = {
        .items = &item,
        .item_count = address != NULL,
        .judged = looked,
        .judged_count = 1,
    };
    int64_t *since = NULL;
    if (!drift_known_update(&fixture->arena, fixture->cache, &drift, &since,
                            &fixture->fault))
        fail_msg("%s", fixture->fault.what);
    return address != NULL && since[0] == 0;
}

static void a_drift_is_new_once(void **state)
{
    assert_true(is_new(*state, "a/a", "a/a", "11"));
    assert_false(is_new(*state, "a/a", "a/a", "11"));
    assert_true(is_new(*state, "a/a", "a/a", "22")); // another value
}

static void what_went_away_is_new_when_it_comes_back(void **state)
{
    assert_true(is_new(*state, "a/a", "a/a", "11"));
    assert_false(is_new(*state, "a/a", NULL, NULL));
    assert_true(is_new(*state, "a/a", "a/a", "11"));
}

static void what_was_not_looked_at_stays_known(void **state)
{
    assert_true(is_new(*state, "a/a", "a/a", "11"));
    assert_true(is_new(*state, "b/b", "b/b", "33"));
    assert_false(is_new(*state, "a/a", "a/a", "11"));
    assert_false(is_new(*state, "b/b", "b/b", "33"));
}

static void a_spoilt_memory_is_begun_again(void **state)
{
    struct fixture *fixture = *state;
    assert_true(cache_put(fixture->cache, "drift", "[1,", &fixture->fault));
    assert_true(is_new(fixture, "a/a", "a/a", "11"));
    assert_true(cache_put(fixture->cache, "drift", "[1]", &fixture->fault));
    assert_true(is_new(fixture, "a/a", "a/a", "11"));
    assert_false(is_new(fixture, "a/a", "a/a", "11"));
}

static void without_a_cache_all_is_new(void **state)
{
    struct fixture *fixture = *state;
    struct cache *cache = fixture->cache;
    fixture->cache = NULL;
    assert_true(is_new(fixture, "a/a", "a/a", "11"));
    assert_true(is_new(fixture, "a/a", "a/a", "11"));
    fixture->cache = cache;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_drift_is_new_once, begin, end),
        cmocka_unit_test_setup_teardown(what_went_away_is_new_when_it_comes_back, begin,
                                        end),
        cmocka_unit_test_setup_teardown(what_was_not_looked_at_stays_known, begin, end),
        cmocka_unit_test_setup_teardown(a_spoilt_memory_is_begun_again, begin, end),
        cmocka_unit_test_setup_teardown(without_a_cache_all_is_new, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
