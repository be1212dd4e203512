// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "view/html.h"

static void what_is_put_in_is_text(void **state)
{
    struct text out;
    (void) state;
    text_init(&out, 0);
    html_add(&out, "<a title=\"%s\">%s</a>", "\"'", "<b> & </b>");
    assert_string_equal(out.bytes,
                        "<a title=\"&quot;&#39;\">&lt;b&gt; &amp; &lt;/b&gt;</a>");
    text_clear(&out);
}

static void numbers_of_all_lengths(void **state)
{
    struct text out;
    (void) state;
    text_init(&out, 0);
    html_add(&out, "%d %zu %lld %.1f %d%% %s", -3, (size_t) 7, -9000000000LL, 1.25, 50,
             "x");
    assert_string_equal(out.bytes, "-3 7 -9000000000 1.2 50% x");
    text_clear(&out);
}

static void a_text_may_be_cut(void **state)
{
    struct text out;
    (void) state;
    text_init(&out, 0);
    html_add(&out, "%.*s…%s", 3, "a<bcd", "e");
    assert_string_equal(out.bytes, "a&lt;b…e");
    text_clear(&out);
}

static void what_no_page_may_hold_is_replaced(void **state)
{
    struct text out;
    (void) state;
    text_init(&out, 0);
    html_add(&out, "%s|%s", "a\x1b[1mb\x7f\tc\n", "\xc3(\xff€");
    assert_string_equal(out.bytes, "a�[1mb�\tc\n|�(�€");
    text_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_in_is_text),
        cmocka_unit_test(numbers_of_all_lengths),
        cmocka_unit_test(a_text_may_be_cut),
        cmocka_unit_test(what_no_page_may_hold_is_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
