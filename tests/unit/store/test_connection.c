// SPDX-License-Identifier: MIT
#include "store/fixture.h"

#include "store/connection.h"

static struct connection *open_connection(struct fixture *fixture)
{
    struct connection *connection = NULL;
    database_close(fixture_open(fixture, DATABASE_WRITE));
    fixture_expect(fixture,
                   connection_open(&connection, fixture->state, &fixture->fault));
    return connection;
}

static void a_statement_without_its_row_is_a_fault(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = open_connection(fixture);
    struct statement note;
    statement_init(&note, STATEMENT_STEP_NOTE, &fixture->arena);
    statement_add_integer(&note, 1);
    assert_false(connection_execute(connection, &note, &fixture->fault));
    assert_int_equal(fixture->fault.kind, FAULT_INTERNAL);
    assert_false(connection_is_damaged(connection));
    connection_close(connection);
}

static void rolling_back_is_safe_at_any_time(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = open_connection(fixture);
    connection_rollback(connection);
    fixture_expect(fixture,
                   connection_step(connection, STATEMENT_BEGIN, &fixture->fault));
    assert_true(connection_in_transaction(connection));
    connection_rollback(connection);
    assert_false(connection_in_transaction(connection));
    connection_close(connection);
}

static void a_wrong_statement_says_where_and_why(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = open_connection(fixture);
    int64_t number = 1;
    assert_false(connection_run(connection, "SELECT 1 FROM nowhere", &fixture->fault));
    assert_string_equal(fixture->fault.where, fixture->state);
    assert_non_null(strstr(fixture->fault.why, "nowhere"));
    assert_false(connection_number(connection, "nonsense", &number, &fixture->fault));
    connection_close(connection);
}

static void a_copy_lives_on_its_own(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = open_connection(fixture), *copy = NULL;
    int64_t count = 0;
    fixture_expect(fixture, connection_open_copy(&copy, connection, &fixture->fault));
    fixture_expect(fixture, connection_run(copy, "DELETE FROM meta", &fixture->fault));
    fixture_expect(fixture, connection_number(connection, "SELECT count(*) FROM meta",
                                              &count, &fixture->fault));
    assert_int_equal(count, 2);
    connection_close(copy);
    connection_close(connection);
    connection_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(a_statement_without_its_row_is_a_fault),
        fixture_test(rolling_back_is_safe_at_any_time),
        fixture_test(a_wrong_statement_says_where_and_why),
        fixture_test(a_copy_lives_on_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
