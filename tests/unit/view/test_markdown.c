// SPDX-License-Identifier: MIT
#include "view/markdown.h"

#include "view/printed.h"

static void what_the_world_says_is_no_markup(void **state)
{
    (void) state;
    static const char *const cases[][2] = {
        {"app", "app"},
        {"a|b", "a\\|b"},
        {"*bold* _it_ `code`", "\\*bold\\* \\_it\\_ \\`code\\`"},
        {"[x](http://a)", "\\[x\\](http://a)"},
        {"<img src=x>", "\\<img src=x>"},
        {"two\nlines\r", "two lines "},
        {"@everyone #7 ~no~", "@<!-- -->everyone \\#7 \\~no\\~"},
        {"$500 & more \\", "\\$500 \\& more \\\\"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(markdown_plain(&arena, cases[i][0]), cases[i][1]);
}

static void code_is_fenced_by_more_backticks_than_it_has(void **state)
{
    (void) state;
    assert_string_equal(markdown_code(&arena, "type = \"cx33\""), "`type = \"cx33\"`");
    assert_string_equal(markdown_code(&arena, "a `b` c"), "`` a `b` c ``");
    assert_string_equal(markdown_code(&arena, "a ``b"), "``` a ``b ```");
    assert_string_equal(markdown_code(&arena, "a\nb"), "`a b`");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_the_world_says_is_no_markup, begin, end),
        cmocka_unit_test_setup_teardown(code_is_fenced_by_more_backticks_than_it_has,
                                        begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
