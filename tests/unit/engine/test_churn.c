// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/churn.h"

#define DAY INT64_C(86400000)

struct point {
    int day;
    int customers;
};

static struct churn churn;

static bool find(const struct point *points, size_t count)
{
    struct record_revenue rows[16] = {0};
    for (size_t i = 0; i < count; i++) {
        rows[i].as_of_ms = points[i].day * DAY;
        rows[i].customers = points[i].customers;
    }
    const struct record_revenues all = {rows, count};
    return churn_find(&all, &churn);
}

static void falls_are_counted_from_a_month_before(void **state)
{
    (void) state;
    const struct point points[] = {{0, 90},  {10, 50}, {20, 52},
                                   {25, 49}, {30, -1}, {40, 55}};
    assert_true(find(points, 6));
    assert_int_equal(churn.of, 50); // day 10: the newest that is 28 days older
    assert_int_equal(churn.lost, 3);
    assert_int_equal(churn.from_ms, 10 * DAY);
    assert_false(churn.is_told);
}

static void what_is_not_known_is_not_told(void **state)
{
    (void) state;
    const struct point young[] = {{0, 50}, {27, 40}};
    const struct point silent[] = {{0, 50}, {30, -1}};
    const struct point before[] = {{0, -1}, {30, 50}};
    assert_false(find(NULL, 0));
    assert_false(find(young, 2));
    assert_false(find(silent, 2));
    assert_false(find(before, 2));
}

static void a_source_may_tell_it(void **state)
{
    struct arena arena;
    (void) state;
    arena_init(&arena, 0);
    const struct value_entry told = {"churned", value_integer(&arena, 2)};
    const struct value *parts[] = {value_map(&arena, &told, 1),
                                   value_map(&arena, NULL, 0)};
    struct record_revenue row = {.customers = 48, .parts = value_list(&arena, parts, 1)};
    const struct record_revenues all = {&row, 1};
    assert_true(churn_find(&all, &churn));
    assert_true(churn.is_told);
    assert_int_equal(churn.lost, 2);
    assert_int_equal(churn.of, 50);
    // One of two that tells nothing makes the sum none.
    row.parts = value_list(&arena, parts, 2);
    assert_false(churn_find(&all, &churn));
    arena_clear(&arena);
}

static void percents_are_rounded_half_to_even(void **state)
{
    static const struct {
        int lost, of;
        const char *percent;
    } cases[] = {{0, 50, "0.0"},   {1, 53, "1.9"},    {2, 50, "4.0"}, {1, 2000, "0.0"},
                 {3, 2000, "0.2"}, {50, 50, "100.0"}, {0, 0, "0.0"}};
    char text[CHURN_TEXT_SIZE];
    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        churn = (struct churn){.lost = cases[i].lost, .of = cases[i].of};
        assert_string_equal(churn_percent(&churn, text), cases[i].percent);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(falls_are_counted_from_a_month_before),
        cmocka_unit_test(what_is_not_known_is_not_told),
        cmocka_unit_test(a_source_may_tell_it),
        cmocka_unit_test(percents_are_rounded_half_to_even),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
