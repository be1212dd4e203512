// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/fault.h"
#include "base/text.h"

#include <string.h>

static bool is_utf8(const char *text)
{
    size_t left = strlen(text);

    while (left) {
        size_t step = text_character_length(text, left);
        if (!step) {
            return false;
        }
        text += step;
        left -= step;
    }
    return true;
}

static void holds_every_part(void **state)
{
    struct fault fault;

    (void) state;
    memset(&fault, 'x', sizeof fault);
    assert_false(fault_set(&fault, FAULT_BLOCKED, "the budget of %d", 15));
    assert_true(fault_is_set(&fault));
    assert_string_equal(fault.what, "the budget of 15");
    assert_string_equal(fault.code, "");
    assert_string_equal(fault.where, "");
    assert_string_equal(fault.why, "");
    assert_string_equal(fault.next, "");
    assert_false(fault_where(&fault, "playbook.lua:%d", 12));
    assert_false(fault_why(&fault, "it is %s", "full"));
    assert_false(fault_next(&fault, "raise it"));
    assert_false(fault_while(&fault, "planning %s", "app"));
    assert_false(fault_while(&fault, "running"));
    assert_string_equal(fault.what,
                        "the budget of 15, while planning app, while running");
    assert_string_equal(fault.where, "playbook.lua:12");
    assert_string_equal(fault.why, "it is full");
    assert_string_equal(fault.next, "raise it");
    fault_clear(&fault);
    assert_false(fault_is_set(&fault));
    assert_string_equal(fault.what, "");
}

static void cuts_between_characters(void **state)
{
    struct fault fault;
    char text[4096];

    (void) state;
    for (size_t shift = 0; shift < 4; shift++) {
        memset(text, 'a', sizeof text);
        for (size_t i = shift; i + 3 < sizeof text; i += 3) {
            memcpy(text + i, "€", 3);
        }
        text[sizeof text - 1] = '\0';
        text[sizeof text - 2] = '\0';
        text[sizeof text - 3] = '\0';
        fault_set(&fault, FAULT_ERROR, "%s", text);
        fault_where(&fault, "%s", text);
        fault_why(&fault, "%s", text);
        fault_next(&fault, "%s", text);
        assert_true(strlen(fault.what) > sizeof fault.what - 8);
        assert_true(is_utf8(fault.what));
        assert_true(is_utf8(fault.where));
        assert_true(is_utf8(fault.why));
        assert_true(is_utf8(fault.next));
        assert_string_equal(fault.what + strlen(fault.what) - 3, "…");
    }
}

static void takes_exactly_what_fits(void **state)
{
    struct fault fault;
    char text[sizeof fault.what];

    (void) state;
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    fault_set(&fault, FAULT_ERROR, "%s", text);
    assert_string_equal(fault.what, text);
    fault_while(&fault, "running");
    assert_string_equal(fault.what, text);
    text[sizeof text - 10] = '\0';
    fault_set(&fault, FAULT_ERROR, "%s", text);
    fault_while(&fault, "running");
    assert_true(strlen(fault.what) < sizeof fault.what);
    assert_string_equal(fault.what + strlen(fault.what) - 3, "…");
}

static void takes_itself_as_argument(void **state)
{
    struct fault fault;

    (void) state;
    fault_set(&fault, FAULT_ERROR, "refused");
    fault_why(&fault, "the server said: %s", fault.what);
    fault_set(&fault, FAULT_UNREACHABLE, "no login (%s)", fault.why);
    assert_string_equal(fault.what, "no login (the server said: refused)");
    assert_string_equal(fault.why, "");
    fault_while(&fault, "doing %s", fault.what);
    assert_string_equal(fault.what, "no login (the server said: refused), while doing "
                                    "no login (the server said: refused)");
}

static void has_an_exit_code_and_a_word_for_each_kind(void **state)
{
    static const struct {
        enum fault_kind kind;
        int code;
        const char *word;
    } cases[] = {
        {FAULT_NONE, 0, "none"},
        {FAULT_ERROR, 1, "error"},
        {FAULT_PARTIAL, 3, "partial"},
        {FAULT_UNREACHABLE, 4, "unreachable"},
        {FAULT_BLOCKED, 5, "blocked"},
        {FAULT_LOCKED, 6, "locked"},
        {FAULT_STALE, 7, "stale"},
        {FAULT_ROLLED_BACK, 8, "rolled_back"},
        {FAULT_USAGE, 64, "usage"},
        {FAULT_INTERNAL, 70, "internal"},
        {FAULT_INTERRUPTED, 130, "interrupted"},
    };

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(fault_exit_code(cases[i].kind), cases[i].code);
        assert_string_equal(fault_word(cases[i].kind), cases[i].word);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_every_part),
        cmocka_unit_test(cuts_between_characters),
        cmocka_unit_test(takes_exactly_what_fits),
        cmocka_unit_test(takes_itself_as_argument),
        cmocka_unit_test(has_an_exit_code_and_a_word_for_each_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
