// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "view/report_marks.h"

#define DAY INT64_C(86400000)

static struct arena arena;
static const int64_t ends_ms[] = {100 * DAY, 130 * DAY, 160 * DAY};

static int begin(void **state)
{
    (void) state;
    arena_init(&arena, 0);
    return 0;
}

static int end(void **state)
{
    (void) state;
    arena_clear(&arena);
    return 0;
}

static void a_proposal_is_marked_where_it_begins(void **state)
{
    // As the store lists them: by rule, newest first.
    const struct record_evaluation rows[] = {
        {.rule = "a", .at_ms = 150 * DAY, .is_proposed = true},
        {.rule = "a", .at_ms = 120 * DAY, .is_proposed = true},
        {.rule = "a", .at_ms = 99 * DAY},
        {.rule = "b", .at_ms = 110 * DAY},
        {.rule = "b", .at_ms = 90 * DAY, .is_proposed = true},
    };
    const struct report report = {.arena = &arena, .evaluations = {rows, 5}};
    struct plot_mark marks[PLOT_MARKS];
    (void) state;
    assert_int_equal(report_marks_list(&report, ends_ms, 3, marks), 2);
    assert_int_equal(marks[0].at, 0);
    assert_string_equal(marks[0].text, "b proposes");
    assert_int_equal(marks[1].at, 1);
    assert_string_equal(marks[1].text, "a proposes");
}

static void what_was_accepted_and_withdrawn_is_marked(void **state)
{
    const struct record_amendment rows[] = {
        {.rule = "a", .accepted_ms = 131 * DAY, .withdrawn_ms = 159 * DAY},
        {.rule = "early", .accepted_ms = 5 * DAY},
        {.rule = "late", .accepted_ms = 160 * DAY},
    };
    const struct report report = {.arena = &arena, .amendments = {rows, 3}};
    struct plot_mark marks[PLOT_MARKS];
    (void) state;
    assert_int_equal(report_marks_list(&report, ends_ms, 3, marks), 2);
    assert_string_equal(marks[0].text, "a accepted");
    assert_string_equal(marks[1].text, "a withdrawn");
    assert_int_equal(marks[1].at, 2);
}

static void the_newest_are_kept(void **state)
{
    struct record_evaluation rows[2 * PLOT_MARKS];
    struct plot_mark marks[PLOT_MARKS];
    (void) state;
    memset(rows, 0, sizeof rows);
    for (size_t i = 0; i < 2 * PLOT_MARKS; i++) {
        rows[i].rule = arena_format(&arena, "r%03zu", i);
        rows[i].at_ms = 80 * DAY + (int64_t) i * DAY / 4;
        rows[i].is_proposed = true;
    }
    const struct report report = {.arena = &arena, .evaluations = {rows, 2 * PLOT_MARKS}};
    assert_int_equal(report_marks_list(&report, ends_ms, 3, marks), PLOT_MARKS);
    assert_string_equal(marks[PLOT_MARKS - 1].text, "r079 proposes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_proposal_is_marked_where_it_begins, begin, end),
        cmocka_unit_test_setup_teardown(what_was_accepted_and_withdrawn_is_marked, begin,
                                        end),
        cmocka_unit_test_setup_teardown(the_newest_are_kept, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
