// SPDX-License-Identifier: MIT
#include "store/answer.h"

#include "store/fixture.h"

static void put(struct fixture *fixture, struct database *database, const char *name,
                const char *value, int64_t answered_ms)
{
    const struct record_answer row = {name, value, answered_ms, answered_ms + 1000};
    struct transaction *transaction = transaction_new(database);
    answer_put(transaction, &row);
    fixture_commit(fixture, transaction);
}

static struct record_answers load(struct fixture *fixture, struct database *database,
                                  int64_t by_ms)
{
    struct record_answers found;
    fixture_expect(fixture, answer_load(database, &fixture->arena, by_ms, &found,
                                        &fixture->fault));
    return found;
}

static void the_newest_of_each_name_is_read_as_it_was_put(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    int64_t serial = database_serial(database);
    put(fixture, database, "soc2", "no", 1000);
    put(fixture, database, "two languages", "Lua, and \"C\"", 2000);
    put(fixture, database, "soc2", "yes", 3000);
    assert_int_equal(database_serial(database), serial);
    database_close(database);
    database = fixture_open(fixture, DATABASE_READ);
    struct record_answers found = load(fixture, database, 3000);
    assert_int_equal(found.count, 2);
    assert_string_equal(found.rows[0].name, "soc2");
    assert_string_equal(found.rows[0].value, "yes");
    assert_int_equal(found.rows[0].answered_ms, 3000);
    assert_int_equal(found.rows[0].expires_ms, 4000);
    assert_string_equal(found.rows[1].value, "Lua, and \"C\"");
    database_close(database);
}

static void what_was_answered_later_is_not_known_earlier(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    put(fixture, database, "soc2", "no", 1000);
    put(fixture, database, "soc2", "yes", 3000);
    assert_int_equal(load(fixture, database, 999).count, 0);
    struct record_answers found = load(fixture, database, 2999);
    assert_int_equal(found.count, 1);
    assert_string_equal(found.rows[0].value, "no");
    database_close(database);
}

static void of_one_moment_the_last_answer_counts(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    put(fixture, database, "soc2", "yes", 1000);
    put(fixture, database, "soc2", "no", 1000);
    struct record_answers found = load(fixture, database, 1000);
    assert_int_equal(found.count, 1);
    assert_string_equal(found.rows[0].value, "no");
    database_close(database);
}

static void an_answer_counts_until_it_expires(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    put(fixture, database, "soc2", "yes", 1000);
    struct record_answers found = load(fixture, database, 9000);
    const struct record_answer *answer = answer_find(&found, "soc2");
    assert_non_null(answer);
    assert_true(answer_counts(answer, 1999));
    assert_false(answer_counts(answer, 2000));
    assert_null(answer_find(&found, "soc"));
    database_close(database);
}

static void without_a_database_nothing_was_answered(void **state)
{
    struct record_answers found = load(*state, NULL, 9000);
    assert_int_equal(found.count, 0);
    assert_null(answer_find(&found, "soc2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(the_newest_of_each_name_is_read_as_it_was_put),
        fixture_test(what_was_answered_later_is_not_known_earlier),
        fixture_test(of_one_moment_the_last_answer_counts),
        fixture_test(an_answer_counts_until_it_expires),
        fixture_test(without_a_database_nothing_was_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
