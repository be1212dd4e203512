// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "view/diff_view.h"

static void expect(const char *before, const char *after, const char *diff)
{
    struct text text;
    text_init(&text, 0);
    diff_view_write(&text, before, after, 0);
    assert_string_equal(text.bytes != NULL ? text.bytes : "", diff);
    text_clear(&text);
}

static void a_change_has_three_lines_around_it(void **state)
{
    (void) state;
    expect("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n",
           "@@ -2,7 +2,7 @@\n  2\n  3\n  4\n- 5\n+ five\n  6\n  7\n  8\n");
}

static void what_is_far_apart_is_two_groups(void **state)
{
    (void) state;
    expect("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
           "@@ -1,4 +1,4 @@\n- a\n+ A\n  1\n  2\n  3\n"
           "@@ -6,4 +6,4 @@\n  5\n  6\n  7\n- b\n+ B\n");
}

static void what_is_near_is_one_group(void **state)
{
    (void) state;
    expect("a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
           "@@ -1,8 +1,8 @@\n- a\n+ A\n  1\n  2\n  3\n  4\n  5\n  6\n- b\n+ B\n");
}

static void the_ends_are_told(void **state)
{
    (void) state;
    expect(NULL, "one\ntwo\n", "@@ -0,0 +1,2 @@\n+ one\n+ two\n");
    expect("one\n", "", "@@ -1,1 +0,0 @@\n- one\n");
    expect("one\n", "one", "(the new one has no newline at its end)\n");
    expect("same\n", "same\n", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_has_three_lines_around_it),
        cmocka_unit_test(what_is_far_apart_is_two_groups),
        cmocka_unit_test(what_is_near_is_one_group),
        cmocka_unit_test(the_ends_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
