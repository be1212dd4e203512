// SPDX-License-Identifier: MIT
#include "store/fixture.h"

#include "base/calendar.h"
#include "command/review_due.h"
#include "store/journal.h"

static int64_t day(int year, int month, int number)
{
    return calendar_ms((struct calendar_date){year, month, number});
}

static struct review_due due_at(struct fixture *fixture, struct database *database,
                                int64_t now_ms)
{
    struct review_due due;
    fixture_expect(fixture, review_due_read(database, &fixture->arena, now_ms, &due,
                                            &fixture->fault));
    return due;
}

static void three_months_are_those_of_the_calendar(void **state)
{
    (void) state;
    assert_int_equal(review_due_after(day(2026, 8, 31)), day(2026, 11, 30));
    assert_int_equal(review_due_after(day(2026, 11, 30)), day(2027, 2, 28));
    assert_int_equal(review_due_after(day(2027, 11, 30)), day(2028, 2, 29));
}

static void where_nothing_was_run_nothing_is_due(void **state)
{
    struct fixture *fixture = *state;
    struct review_due due = due_at(fixture, NULL, day(2026, 11, 29));
    assert_false(due.is_due);
    assert_int_equal(due.due_ms, 0);
    assert_null(review_due_text(&due, &fixture->arena));
}

static void it_is_due_three_months_after_the_first_run(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    struct record_run run = {
        .playbook = "shop", .verb = "run", .begun_at_ms = day(2026, 8, 29)};
    fixture_expect(fixture, journal_begin_run(database, &run, &fixture->fault));
    struct review_due due = due_at(fixture, database, day(2026, 11, 29) - 1);
    assert_int_equal(due.last_ms, 0);
    assert_int_equal(due.due_ms, day(2026, 11, 29));
    assert_false(due.is_due);
    due = due_at(fixture, database, day(2026, 11, 29));
    assert_true(due.is_due);
    assert_string_equal(review_due_text(&due, &fixture->arena),
                        "the review is due since 2026-11-29: pipster review");
    database_close(database);
}

static void what_was_gone_through_counts_until_it_expires(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    struct record_run run = {
        .playbook = "shop", .verb = "run", .begun_at_ms = day(2026, 1, 1)};
    fixture_expect(fixture, journal_begin_run(database, &run, &fixture->fault));
    const struct record_answer gone_through = {REVIEW_ALL, "done", day(2026, 11, 1),
                                               day(2027, 2, 1)};
    struct transaction *transaction = transaction_new(database);
    answer_put(transaction, &gone_through);
    fixture_commit(fixture, transaction);
    assert_true(due_at(fixture, database, day(2026, 10, 31)).is_due); // not yet then
    struct review_due due = due_at(fixture, database, day(2027, 1, 31));
    assert_int_equal(due.last_ms, day(2026, 11, 1));
    assert_false(due.is_due);
    assert_true(due_at(fixture, database, day(2027, 2, 1)).is_due);
    database_close(database);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_months_are_those_of_the_calendar),
        fixture_test(where_nothing_was_run_nothing_is_due),
        fixture_test(it_is_due_three_months_after_the_first_run),
        fixture_test(what_was_gone_through_counts_until_it_expires),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
