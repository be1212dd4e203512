// SPDX-License-Identifier: MIT
#include "store/fixture.h"

#include "store/migration.h"
#include "store/query.h"
#include "store/statement.h"

// Every text of the table is right for the schema it is meant for.
static void every_statement_fits_the_schema(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = NULL;
    database_close(fixture_open(fixture, DATABASE_WRITE));
    fixture_expect(fixture,
                   connection_open(&connection, fixture->state, &fixture->fault));
    fixture_expect(fixture,
                   connection_run(connection,
                                  "CREATE TEMP TABLE fact (key, text, read_at_ms)",
                                  &fixture->fault));
    for (int id = 0; id < STATEMENT_COUNT; id++) {
        struct statement statement;
        struct sqlite3_stmt *prepared = NULL;
        assert_non_null(statement_sql(id));
        statement_init(&statement, id, &fixture->arena);
        fixture_expect(
            fixture, connection_bind(connection, &statement, &prepared, &fixture->fault));
    }
    connection_close(connection);
}

static void parameters_come_back_as_they_were(void **state)
{
    struct fixture *fixture = *state;
    struct connection *connection = NULL;
    struct statement put, get;
    struct query query;
    size_t length = 0;
    database_close(fixture_open(fixture, DATABASE_WRITE));
    fixture_expect(fixture,
                   connection_open(&connection, fixture->state, &fixture->fault));
    statement_init(&put, STATEMENT_SECRET_PUT, &fixture->arena);
    statement_add_text(&put, "a'b");
    statement_add_blob(&put, "x\0y", 3);
    fixture_expect(fixture, connection_execute(connection, &put, &fixture->fault));

    statement_init(&get, STATEMENT_SECRET_GET, &fixture->arena);
    statement_add_text(&get, "a'b");
    fixture_expect(fixture, query_start(&query, connection, &get, &fixture->fault));
    assert_true(query_next(&query));
    assert_string_equal(query_text(&query, 0, &fixture->arena), "a'b");
    assert_memory_equal(query_blob(&query, 1, &fixture->arena, &length), "x\0y", 3);
    assert_int_equal(length, 3);
    assert_false(query_next(&query));
    fixture_expect(fixture, query_end(&query, &fixture->fault));
    connection_close(connection);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(every_statement_fits_the_schema),
        fixture_test(parameters_come_back_as_they_were),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
