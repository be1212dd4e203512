// SPDX-License-Identifier: MIT
#include "store/revenue.h"

#include "store/fixture.h"

static struct money euro(const char *text)
{
    struct money money;
    struct fault fault;
    assert_true(money_parse(text, "EUR", &money, &fault));
    return money;
}

static struct record_revenue reading(int64_t read_at_ms, int64_t as_of_ms, bool accepted)
{
    return (struct record_revenue){.read_at_ms = read_at_ms,
                                   .as_of_ms = as_of_ms,
                                   .fresh_until_ms = as_of_ms + 1000,
                                   .source = "stripe",
                                   .gross = euro("700.123"),
                                   .cautious = euro("640"),
                                   .at_risk = euro("12.5"),
                                   .customers = 52,
                                   .accepted = accepted};
}

static void put(struct fixture *fixture, struct database *database,
                const struct record_revenue *row)
{
    struct transaction *transaction = transaction_new(database);
    revenue_put(transaction, row);
    fixture_commit(fixture, transaction);
}

static struct record_revenues newest(struct fixture *fixture, struct database *database,
                                     int most)
{
    struct record_revenues found;
    fixture_expect(fixture, revenue_load_newest(database, &fixture->arena, most, &found,
                                                &fixture->fault));
    return found;
}

static const struct record_revenue *accepted(struct fixture *fixture,
                                             struct database *database, int64_t by_ms)
{
    const struct record_revenue *found;
    fixture_expect(fixture, revenue_load_accepted(database, &fixture->arena, by_ms,
                                                  &found, &fixture->fault));
    return found;
}

static void a_row_is_read_as_it_was_put(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    struct arena *arena = &fixture->arena;
    const struct value *texts[] = {value_text(arena, "two metered prices are left out")};
    const struct value_entry entry = {"source", value_text(arena, "stripe")};
    const struct value *parts[] = {value_map(arena, &entry, 1)};
    struct record_revenue row = reading(5000, 4000, true);
    row.warnings = value_list(arena, texts, 1);
    row.parts = value_list(arena, parts, 1);
    int64_t serial = database_serial(database);
    put(fixture, database, &row);
    assert_int_equal(database_serial(database), serial);
    database_close(database);
    database = fixture_open(fixture, DATABASE_READ);
    struct record_revenues found = newest(fixture, database, 5);
    assert_int_equal(found.count, 1);
    const struct record_revenue *back = found.rows;
    assert_int_equal(back->read_at_ms, 5000);
    assert_int_equal(back->as_of_ms, 4000);
    assert_int_equal(back->fresh_until_ms, 5000);
    assert_string_equal(back->source, "stripe");
    assert_int_equal(back->gross.units, euro("700.123").units);
    assert_string_equal(back->gross.currency, "EUR");
    assert_int_equal(back->cautious.units, euro("640").units);
    assert_int_equal(back->at_risk.units, euro("12.5").units);
    assert_int_equal(back->customers, 52);
    assert_true(back->accepted);
    assert_string_equal(back->warnings->list.items[0]->string.bytes,
                        "two metered prices are left out");
    assert_int_equal(back->parts->list.count, 1);
    database_close(database);
}

static void the_same_reading_is_kept_once(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    struct record_revenue row = reading(5000, 4000, true);
    put(fixture, database, &row);
    put(fixture, database, &row);
    assert_int_equal(newest(fixture, database, 5).count, 1);
    row.source = "typed in";
    put(fixture, database, &row);
    assert_int_equal(newest(fixture, database, 5).count, 2);
    database_close(database);
}

static void what_is_not_accepted_is_no_figure_until_it_is(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    const struct record_revenue old = reading(1000, 1000, true);
    const struct record_revenue odd = reading(2000, 2000, false);
    assert_null(accepted(fixture, database, 9000));
    put(fixture, database, &old);
    put(fixture, database, &odd);
    struct record_revenues found = newest(fixture, database, 1);
    assert_int_equal(found.count, 1);
    assert_false(found.rows[0].accepted);
    assert_int_equal(accepted(fixture, database, 9000)->read_at_ms, 1000);
    assert_null(accepted(fixture, database, 999));
    struct transaction *transaction = transaction_new(database);
    revenue_accept(transaction, found.rows[0].id);
    fixture_commit(fixture, transaction);
    assert_int_equal(accepted(fixture, database, 9000)->read_at_ms, 2000);
    assert_int_equal(accepted(fixture, database, 1999)->read_at_ms, 1000);
    database_close(database);
}

static void history_is_of_the_days_that_the_figures_are_of(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    struct record_revenues found;
    // The middle one was typed in last.
    const int64_t rows[][2] = {{1000, 1000}, {9000, 2000}, {3000, 3000}, {4000, 4000}};
    for (size_t i = 0; i < 4; i++) {
        struct record_revenue row = reading(rows[i][0], rows[i][1], i != 2);
        put(fixture, database, &row);
    }
    fixture_expect(fixture, revenue_load_between(database, &fixture->arena, 1000, 3000,
                                                 &found, &fixture->fault));
    assert_int_equal(found.count, 3);
    assert_int_equal(found.rows[0].as_of_ms, 1000);
    assert_int_equal(found.rows[1].as_of_ms, 2000);
    assert_int_equal(found.rows[2].as_of_ms, 3000);
    assert_false(found.rows[2].accepted);
    database_close(database);
}

static void without_a_database_nothing_was_read(void **state)
{
    struct fixture *fixture = *state;
    struct record_revenues found;
    assert_int_equal(newest(fixture, NULL, 3).count, 0);
    assert_null(accepted(fixture, NULL, 9000));
    fixture_expect(fixture, revenue_load_between(NULL, &fixture->arena, 0, 9, &found,
                                                 &fixture->fault));
    assert_int_equal(found.count, 0);
}

static void a_row_that_another_program_spoilt_is_told(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    struct record_revenues found;
    const struct record_revenue row = reading(1000, 1000, true);
    put(fixture, database, &row);
    database_close(database);
    fixture_sql(fixture->state, "UPDATE revenue SET cautious = 'lots'");
    database = fixture_open(fixture, DATABASE_READ);
    assert_false(
        revenue_load_newest(database, &fixture->arena, 1, &found, &fixture->fault));
    assert_non_null(strstr(fixture->fault.what, "\"lots\" is no amount"));
    database_close(database);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(a_row_is_read_as_it_was_put),
        fixture_test(the_same_reading_is_kept_once),
        fixture_test(what_is_not_accepted_is_no_figure_until_it_is),
        fixture_test(history_is_of_the_days_that_the_figures_are_of),
        fixture_test(without_a_database_nothing_was_read),
        fixture_test(a_row_that_another_program_spoilt_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
