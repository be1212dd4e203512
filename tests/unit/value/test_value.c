// SPDX-License-Identifier: MIT
#include "value/fixture.h"

#include "value/value.h"

#include <math.h>
#include <string.h>

static const struct value *text(const char *bytes)
{
    return value_text(&arena, bytes);
}

static const struct value *pair(const char *key, const struct value *value,
                                const char *key_too, const struct value *value_too)
{
    struct value_entry entries[] = {{key, value}, {key_too, value_too}};

    return value_map(&arena, entries, 2);
}

static void maps_are_sorted_and_the_later_key_wins(void **state)
{
    struct value_entry entries[] = {
        {"b", text("1")}, {"a", text("2")}, {"b", text("3")}, {"c", NULL},
        {"", text("4")},  {"b", NULL},      {"a", text("5")},
    };
    const struct value *map = value_map(&arena, entries, 7);

    (void) state;
    assert_int_equal(map->map.count, 3);
    assert_string_equal(map->map.entries[0].key, "");
    assert_string_equal(map->map.entries[1].key, "a");
    assert_string_equal(map->map.entries[2].key, "b");
    assert_true(value_is_text(value_find(map, "a"), "5"));
    assert_true(value_is_text(value_find(map, "b"), "3"));
    assert_int_equal(value_map(&arena, NULL, 0)->map.count, 0);
}

static void lists_hold_no_null_pointers(void **state)
{
    const struct value *items[] = {text("a"), NULL};
    const struct value *list = value_list(&arena, items, 2);

    (void) state;
    assert_ptr_equal(list->list.items[0], items[0]);
    assert_true(value_is_null(list->list.items[1]));
    assert_int_equal(value_list(&arena, NULL, 0)->list.count, 0);
    assert_true(value_is_null(value_text(&arena, NULL)));
}

static void puts_and_takes_out_entries(void **state)
{
    const struct value *map = pair("a", text("1"), "c", text("3"));
    const struct value *more = value_with(&arena, map, "b", text("2"));

    (void) state;
    assert_int_equal(more->map.count, 3);
    assert_string_equal(more->map.entries[1].key, "b");
    assert_int_equal(map->map.count, 2);
    more = value_with(&arena, more, "c", text("4"));
    assert_int_equal(more->map.count, 3);
    assert_true(value_is_text(value_find(more, "c"), "4"));
    more = value_with(&arena, more, "a", NULL);
    assert_int_equal(more->map.count, 2);
    assert_null(value_find(more, "a"));
    assert_int_equal(value_with(&arena, more, "zz", NULL)->map.count, 2);
    assert_int_equal(value_with(&arena, NULL, "x", text("1"))->map.count, 1);
    assert_int_equal(value_with(&arena, NULL, "x", NULL)->map.count, 0);
}

static void merges_maps_deeply(void **state)
{
    const struct value *under =
        pair("a", pair("x", text("1"), "y", text("2")), "l", value_list(&arena, NULL, 0));
    const struct value *over =
        pair("a", pair("y", text("3"), "z", text("4")), "l", value_null());
    const struct value *merged = value_merge(&arena, under, over);

    (void) state;
    assert_true(value_is_text(value_find_path(merged, "a.x"), "1"));
    assert_true(value_is_text(value_find_path(merged, "a.y"), "3"));
    assert_true(value_is_text(value_find_path(merged, "a.z"), "4"));
    assert_true(value_is_null(value_find(merged, "l")));
    assert_ptr_equal(value_merge(&arena, NULL, over), over);
    assert_ptr_equal(value_merge(&arena, under, NULL), under);
    assert_null(value_merge(&arena, NULL, NULL));
    assert_ptr_equal(value_merge(&arena, under, over->map.entries[1].value),
                     over->map.entries[1].value);
}

static void copies_outlive_their_arena(void **state)
{
    struct arena other;
    const struct value *parts[] = {text("a"), value_reference(&arena, "t/n", "p", true)};
    const struct value *copy;
    const struct value *value = pair("list", value_template(&arena, parts, 2), "secret",
                                     value_secret(&arena, "secret/key", "x\0y", 3));

    (void) state;
    arena_init(&other, 0);
    copy = value_copy(&other, value);
    assert_true(value_equal(value, copy));
    assert_ptr_not_equal(value->map.entries, copy->map.entries);
    assert_true(value_find_path(copy, "list") != NULL);
    assert_string_equal(value_find(copy, "secret")->secret.label, "secret/key");
    assert_true(value_find(copy, "list")->list.items[1]->reference.secret);
    assert_null(value_copy(&other, NULL));
    arena_clear(&other);
}

static void equality_is_deep(void **state)
{
    const struct value *one = pair("a", text("1"), "b", value_integer(&arena, 2));
    const struct value *same = pair("b", value_number(&arena, 2.0), "a", text("1"));

    (void) state;
    assert_true(value_equal(one, same));
    assert_false(value_equal(one, value_with(&arena, one, "a", text("2"))));
    assert_false(value_equal(one, value_with(&arena, one, "c", text("2"))));
    assert_true(value_equal(NULL, value_null()));
    assert_true(value_equal(NULL, NULL));
    assert_false(value_equal(NULL, value_bool(false)));
    assert_false(value_equal(text("1"), value_integer(&arena, 1)));
    assert_false(value_equal(value_string(&arena, "a\0b", 3), text("a")));
    assert_false(
        value_equal(value_string(&arena, "a\0b", 3), value_string(&arena, "a\0c", 3)));
    assert_false(value_equal(value_list(&arena, NULL, 0), value_map(&arena, NULL, 0)));
}

static void numbers_are_equal_only_when_exactly_so(void **state)
{
    const struct value *odd = value_integer(&arena, INT64_C(9007199254740993));

    (void) state;
    assert_false(value_equal(odd, value_number(&arena, 9007199254740992.0)));
    assert_false(
        value_equal(value_integer(&arena, INT64_MAX), value_number(&arena, 0x1p63)));
    assert_true(
        value_equal(value_integer(&arena, INT64_MIN), value_number(&arena, -0x1p63)));
    assert_true(value_equal(value_number(&arena, -0.0), value_integer(&arena, 0)));
    assert_false(value_equal(value_number(&arena, 0.5), value_integer(&arena, 0)));
    assert_true(value_equal(value_number(&arena, NAN), value_number(&arena, NAN)));
}

static void secrets_equal_their_bytes(void **state)
{
    const struct value *secret = value_secret(&arena, "secret/a", "hush", 4);

    (void) state;
    assert_true(value_equal(secret, value_secret(&arena, "secret/b", "hush", 4)));
    assert_true(value_equal(secret, text("hush")));
    assert_true(value_equal(text("hush"), secret));
    assert_false(value_equal(secret, text("husH")));
    assert_false(value_equal(secret, text("hush!")));
}

static void what_is_not_known_equals_by_what_it_names(void **state)
{
    const struct value *unknown = value_unknown(&arena, "t/n", "ip", false);
    const struct value *reference = value_reference(&arena, "t/n", "ip", false);

    (void) state;
    assert_false(value_equal(unknown, unknown));
    assert_false(value_equal(unknown, reference));
    assert_true(value_equal(reference, value_reference(&arena, "t/n", "ip", true)));
    assert_false(value_equal(reference, value_reference(&arena, "t/n", "id", false)));
    assert_false(value_equal(reference, value_reference(&arena, "t/m", "ip", false)));
}

static void knows_what_is_inside(void **state)
{
    const struct value *unknown = value_unknown(&arena, "t/n", "", true);
    const struct value *parts[] = {text("x"), value_reference(&arena, "t/n", "p", false)};
    const struct value *template = value_template(&arena, parts, 2);
    const struct value *nested =
        pair("a", value_list(&arena, parts, 1), "b", value_list(&arena, &unknown, 1));

    (void) state;
    assert_true(value_is_known(text("x")));
    assert_true(value_is_known(NULL));
    assert_false(value_is_known(template));
    assert_false(value_is_known(value_template(&arena, parts, 1)));
    assert_false(value_is_known(nested));
    assert_ptr_equal(value_first_unknown(nested), unknown);
    assert_ptr_equal(value_first_unknown(template), parts[1]);
    assert_null(value_first_unknown(text("x")));
    assert_true(value_has_secret(nested));
    assert_false(value_has_secret(template));
    assert_true(value_has_secret(value_secret(&arena, "s", "", 0)));
}

static void count_visit(void *context, const struct value *value)
{
    char *trail = context;

    trail[strlen(trail)] = value_kind_name(value->kind)[0];
}

static void walks_itself_first(void **state)
{
    const struct value *items[] = {value_bool(true), value_integer(&arena, 1)};
    char trail[16] = "";

    (void) state;
    value_walk(pair("a", value_list(&arena, items, 2), "b", text("s")), count_visit,
               trail);
    assert_string_equal(trail, "mlbis");
    value_walk(NULL, count_visit, trail);
    assert_string_equal(trail, "mlbis");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_are_sorted_and_the_later_key_wins),
        cmocka_unit_test(lists_hold_no_null_pointers),
        cmocka_unit_test(puts_and_takes_out_entries),
        cmocka_unit_test(merges_maps_deeply),
        cmocka_unit_test(copies_outlive_their_arena),
        cmocka_unit_test(equality_is_deep),
        cmocka_unit_test(numbers_are_equal_only_when_exactly_so),
        cmocka_unit_test(secrets_equal_their_bytes),
        cmocka_unit_test(what_is_not_known_equals_by_what_it_names),
        cmocka_unit_test(knows_what_is_inside),
        cmocka_unit_test(walks_itself_first),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
