// SPDX-License-Identifier: MIT
#include "value/fixture.h"

#include "value/value.h"

static const struct value *server(void)
{
    const struct value *ips[] = {
        value_text(&arena, "10.0.0.1"),
        value_text(&arena, "10.0.0.2"),
    };
    struct value_entry inner[] = {
        {"ip", value_list(&arena, ips, 2)},
        {"ipv", value_integer(&arena, 1)},
        {"ipv4", value_integer(&arena, 4)},
        {"1", value_text(&arena, "one")},
    };
    struct value_entry outer[] = {
        {"net", value_map(&arena, inner, 4)},
        {"whole", value_number(&arena, 40.0)},
        {"part", value_number(&arena, 0.5)},
        {"huge", value_number(&arena, 1e300)},
        {"on", value_bool(true)},
        {"name", value_text(&arena, "app")},
    };

    return value_map(&arena, outer, 6);
}

static void finds_keys(void **state)
{
    const struct value *map = server();

    (void) state;
    for (size_t i = 0; i < map->map.count; i++) {
        assert_ptr_equal(value_find(map, map->map.entries[i].key),
                         map->map.entries[i].value);
    }
    assert_null(value_find(map, "nam"));
    assert_null(value_find(map, "name2"));
    assert_null(value_find(map, ""));
    assert_null(value_find(NULL, "name"));
    assert_null(value_find(value_null(), "name"));
    assert_null(value_find(value_map(&arena, NULL, 0), "name"));
}

static void walks_paths(void **state)
{
    const struct value *map = server();

    (void) state;
    assert_true(value_is_text(value_find_path(map, "name"), "app"));
    assert_true(value_is_text(value_find_path(map, "net.ip.1"), "10.0.0.2"));
    assert_true(value_is_text(value_find_path(map, "net.1"), "one"));
    assert_int_equal(value_find_path(map, "net.ipv")->integer, 1);
    assert_int_equal(value_find_path(map, "net.ipv4")->integer, 4);
    assert_ptr_equal(value_find_path(map, ""), map);
    assert_null(value_find_path(NULL, "name"));
}

static void finds_nothing_on_wrong_paths(void **state)
{
    static const char *const wrong[] = {
        "net.i",      "net.ipv44", "net.ip.2", "net.ip.-1", "net.ip.x",
        "net.ip.1x",  "name.0",    ".name",    "net..ip",   "net.ip.99999999999999999999",
        "net.ip.0.0",
    };
    const struct value *map = server();

    (void) state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_null(value_find_path(map, wrong[i]));
    }
}

static void falls_back(void **state)
{
    const struct value *map = server();

    (void) state;
    assert_string_equal(value_find_text(map, "name", "none"), "app");
    assert_string_equal(value_find_text(map, "on", "none"), "none");
    assert_null(value_find_text(NULL, "name", NULL));
    assert_int_equal(value_find_integer(map, "whole", -1), 40);
    assert_int_equal(value_find_integer(map, "part", -1), -1);
    assert_int_equal(value_find_integer(map, "huge", -1), -1);
    assert_int_equal(value_find_integer(map, "name", -1), -1);
    assert_true(value_find_bool(map, "on", false));
    assert_true(value_find_bool(map, "off", true));
    assert_false(value_find_bool(map, "name", false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_keys),
        cmocka_unit_test(walks_paths),
        cmocka_unit_test(finds_nothing_on_wrong_paths),
        cmocka_unit_test(falls_back),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
