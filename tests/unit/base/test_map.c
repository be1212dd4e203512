// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/map.h"

#include <stdio.h>

static int things[5000];

static void finds_what_was_put(void **state)
{
    struct map map;
    char key[16];

    (void) state;
    map_init(&map);
    assert_null(map_find(&map, "k0"));
    for (int i = 0; i < 5000; i++) {
        snprintf(key, sizeof key, "k%d", i);
        map_put(&map, key, &things[i]);
    }
    assert_int_equal(map.count, 5000);
    for (int i = 0; i < 5000; i++) {
        snprintf(key, sizeof key, "k%d", i);
        assert_ptr_equal(map_find(&map, key), &things[i]);
        assert_string_equal(map.entries[i].key, key);
    }
    assert_false(map_has(&map, "k5000"));
    assert_false(map_has(&map, ""));
    map_clear(&map);
    assert_null(map_find(&map, "k0"));
    map_clear(&map);
}

static void replaces_in_place(void **state)
{
    struct map map;

    (void) state;
    map_init(&map);
    map_put(&map, "a", &things[0]);
    map_put(&map, "b", &things[1]);
    map_put(&map, "a", &things[2]);
    assert_int_equal(map.count, 2);
    assert_string_equal(map.entries[0].key, "a");
    assert_ptr_equal(map_find(&map, "a"), &things[2]);
    map_clear(&map);
}

static void tells_null_from_absent(void **state)
{
    struct map map;

    (void) state;
    map_init(&map);
    map_put(&map, "", NULL);
    assert_true(map_has(&map, ""));
    assert_null(map_find(&map, ""));
    assert_false(map_has(&map, "x"));
    map_clear(&map);
}

static void lends_keys_and_keeps_what_was_first(void **state)
{
    struct map map;
    const char *const key = "app";

    (void) state;
    map_init(&map);
    assert_null(map_add_lent(&map, key, &things[0]));
    assert_ptr_equal(map.entries[0].key, key);
    assert_ptr_equal(map_add_lent(&map, "app", &things[1]), &things[0]);
    assert_ptr_equal(map_find(&map, "app"), &things[0]);
    map_put(&map, "app", &things[2]);
    assert_ptr_equal(map_add_lent(&map, key, &things[3]), &things[2]);
    map_put(&map, "app", NULL);
    assert_null(map_add_lent(&map, key, &things[3]));
    assert_ptr_equal(map_find(&map, "app"), &things[3]);
    assert_int_equal(map.count, 1);
    map_clear(&map);
}

static void copies_its_keys(void **state)
{
    struct map map;
    char key[] = "app";

    (void) state;
    map_init(&map);
    map_put(&map, key, &things[0]);
    key[0] = 'x';
    assert_true(map_has(&map, "app"));
    assert_false(map_has(&map, "xpp"));
    map_clear(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_put),
        cmocka_unit_test(replaces_in_place),
        cmocka_unit_test(tells_null_from_absent),
        cmocka_unit_test(lends_keys_and_keeps_what_was_first),
        cmocka_unit_test(copies_its_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
