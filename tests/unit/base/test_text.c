// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static void grows_and_stays_ended(void **state)
{
    struct text text;

    (void) state;
    text_init(&text, 0);
    assert_string_equal(text.bytes, "");
    for (int i = 0; i < 1000; i++) {
        text_add(&text, "abc");
        text_add_char(&text, '-');
        assert_int_equal(text.bytes[text.length], '\0');
    }
    assert_int_equal(text.length, 4000);
    assert_memory_equal(text.bytes + 3996, "abc-", 5);
    text_clear(&text);
    text_clear(&text);
}

static void formats_any_length(void **state)
{
    struct text text;

    (void) state;
    text_init(&text, 0);
    text_format(&text, "%s", "");
    text_format(&text, "%d-%1000d", 5, 6);
    assert_int_equal(text.length, 1002);
    assert_int_equal(text.bytes[1001], '6');
    text_clear(&text);
}

static void writes_integers(void **state)
{
    static const int64_t integers[] = {0, 7, -10, INT64_MAX, INT64_MIN};
    struct text text;

    (void) state;
    text_init(&text, 0);
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++) {
        text_add_integer(&text, integers[i]);
        text_add_char(&text, ' ');
    }
    assert_string_equal(text.bytes, "0 7 -10 9223372036854775807 -9223372036854775808 ");
    text_clear(&text);
}

static void drops_what_goes_over_the_ceiling(void **state)
{
    struct text text;

    (void) state;
    text_init(&text, 5);
    text_add(&text, "1234");
    assert_false(text.overflow);
    text_add(&text, "5");
    assert_false(text.overflow);
    text_add(&text, "6");
    assert_true(text.overflow);
    assert_string_equal(text.bytes, "12345");
    text_reset(&text);
    assert_false(text.overflow);
    text_format(&text, "%s", "abcdefg");
    assert_true(text.overflow);
    assert_string_equal(text.bytes, "abcde");
    text_drop(&text, 2);
    text_add(&text, "x");
    assert_string_equal(text.bytes, "cde");
    text_clear(&text);
}

static void drops_from_the_front(void **state)
{
    struct text text;

    (void) state;
    text_init(&text, 0);
    text_add_bytes(&text, "a\0bc", 4);
    text_drop(&text, 0);
    text_drop(&text, 2);
    assert_string_equal(text.bytes, "bc");
    text_drop(&text, 2);
    assert_int_equal(text.length, 0);
    assert_string_equal(text.bytes, "");
    text_clear(&text);
}

static void leaves_no_bytes_behind_a_reset(void **state)
{
    struct text text;

    (void) state;
    text_init(&text, 0);
    text_add(&text, "password");
    text_reset(&text);
    for (size_t i = 0; i < sizeof "password"; i++) {
        assert_int_equal(text.bytes[i], 0);
    }
    text_clear(&text);
}

static void gives_its_bytes_away(void **state)
{
    struct text text;
    char *bytes;

    (void) state;
    text_init(&text, 9);
    text_add(&text, "mine");
    bytes = text_take(&text);
    assert_string_equal(bytes, "mine");
    assert_int_equal(text.length, 0);
    assert_int_equal(text.ceiling, 9);
    text_add(&text, "again");
    assert_string_equal(text.bytes, "again");
    free(bytes);
    text_clear(&text);
}

static void knows_characters(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
    } cases[] = {
        {"a", 1},
        {"\x7F", 1},
        {"\xC2\x80", 2},
        {"€", 3},
        {"\xF0\x9F\x98\x80", 4},
        {"\xF4\x8F\xBF\xBF", 4},
        {"\x80", 0},
        {"\xC0\x80", 0},
        {"\xC1\xBF", 0},
        {"\xE0\x9F\xBF", 0},
        {"\xED\xA0\x80", 0},
        {"\xED\xBF\xBF", 0},
        {"\xF0\x8F\xBF\xBF", 0},
        {"\xF4\x90\x80\x80", 0},
        {"\xF5\x80\x80\x80", 0},
        {"\xFF", 0},
        {"\xE2\x82", 0},
        {"\xE2\x82x", 0},
    };

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(text_character_length(cases[i].bytes, strlen(cases[i].bytes)),
                         cases[i].length);
    }
    assert_int_equal(text_character_length("\0", 1), 1);
    assert_int_equal(text_character_length("a", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_and_stays_ended),
        cmocka_unit_test(formats_any_length),
        cmocka_unit_test(writes_integers),
        cmocka_unit_test(drops_what_goes_over_the_ceiling),
        cmocka_unit_test(drops_from_the_front),
        cmocka_unit_test(leaves_no_bytes_behind_a_reset),
        cmocka_unit_test(gives_its_bytes_away),
        cmocka_unit_test(knows_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
