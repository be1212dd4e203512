// SPDX-License-Identifier: MIT
#include "value/fixture.h"

#include "value/json.h"

#include <string.h>

static const struct value *read_text(const char *bytes)
{
    const struct value *value = NULL;
    struct fault fault;

    assert_true(json_read(&arena, bytes, strlen(bytes), &value, &fault));
    return value;
}

static void refuses(const char *bytes, size_t length, const char *why)
{
    const struct value *value = NULL;
    struct fault fault;

    fault_clear(&fault);
    assert_false(json_read(&arena, bytes, length, &value, &fault));
    assert_true(fault_is_set(&fault));
    assert_null(value);
    if (!strstr(fault.why, why)) {
        fail_msg("\"%s\" says \"%s\", not \"%s\"", bytes, fault.why, why);
    }
}

static void reads_every_kind(void **state)
{
    const struct value *value =
        read_text(" {\"n\":null,\"t\":true,\"f\":false,\"i\":-42,\"d\":0.5,"
                  "\"s\":\"a\\u20ac\\ud83d\\ude00\\n\",\"l\":[[],{}]} \n");

    (void) state;
    assert_int_equal(value->map.count, 7);
    assert_int_equal(value_find(value, "n")->kind, VALUE_NULL);
    assert_true(value_find_bool(value, "t", false));
    assert_false(value_find_bool(value, "f", true));
    assert_int_equal(value_find_integer(value, "i", 0), -42);
    assert_true(value_find(value, "d")->number == 0.5);
    assert_string_equal(value_find_text(value, "s", ""), "a€\xF0\x9F\x98\x80\n");
    assert_int_equal(value_find_path(value, "l.0")->kind, VALUE_LIST);
    assert_int_equal(value_find_path(value, "l.1")->kind, VALUE_MAP);
    assert_int_equal(read_text("7")->integer, 7);
}

static void reads_numbers_exactly(void **state)
{
    (void) state;
    assert_int_equal(read_text("9223372036854775807")->integer, INT64_MAX);
    assert_int_equal(read_text("-9223372036854775808")->integer, INT64_MIN);
    assert_int_equal(read_text("9223372036854775808")->kind, VALUE_NUMBER);
    assert_int_equal(read_text("18446744073709551615")->kind, VALUE_NUMBER);
    assert_int_equal(read_text("1e2")->kind, VALUE_INTEGER);
    assert_int_equal(read_text("40.0")->integer, 40);
    assert_int_equal(read_text("-0")->integer, 0);
    assert_int_equal(read_text("1e-400")->integer, 0);
    refuses("1e400", 5, "too large");
    refuses("[-1e400]", 8, "too large");
    refuses("01", 2, "");
    refuses("1.", 2, "");
    refuses("NaN", 3, "");
}

static void refuses_what_is_no_document(void **state)
{
    (void) state;
    refuses("", 0, "");
    refuses("  \n", 3, "");
    refuses("{", 1, "");
    refuses("[1,", 3, "");
    refuses("\"abc", 4, "");
    refuses("{} {}", 5, "trailing");
    refuses("1 2", 3, "trailing");
    refuses("[1,]", 4, "");
    refuses("{\"a\":1,}", 8, "");
    refuses("// hello\n1", 10, "");
    refuses("\xEF\xBB\xBF{}", 5, "");
    refuses("{}\0", 3, "");
    refuses("\"a\nb\"", 5, "");
    refuses("\"\\x\"", 4, "");
    refuses("\"\\", 2, "");
}

static void refuses_broken_characters(void **state)
{
    static const char *const broken[] = {
        "\"\x80\"",     "\"\xC0\x80\"",         "\"\xED\xA0\x80\"", "\"\xED\xBF\xBF\"",
        "\"\xE2\x82\"", "\"\xF5\x80\x80\x80\"", "\"\\\xFF\"",       "{\"\xFF\":1}",
    };
    static const char *const halves[] = {
        "\"\\ud83d\"",     "\"\\udE00\"",        "\"\\ud83dx\"",
        "\"\\ud83d\\n\"",  "\"\\ud83d\\ud83d\"", "\"\\ud83d\\u0041\"",
        "\"\\\\\\ud83d\"", "{\"\\ud83d\":1}",    "\"\\ud83d\\u12\"",
    };

    (void) state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        refuses(broken[i], strlen(broken[i]), "UTF-8");
    }
    for (size_t i = 0; i < sizeof halves / sizeof *halves; i++) {
        refuses(halves[i], strlen(halves[i]), "surrogate");
    }
    assert_string_equal(read_text("\"\\\\ud83d\"")->string.bytes, "\\ud83d");
}

static void refuses_double_keys(void **state)
{
    (void) state;
    refuses("{\"a\":1,\"b\":2,\"a\":3}", 19, "same key");
    refuses("{\"a\":1,\"\\u0061\":3}", 18, "same key");
    refuses("[{\"x\":{\"a\":null,\"a\":null}}]", 27, "same key");
    refuses("{\"a\\u0000b\":1}", 14, "NUL");
    assert_int_equal(read_text("[{\"a\":1},{\"a\":2}]")->list.count, 2);
}

static void stops_at_the_depth_limit(void **state)
{
    char bytes[1024];

    (void) state;
    memset(bytes, '[', 200);
    memset(bytes + 200, ']', 200);
    bytes[400] = '\0';
    read_text(bytes);
    memset(bytes, '[', 201);
    memset(bytes + 201, ']', 201);
    refuses(bytes, 402, "200 levels");
}

static void tells_where(void **state)
{
    (void) state;
    refuses("{\n  \"a\": 1,\n  \"b\": \xFF\n}", 22, "line 3, column 8");
    refuses("[\"password\" x]", 14, "line 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_kind),
        cmocka_unit_test(reads_numbers_exactly),
        cmocka_unit_test(refuses_what_is_no_document),
        cmocka_unit_test(refuses_broken_characters),
        cmocka_unit_test(refuses_double_keys),
        cmocka_unit_test(stops_at_the_depth_limit),
        cmocka_unit_test(tells_where),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
