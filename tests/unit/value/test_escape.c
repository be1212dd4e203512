// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "value/escape.h"

#include <stdlib.h>
#include <string.h>

static void expect(const char *how, const char *bytes, const char *expected)
{
    struct text text;
    text_init(&text, 0);
    assert_true(escape_add(&text, how, bytes, strlen(bytes)));
    assert_string_equal(text.bytes, expected);
    text_clear(&text);
}

static void each_language_has_its_own(void **state)
{
    const char *nasty = "a'b\"c\\d<&>\n\x01ü";
    (void) state;
    expect("none", nasty, nasty);
    expect("shell", nasty, "'a'\\''b\"c\\d<&>\n\x01ü'");
    expect("json", nasty, "\"a'b\\\"c\\\\d<&>\\n\\u0001ü\"");
    expect("html", nasty, "a&#39;b&quot;c\\d&lt;&amp;&gt;\n\x01ü");
}

static void nothing_is_still_a_value(void **state)
{
    (void) state;
    expect("none", "", "");
    expect("shell", "", "''");
    expect("json", "", "\"\"");
    expect("html", "", "");
}

static void an_unknown_one_is_told(void **state)
{
    struct text text;
    (void) state;
    text_init(&text, 0);
    assert_false(escape_add(&text, "sql", "a", 1));
    assert_int_equal(text.length, 0);
    text_clear(&text);
}

// A NUL ends nothing.
static void bytes_are_counted(void **state)
{
    struct text text;
    (void) state;
    text_init(&text, 0);
    assert_true(escape_add(&text, "html", "a\0<", 3));
    assert_memory_equal(text.bytes, "a\0&lt;", 6);
    text_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_language_has_its_own),
        cmocka_unit_test(nothing_is_still_a_value),
        cmocka_unit_test(an_unknown_one_is_told),
        cmocka_unit_test(bytes_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
