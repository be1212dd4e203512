// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/rule_term.h"

static void comparisons_are_read(void **state)
{
    static const struct {
        const char *text;
        enum rule_operator comparison;
        int64_t bound;
        const char *currency;
    } cases[] = {
        {"> $500", RULE_OVER, 500, "USD"},
        {">=50", RULE_AT_LEAST, 50, ""},
        {"< 5%", RULE_UNDER, 5, ""},
        {"<= 500ms", RULE_AT_MOST, 500, ""},
        {" > 12 EUR", RULE_OVER, 12, "EUR"},
        {"> 0 €", RULE_OVER, 0, "EUR"},
        {"> $1200/year", RULE_OVER, 100, "USD"},
        {"> 100 requests/s", RULE_OVER, 100, ""},
    };
    struct arena arena;
    (void) state;
    arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rule_term term;
        struct fault fault;
        assert_true(
            rule_term_parse(&arena, "x", RULE_FIGURE, cases[i].text, &term, &fault));
        assert_int_equal(term.comparison, cases[i].comparison);
        assert_int_equal(term.bound, cases[i].bound * MONEY_UNIT);
        assert_string_equal(term.currency, cases[i].currency);
        assert_int_equal(term.kind, RULE_FIGURE);
    }
    arena_clear(&arena);
}

static void yes_and_no_are_answers(void **state)
{
    struct rule_term term;
    struct arena arena;
    struct fault fault;
    (void) state;
    arena_init(&arena, 0);
    assert_true(rule_term_parse(&arena, "soc2", RULE_FIGURE, "yes", &term, &fault));
    assert_int_equal(term.kind, RULE_ANSWER);
    assert_int_equal(term.bound, 1);
    assert_true(rule_term_parse(&arena, "soc2", RULE_FIGURE, "no", &term, &fault));
    assert_int_equal(term.bound, 0);
    arena_clear(&arena);
}

static void all_else_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",      "500",     ">",      "=> 5",    "> $",   "> 5 5",           "maybe",
        "> 1e9", "> 5%%x9", "> 5 EU", "> 1.2.3", "> --5", "> 99999999999999"};
    struct arena arena;
    (void) state;
    arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct rule_term term;
        struct fault fault = {0};
        if (rule_term_parse(&arena, "x", RULE_FIGURE, wrong[i], &term, &fault))
            fail_msg("%s", wrong[i]);
        assert_true(fault_is_set(&fault));
    }
    arena_clear(&arena);
}

static void spans_are_read(void **state)
{
    struct rule_span span;
    struct fault fault;
    (void) state;
    assert_true(rule_term_parse_span("3 months", &span, &fault));
    assert_int_equal(span.months, 3);
    assert_int_equal(span.ms, 0);
    assert_true(rule_term_parse_span("0", &span, &fault));
    assert_int_equal(span.ms, 0);
    assert_true(rule_term_parse_span("14d", &span, &fault));
    assert_int_equal(span.ms, INT64_C(14) * 86400000);
    assert_false(rule_term_parse_span("3 monthss", &span, &fault));
    assert_false(rule_term_parse_span("-3 months", &span, &fault));
    assert_false(rule_term_parse_span("0 months", &span, &fault));
    assert_false(rule_term_parse_span("99999 months", &span, &fault));
    assert_false(rule_term_parse_span("soon", &span, &fault));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparisons_are_read),
        cmocka_unit_test(yes_and_no_are_answers),
        cmocka_unit_test(all_else_is_refused),
        cmocka_unit_test(spans_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
