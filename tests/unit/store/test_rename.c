// SPDX-License-Identifier: MIT
#include "store/rename.h"

#include "store/journal.h"
#include "store/measurement.h"
#include "value/json.h"

#include "store/fixture.h"

static const char *const host_needs[] = {"hetzner.server/app"};
static const char *const file_needs[] = {"host/app", "secret/key"};

static const struct value *entry(struct arena *arena, const char *key,
                                 const struct value *value)
{
    const struct value_entry entry = {key, value};
    return value_map(arena, &entry, 1);
}

static void put(struct fixture *fixture, struct transaction *transaction,
                const struct vault *vault, struct record record)
{
    (void) fixture;
    record.created_by_us = true;
    record.playbook = "playbooks/p.lua";
    state_put(transaction, vault, &record);
}

// A server, its host, a file on it with a secret in it, and the secret.
static void fill(struct fixture *fixture, struct database *database,
                 const struct vault *vault)
{
    struct arena *arena = &fixture->arena;
    const struct value *secret = value_secret(arena, "secret/key", "hunter2hunter2", 14);
    const struct value *reference =
        value_reference(arena, "hetzner.server/app", "ipv4", false);
    const struct value *parts[] = {
        value_text(arena, "on "), value_reference(arena, "host/app", "address", false),
        value_reference(arena, "app:package/git", "version", false)};
    struct transaction *transaction = transaction_new(database);
    put(fixture, transaction, vault,
        (struct record){.address = "hetzner.server/app",
                        .type = "hetzner.server",
                        .attributes = entry(arena, "id", value_integer(arena, 42))});
    put(fixture, transaction, vault,
        (struct record){.address = "host/app",
                        .type = "host",
                        .incarnation = "42/abc",
                        .wanted = entry(arena, "address", reference),
                        .needs = host_needs,
                        .need_count = 1});
    put(fixture, transaction, vault,
        (struct record){.address = "app:file/etc/key",
                        .type = "file",
                        .host = "host/app",
                        .wanted =
                            entry(arena, "content", value_template(arena, parts, 3)),
                        .attributes = entry(arena, "content", secret),
                        .needs = file_needs,
                        .need_count = 2});
    put(fixture, transaction, vault,
        (struct record){.address = "secret/key",
                        .type = "secret",
                        .attributes = entry(arena, "value", secret)});
    secret_put(transaction, vault, secret, "generated");
    fixture_commit(fixture, transaction);
}

static struct state_rows load(struct fixture *fixture, struct database *database)
{
    struct state_rows rows;
    fixture_expect(fixture,
                   state_load(database, &fixture->arena, &rows, &fixture->fault));
    return rows;
}

struct opened {
    struct database *database;
    struct vault *vault;
};

static struct opened open_filled(struct fixture *fixture)
{
    struct opened opened = {fixture_open(fixture, DATABASE_WRITE), NULL};
    fixture_expect(fixture,
                   vault_open(&opened.vault, opened.database, true, &fixture->fault));
    fill(fixture, opened.database, opened.vault);
    return opened;
}

static void close_all(struct opened opened)
{
    vault_close(opened.vault);
    database_close(opened.database);
}

static void rename_one(struct fixture *fixture, struct opened opened, const char *from,
                       const char *to)
{
    struct state_rows rows = load(fixture, opened.database);
    const struct rename_move moved = {from, to};
    struct transaction *transaction = transaction_new(opened.database);
    fixture_expect(fixture, rename_write(transaction, opened.vault, &rows, from, to,
                                         &fixture->fault) &&
                                rename_steps(transaction, &moved, 1, &fixture->fault));
    fixture_commit(fixture, transaction);
}

static void a_server_keeps_what_refers_to_it(void **state)
{
    struct fixture *fixture = *state;
    struct opened opened = open_filled(fixture);
    rename_one(fixture, opened, "hetzner.server/app", "hetzner.server/web");
    struct state_rows rows = load(fixture, opened.database);
    assert_int_equal(rows.count, 4);
    assert_null(state_find(&rows, "hetzner.server/app"));
    const struct record *server = state_find(&rows, "hetzner.server/web");
    assert_non_null(server);
    assert_int_equal(value_find_integer(server->attributes, "id", 0), 42);
    const struct record *host = state_find(&rows, "host/app");
    assert_string_equal(host->needs[0], "hetzner.server/web");
    assert_string_equal(value_find(host->wanted, "address")->reference.address,
                        "hetzner.server/web");
    close_all(opened);
}

static void things_follow_their_host(void **state)
{
    struct fixture *fixture = *state;
    struct opened opened = open_filled(fixture);
    const struct record_measurement row = {
        .address = "app:check.usage/idle", .name = "cpu", .value = 7, .at_ms = 5};
    struct record_measurements found;
    struct transaction *transaction = transaction_new(opened.database);
    measurement_put(transaction, &row);
    fixture_commit(fixture, transaction);
    rename_one(fixture, opened, "host/app", "host/web");
    fixture_expect(fixture, measurement_load_newest(opened.database, &fixture->arena, 1,
                                                    "web:check.usage/idle", &found,
                                                    &fixture->fault));
    assert_int_equal(found.count, 1);
    struct state_rows rows = load(fixture, opened.database);
    const struct record *file = state_find(&rows, "web:file/etc/key");
    assert_non_null(file);
    assert_string_equal(file->host, "host/web");
    assert_string_equal(file->needs[0], "host/web");
    const struct value *content = value_find(file->wanted, "content");
    assert_int_equal(content->kind, VALUE_TEMPLATE);
    assert_string_equal(content->list.items[1]->reference.address, "host/web");
    assert_string_equal(content->list.items[2]->reference.address, "web:package/git");
    assert_string_equal(state_find(&rows, "host/web")->incarnation, "42/abc");
    close_all(opened);
}

static void a_secret_is_sealed_under_its_new_address(void **state)
{
    struct fixture *fixture = *state;
    struct opened opened = open_filled(fixture);
    struct transaction *asking = transaction_new(opened.database);
    state_set_setting(asking, "rotate/secret/key", "now");
    fixture_commit(fixture, asking);
    rename_one(fixture, opened, "secret/key", "secret/jwt_key");
    const struct value *secret = NULL;
    const char *asked = NULL, *before = NULL;
    fixture_expect(fixture,
                   state_setting(opened.database, &fixture->arena,
                                 "rotate/secret/jwt_key", &asked, &fixture->fault) &&
                       state_setting(opened.database, &fixture->arena,
                                     "rotate/secret/key", &before, &fixture->fault));
    assert_non_null(asked);
    assert_null(before);
    fixture_expect(fixture, secret_load(opened.database, opened.vault, &fixture->arena,
                                        "secret/jwt_key", &secret, &fixture->fault));
    assert_non_null(secret);
    assert_memory_equal(secret->secret.bytes, "hunter2hunter2", 14);
    fixture_expect(fixture, secret_load(opened.database, opened.vault, &fixture->arena,
                                        "secret/key", &secret, &fixture->fault));
    assert_null(secret);
    struct state_rows rows = load(fixture, opened.database);
    const struct record *file = state_find(&rows, "app:file/etc/key");
    const struct value *content = value_find(file->attributes, "content");
    assert_string_equal(value_find_text(content, "$secret", ""), "secret/jwt_key");
    assert_true(
        vault_digest_matches(opened.vault, content,
                             value_secret(&fixture->arena, "any", "hunter2hunter2", 14)));
    assert_string_equal(file->needs[1], "secret/jwt_key");
    assert_int_equal(fixture_number(fixture->state, "SELECT count(*) FROM secret WHERE "
                                                    "source = 'generated'"),
                     1);
    close_all(opened);
}

static void open_steps_and_handlers_follow(void **state)
{
    struct fixture *fixture = *state;
    struct opened opened = open_filled(fixture);
    struct record_run run = {.playbook = "playbooks/p.lua", .verb = "run"};
    fixture_expect(fixture, journal_begin_run(opened.database, &run, &fixture->fault));
    struct record_step ended = {.run = run.id,
                                .address = "app:file/etc/key",
                                .type = "file",
                                .host = "host/app",
                                .action = "create"};
    struct record_step begun = ended;
    begun.action = "update";
    struct record_handler owed = {.host = "host/app",
                                  .name = "reload",
                                  .cause = "app:file/etc/key",
                                  .script = "true",
                                  .run = run.id};
    struct transaction *transaction = transaction_new(opened.database);
    journal_intend(transaction, opened.vault, &ended);
    journal_finish(transaction, ended.id, RECORD_DONE, NULL);
    journal_intend(transaction, opened.vault, &begun);
    journal_owe(transaction, &owed);
    fixture_commit(fixture, transaction);
    rename_one(fixture, opened, "host/app", "host/web");
    struct journal_open open;
    fixture_expect(fixture, journal_load_open(opened.database, &fixture->arena, &open,
                                              &fixture->fault));
    assert_int_equal(open.step_count, 1);
    assert_string_equal(open.steps[0].address, "web:file/etc/key");
    assert_string_equal(open.steps[0].host, "host/web");
    assert_int_equal(open.handler_count, 1);
    assert_string_equal(open.handlers[0].host, "host/web");
    assert_string_equal(open.handlers[0].cause, "web:file/etc/key");
    assert_int_equal(fixture_number(fixture->state,
                                    "SELECT count(*) FROM step WHERE outcome = 'done' "
                                    "AND address = 'web:file/etc/key'"),
                     1);
    close_all(opened);
}

// Two moves at once, of which the second takes the name that the first gave up.
static void the_past_follows_with_all_that_it_remembers(void **state)
{
    struct fixture *fixture = *state;
    struct arena *arena = &fixture->arena;
    struct opened opened = open_filled(fixture);
    struct record_run run = {.playbook = "playbooks/p.lua", .verb = "run"};
    fixture_expect(fixture, journal_begin_run(opened.database, &run, &fixture->fault));
    const struct value *needed = value_text(arena, "host/app");
    struct record_step step = {
        .run = run.id,
        .address = "hetzner.server/app",
        .type = "hetzner.server",
        .action = "update",
        .wanted_before =
            entry(arena, "key",
                  value_reference(arena, "hetzner.server/other", "id", false)),
        .before = entry(arena, "key", value_secret(arena, "secret/key", "hunter22", 8)),
        .after = entry(arena, "name", value_text(arena, "host/app")),
        .row_before = entry(arena, "needs", value_list(arena, &needed, 1)),
    };
    struct transaction *transaction = transaction_new(opened.database);
    journal_intend(transaction, opened.vault, &step);
    fixture_commit(fixture, transaction);
    const struct rename_move moves[] = {{"hetzner.server/app", "hetzner.server/web"},
                                        {"hetzner.server/other", "hetzner.server/app"},
                                        {"host/app", "host/web"},
                                        {"secret/key", "secret/jwt"}};
    transaction = transaction_new(opened.database);
    fixture_expect(fixture, rename_steps(transaction, moves, 4, &fixture->fault));
    fixture_commit(fixture, transaction);
    struct record_step *steps = NULL;
    size_t count = 0;
    fixture_expect(fixture,
                   journal_load_steps_of(opened.database, arena, "hetzner.server/web",
                                         &steps, &count, &fixture->fault));
    assert_int_equal(count, 1);
    const struct value *key = value_find(steps->wanted_before, "key");
    assert_string_equal(key->reference.address, "hetzner.server/app");
    const struct value *secret = value_find(steps->before, "key");
    assert_string_equal(value_find_text(secret, "$secret", ""), "secret/jwt");
    assert_true(vault_digest_matches(opened.vault, secret,
                                     value_secret(arena, "any", "hunter22", 8)));
    // What only looks like an address is none.
    assert_string_equal(value_find_text(steps->after, "name", ""), "host/app");
    const struct value *needs = value_find(steps->row_before, "needs");
    assert_string_equal(needs->list.items[0]->string.bytes, "host/web");
    close_all(opened);
}

static void what_cannot_be_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct opened opened = open_filled(fixture);
    static const struct {
        const char *from, *to, *why;
    } cases[] = {
        {"hetzner.server/no", "hetzner.server/web", "not in the state"},
        {"hetzner.server/app", "host/app", "taken"},
        {"hetzner.server/app", "hetzner.firewall/app", "one is a hetzner.server"},
        {"hetzner.server/app", "hetzner.server/Web", "a name is"},
        {"app:file/etc/key", "web:file/etc/key", "move with their host"},
        {"hetzner.server/app", "hetzner.server/app", "taken"},
    };
    struct state_rows rows = load(fixture, opened.database), renamed;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(rename_rows(&fixture->arena, &rows, cases[i].from, cases[i].to,
                                 &renamed, &fixture->fault));
        assert_non_null(strstr(fixture->fault.why, cases[i].why));
        assert_int_equal(fixture->fault.kind, FAULT_USAGE);
    }
    fixture_expect(fixture, rename_rows(&fixture->arena, &rows, "host/app", "host/zoo",
                                        &renamed, &fixture->fault));
    assert_int_equal(renamed.count, 4);
    for (size_t i = 1; i < renamed.count; i++)
        assert_true(strcmp(renamed.rows[i - 1].address, renamed.rows[i].address) < 0);
    assert_non_null(state_find(&renamed, "zoo:file/etc/key"));
    close_all(opened);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(a_server_keeps_what_refers_to_it),
        fixture_test(things_follow_their_host),
        fixture_test(a_secret_is_sealed_under_its_new_address),
        fixture_test(open_steps_and_handlers_follow),
        fixture_test(the_past_follows_with_all_that_it_remembers),
        fixture_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
