// SPDX-License-Identifier: MIT
#include "store/fixture.h"

#include "store/state.h"
#include "value/json.h"

static void gives_back_what_was_put(void **state)
{
    struct fixture *fixture = *state;
    struct arena *arena = &fixture->arena;
    static const char *const needs[] = {"host/app", "hetzner.volume/data"};
    const struct value_entry entries[] = {
        {"ip", value_reference(arena, "hetzner.server/app", "ipv4", false)},
        {"size", value_integer(arena, 10)},
    };
    const struct record record = {
        .address = "app:file/etc/motd",
        .type = "file",
        .host = "host/app",
        .playbook = "phase1",
        .incarnation = "42/abc",
        .created_by_us = true,
        .protect = true,
        .wanted = value_map(arena, entries, 2),
        .attributes = value_map(arena, entries + 1, 1),
        .needs = needs,
        .need_count = 2,
        .changed_at_ms = INT64_C(1700000000123),
    };
    const struct record bare = {.address = "hetzner.server/app",
                                .type = "hetzner.server"};
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    struct transaction *transaction = transaction_new(database);
    state_put(transaction, NULL, &bare);
    state_put(transaction, NULL, &record);
    fixture_commit(fixture, transaction);

    struct state_rows rows;
    fixture_expect(fixture, state_load(database, arena, &rows, &fixture->fault));
    assert_int_equal(rows.count, 2);
    assert_string_equal(rows.rows[0].address, "app:file/etc/motd");
    const struct record *found = state_find(&rows, "app:file/etc/motd");
    assert_ptr_equal(found, &rows.rows[0]);
    assert_string_equal(found->type, "file");
    assert_string_equal(found->host, "host/app");
    assert_string_equal(found->playbook, "phase1");
    assert_string_equal(found->incarnation, "42/abc");
    assert_true(found->created_by_us);
    assert_true(found->protect);
    assert_true(value_equal(found->wanted, record.wanted));
    assert_true(value_equal(found->attributes, record.attributes));
    assert_int_equal(found->need_count, 2);
    assert_string_equal(found->needs[1], "hetzner.volume/data");
    assert_int_equal(found->changed_at_ms, INT64_C(1700000000123));
    found = state_find(&rows, "hetzner.server/app");
    assert_null(found->host);
    assert_null(found->wanted);
    assert_int_equal(found->need_count, 0);
    assert_null(state_find(&rows, "hetzner.server/other"));
    database_close(database);
}

static void the_last_row_of_an_address_counts(void **state)
{
    struct fixture *fixture = *state;
    struct state_rows rows;
    struct record record = {.address = "host/app", .type = "host", .incarnation = "1/a"};
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    struct transaction *transaction = transaction_new(database);
    state_put(transaction, NULL, &record);
    record.incarnation = "2/b";
    state_put(transaction, NULL, &record);
    fixture_commit(fixture, transaction);
    fixture_expect(fixture,
                   state_load(database, &fixture->arena, &rows, &fixture->fault));
    assert_int_equal(rows.count, 1);
    assert_string_equal(rows.rows[0].incarnation, "2/b");
    transaction = transaction_new(database);
    state_remove(transaction, "host/app");
    state_remove(transaction, "host/never");
    fixture_commit(fixture, transaction);
    fixture_expect(fixture,
                   state_load(database, &fixture->arena, &rows, &fixture->fault));
    assert_int_equal(rows.count, 0);
    assert_null(state_find(&rows, "host/app"));
    database_close(database);
}

static void settings_come_and_go(void **state)
{
    struct fixture *fixture = *state;
    static const char *const texts[] = {"phase1", "phase2", NULL};
    const char *text = NULL;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    for (size_t i = 0; i < 3; i++) {
        struct transaction *transaction = transaction_new(database);
        state_set_setting(transaction, "tip", texts[i]);
        fixture_commit(fixture, transaction);
        fixture_expect(fixture, state_setting(database, &fixture->arena, "tip", &text,
                                              &fixture->fault));
        if (texts[i])
            assert_string_equal(text, texts[i]);
        else
            assert_null(text);
    }
    database_close(database);
}

static void without_a_database_nothing_is_stored(void **state)
{
    struct fixture *fixture = *state;
    struct state_rows rows;
    const char *text = "";
    fixture_expect(fixture, state_load(NULL, &fixture->arena, &rows, &fixture->fault));
    assert_int_equal(rows.count, 0);
    fixture_expect(fixture,
                   state_setting(NULL, &fixture->arena, "tip", &text, &fixture->fault));
    assert_null(text);
}

static void a_row_that_is_no_json_is_a_fault(void **state)
{
    struct fixture *fixture = *state;
    struct state_rows rows;
    database_close(fixture_open(fixture, DATABASE_WRITE));
    fixture_sql(fixture->state, "INSERT INTO resource (address, type, created_by_us, "
                                "wanted, changed_at_ms) VALUES ('a/b', 'a', 1, '{', 0)");
    struct database *database = fixture_open(fixture, DATABASE_READ);
    assert_false(state_load(database, &fixture->arena, &rows, &fixture->fault));
    assert_non_null(strstr(fixture->fault.what, "while reading the state"));
    assert_string_equal(fixture->fault.where, fixture->state);
    database_close(database);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(gives_back_what_was_put),
        fixture_test(the_last_row_of_an_address_counts),
        fixture_test(settings_come_and_go),
        fixture_test(without_a_database_nothing_is_stored),
        fixture_test(a_row_that_is_no_json_is_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
