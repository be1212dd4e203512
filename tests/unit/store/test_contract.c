// SPDX-License-Identifier: MIT
//
// The contract of the store (contract.h), for SQLite. Another database needs an opener
// and a line in `databases`.
#include "store/contract.h"

static const char *const needs[] = {"host/app", "secret/key"};

static const struct value *attribute(struct contract *contract, const char *key,
                                     const struct value *value)
{
    const struct value_entry entry = {key, value};
    return value_map(&contract->fixture->arena, &entry, 1);
}

static const struct value *secret_of(struct contract *contract, const char *label,
                                     const char *bytes)
{
    return value_secret(&contract->fixture->arena, label, bytes, strlen(bytes));
}

static void put_row(struct contract *contract, const char *address, int64_t number)
{
    const struct value *value = value_integer(&contract->fixture->arena, number);
    struct transaction *transaction = transaction_new(contract->database);
    const struct record record = {.address = address,
                                  .type = "hetzner.server",
                                  .attributes = attribute(contract, "id", value)};
    state_put(transaction, contract->vault, &record);
    contract_commit(contract, transaction);
}

static void nothing_is_read_where_nothing_was_stored(struct contract *contract,
                                                     contract_open_fn open)
{
    struct fixture *fixture = contract->fixture;
    struct state_rows rows;
    struct journal_open left;
    contract_open(contract, open, DATABASE_READ);
    assert_null(contract->database);
    fixture_expect(fixture, state_load(NULL, &fixture->arena, &rows, &fixture->fault));
    fixture_expect(fixture,
                   journal_load_open(NULL, &fixture->arena, &left, &fixture->fault));
    assert_int_equal(rows.count + left.step_count + left.handler_count, 0);
    assert_int_equal(database_serial(NULL), 0);
}

static void an_id_is_made_once_and_stays(struct contract *contract, contract_open_fn open)
{
    char id[17];
    contract_open(contract, open, DATABASE_WRITE);
    snprintf(id, sizeof id, "%s", database_project_id(contract->database));
    assert_int_equal(strspn(id, "0123456789abcdef"), 16);
    contract_close(contract);
    contract_open(contract, open, DATABASE_READ);
    assert_string_equal(database_project_id(contract->database), id);
    contract_close(contract);
}

static void
an_id_is_taken_only_while_nothing_belongs_to_the_old_one(struct contract *contract,
                                                         contract_open_fn open)
{
    struct fixture *fixture = contract->fixture;
    contract_open(contract, open, DATABASE_WRITE);
    fixture_expect(fixture, database_take_project_id(
                                contract->database, "0123456789abcdef", &fixture->fault));
    assert_string_equal(database_project_id(contract->database), "0123456789abcdef");
    put_row(contract, "hetzner.server/app", 1);
    assert_false(database_take_project_id(contract->database, "feedfeedfeedfeed",
                                          &fixture->fault));
    fixture_expect(fixture, database_take_project_id(
                                contract->database, "0123456789abcdef", &fixture->fault));
    contract_close(contract);
    contract_open(contract, open, DATABASE_READ);
    assert_string_equal(database_project_id(contract->database), "0123456789abcdef");
    contract_close(contract);
}

static void a_row_comes_back_whole(struct contract *contract, contract_open_fn open)
{
    struct arena *arena = &contract->fixture->arena;
    contract_open(contract, open, DATABASE_WRITE);
    const struct value *tag = value_text(arena, "net");
    const struct value *ignored = value_text(arena, "owner");
    const struct value *parts[] = {value_text(arena, "a"),
                                   value_reference(arena, "host/app", "address", false)};
    const struct record written = {
        .address = "app:file/etc/key",
        .type = "file",
        .host = "host/app",
        .playbook = "playbooks/p.lua",
        .incarnation = "42/abc",
        .stage = "late",
        .tags = value_list(arena, &tag, 1),
        .ignore = value_list(arena, &ignored, 1),
        .restarts = value_list(arena, &tag, 1),
        .reloads = value_list(arena, &ignored, 1),
        .phase = 3,
        .created_by_us = true,
        .protect = true,
        .wanted = attribute(contract, "content", value_template(arena, parts, 2)),
        .attributes =
            attribute(contract, "content", secret_of(contract, "secret/key", "hunter22")),
        .needs = needs,
        .need_count = 2,
        .changed_at_ms = 1790000000123,
    };
    struct transaction *transaction = transaction_new(contract->database);
    state_put(transaction, contract->vault, &written);
    contract_commit(contract, transaction);
    contract_close(contract);
    contract_open(contract, open, DATABASE_READ);
    struct state_rows rows = contract_rows(contract);
    const struct record *row = state_find(&rows, "app:file/etc/key");
    assert_non_null(row);
    assert_string_equal(row->type, "file");
    assert_string_equal(row->host, "host/app");
    assert_string_equal(row->playbook, "playbooks/p.lua");
    assert_string_equal(row->incarnation, "42/abc");
    assert_string_equal(row->stage, "late");
    assert_true(value_equal(row->tags, written.tags));
    assert_true(value_equal(row->ignore, written.ignore));
    assert_true(value_equal(row->restarts, written.restarts));
    assert_true(value_equal(row->reloads, written.reloads));
    assert_int_equal(row->phase, 3);
    assert_true(row->created_by_us && row->protect);
    assert_true(value_equal(row->wanted, written.wanted));
    assert_int_equal(row->need_count, 2);
    assert_string_equal(row->needs[1], "secret/key");
    assert_int_equal(row->changed_at_ms, 1790000000123);
    const struct value *content = value_find(row->attributes, "content");
    assert_string_equal(value_find_text(content, "$secret", ""), "secret/key");
    assert_true(vault_digest_matches(contract->vault, content,
                                     secret_of(contract, "any", "hunter22")));
    contract_close(contract);
}

static void rows_are_sorted_replaced_and_removed(struct contract *contract,
                                                 contract_open_fn open)
{
    contract_open(contract, open, DATABASE_WRITE);
    put_row(contract, "hetzner.server/b", 1);
    put_row(contract, "hetzner.server/a", 2);
    put_row(contract, "hetzner.server/b", 3);
    struct state_rows rows = contract_rows(contract);
    assert_int_equal(rows.count, 2);
    assert_string_equal(rows.rows[0].address, "hetzner.server/a");
    assert_int_equal(value_find_integer(rows.rows[1].attributes, "id", 0), 3);
    struct transaction *transaction = transaction_new(contract->database);
    state_remove(transaction, "hetzner.server/b");
    state_remove(transaction, "hetzner.server/none");
    contract_commit(contract, transaction);
    rows = contract_rows(contract);
    assert_int_equal(rows.count, 1);
    assert_null(state_find(&rows, "hetzner.server/b"));
    contract_close(contract);
}

static void the_serial_rises_with_state_and_with_nothing_else(struct contract *contract,
                                                              contract_open_fn open)
{
    contract_open(contract, open, DATABASE_WRITE);
    int64_t first = database_serial(contract->database);
    put_row(contract, "hetzner.server/a", 1);
    int64_t second = database_serial(contract->database);
    assert_true(second > first);
    struct record_run run = {.playbook = "playbooks/p.lua", .verb = "run"};
    fixture_expect(contract->fixture, journal_begin_run(contract->database, &run,
                                                        &contract->fixture->fault));
    assert_int_equal(database_serial(contract->database), second);
    struct transaction *note = transaction_new(contract->database);
    state_note_setting(note, "tip", "playbooks/p.lua");
    fixture_expect(contract->fixture,
                   transaction_commit(note, &contract->fixture->fault));
    assert_int_equal(database_serial(contract->database), second);
    contract_close(contract);
    contract_open(contract, open, DATABASE_READ);
    assert_int_equal(database_serial(contract->database), second);
    contract_close(contract);
}

static void what_was_never_started_never_happened(struct contract *contract,
                                                  contract_open_fn open)
{
    contract_open(contract, open, DATABASE_WRITE);
    struct transaction *transaction = transaction_new(contract->database);
    const struct record record = {.address = "host/app", .type = "host"};
    state_put(transaction, contract->vault, &record);
    state_set_setting(transaction, "tip", "playbooks/p.lua");
    transaction_free(transaction);
    assert_int_equal(contract_rows(contract).count, 0);
    contract_close(contract);
}

static void settings_are_kept_and_removed(struct contract *contract,
                                          contract_open_fn open)
{
    struct fixture *fixture = contract->fixture;
    const char *text = "";
    contract_open(contract, open, DATABASE_WRITE);
    for (int i = 0; i < 2; i++) {
        struct transaction *transaction = transaction_new(contract->database);
        state_set_setting(transaction, "tip", i == 0 ? "playbooks/p.lua" : NULL);
        contract_commit(contract, transaction);
        fixture_expect(fixture, state_setting(contract->database, &fixture->arena, "tip",
                                              &text, &fixture->fault));
        if (i == 0)
            assert_string_equal(text, "playbooks/p.lua");
        else
            assert_null(text);
    }
    contract_close(contract);
}

static void count_done(void *context, const struct fault *fault)
{
    assert_false(fault_is_set(fault));
    ++*(int *) context;
}

static void transactions_are_told_once_each(struct contract *contract,
                                            contract_open_fn open)
{
    int done = 0;
    contract_open(contract, open, DATABASE_WRITE);
    for (int i = 0; i < 20; i++) {
        char address[32];
        snprintf(address, sizeof address, "hetzner.server/s%d", i);
        struct transaction *transaction = transaction_new(contract->database);
        const struct record record = {.address = address, .type = "hetzner.server"};
        state_put(transaction, contract->vault, &record);
        transaction_start(transaction, count_done, &done);
    }
    while (done < 20)
        assert_true(database_wait(contract->database) > 0);
    assert_int_equal(done, 20);
    assert_int_equal(contract_rows(contract).count, 20);
    assert_true(database_commit_count(contract->database) <= 22);
    contract_close(contract);
}

static int64_t begin_run(struct contract *contract)
{
    struct record_run run = {.playbook = "playbooks/p.lua", .verb = "run", .who = "anna"};
    fixture_expect(contract->fixture, journal_begin_run(contract->database, &run,
                                                        &contract->fixture->fault));
    return run.id;
}

static struct journal_open left_open(struct contract *contract)
{
    struct journal_open left;
    fixture_expect(contract->fixture,
                   journal_load_open(contract->database, &contract->fixture->arena, &left,
                                     &contract->fixture->fault));
    return left;
}

static void intents_stay_open_until_they_are_finished(struct contract *contract,
                                                      contract_open_fn open)
{
    contract_open(contract, open, DATABASE_WRITE);
    struct record_step one = {.run = begin_run(contract),
                              .address = "app:file/etc/motd",
                              .type = "file",
                              .host = "host/app",
                              .action = "create",
                              .label = "r1s1"};
    struct record_step two = one;
    struct transaction *transaction = transaction_new(contract->database);
    journal_intend(transaction, contract->vault, &one);
    journal_intend(transaction, contract->vault, &two);
    journal_note(transaction, one.id, attribute(contract, "k", value_bool(true)));
    contract_commit(contract, transaction);
    assert_true(one.id > 0 && two.id > one.id);
    contract_close(contract); // killed, as far as the next one knows
    contract_open(contract, open, DATABASE_WRITE);
    struct journal_open left = left_open(contract);
    assert_int_equal(left.step_count, 2);
    assert_string_equal(left.steps[0].address, "app:file/etc/motd");
    assert_string_equal(left.steps[0].label, "r1s1");
    assert_string_equal(left.steps[0].playbook, "playbooks/p.lua");
    assert_true(value_find_bool(left.steps[0].note, "k", false));
    transaction = transaction_new(contract->database);
    journal_finish(transaction, one.id, RECORD_DONE, NULL);
    journal_finish(transaction, two.id, RECORD_UNCERTAIN, "lost");
    contract_commit(contract, transaction);
    left = left_open(contract);
    assert_int_equal(left.step_count, 1);
    assert_int_equal(left.steps[0].id, two.id);
    assert_int_equal(left.steps[0].outcome, RECORD_UNCERTAIN);
    assert_string_equal(left.steps[0].failure, "lost");
    contract_close(contract);
}

static void handlers_are_owed_once(struct contract *contract, contract_open_fn open)
{
    contract_open(contract, open, DATABASE_WRITE);
    int64_t run = begin_run(contract);
    for (int i = 0; i < 2; i++) {
        const struct record_handler owed = {.host = "host/app",
                                            .name = "reload",
                                            .cause = i == 0 ? "app:a/1" : "app:a/2",
                                            .script = "true",
                                            .run = run};
        struct transaction *transaction = transaction_new(contract->database);
        journal_owe(transaction, &owed);
        contract_commit(contract, transaction);
    }
    struct journal_open left = left_open(contract);
    assert_int_equal(left.handler_count, 1);
    assert_string_equal(left.handlers[0].cause, "app:a/2");
    struct transaction *transaction = transaction_new(contract->database);
    journal_clear(transaction, "host/app", "reload");
    contract_commit(contract, transaction);
    assert_int_equal(left_open(contract).handler_count, 0);
    contract_close(contract);
}

static void measure(struct transaction *transaction, const char *address, double value,
                    int64_t at_ms)
{
    const struct record_measurement row = {.run = 3,
                                           .address = address,
                                           .name = "p95_ms",
                                           .value = value,
                                           .unit = value < 0 ? NULL : "ms",
                                           .at_ms = at_ms};
    measurement_put(transaction, &row);
}

static struct record_measurements newest(struct contract *contract, int most,
                                         const char *address)
{
    struct fixture *fixture = contract->fixture;
    struct record_measurements found;
    fixture_expect(fixture,
                   measurement_load_newest(contract->database, &fixture->arena, most,
                                           address, &found, &fixture->fault));
    return found;
}

static void measurements_are_kept_newest_first(struct contract *contract,
                                               contract_open_fn open)
{
    contract_open(contract, open, DATABASE_WRITE);
    int64_t serial = database_serial(contract->database);
    struct transaction *transaction = transaction_new(contract->database);
    measure(transaction, "check.load/b", 12.5, 1000);
    measure(transaction, "check.load/b", 3, 3000);
    measure(transaction, "check.load/b", -0.25, 2000);
    measure(transaction, "check.load/a", 1e-9, 1000);
    contract_commit(contract, transaction);
    assert_int_equal(database_serial(contract->database), serial);
    contract_close(contract);
    contract_open(contract, open, DATABASE_READ);
    struct record_measurements found = newest(contract, 2, NULL);
    assert_int_equal(found.count, 3);
    assert_string_equal(found.rows[0].address, "check.load/a");
    assert_true(found.rows[0].value == 1e-9);
    assert_true(found.rows[1].value == 3.0);
    assert_string_equal(found.rows[1].unit, "ms");
    assert_int_equal(found.rows[1].run, 3);
    assert_true(found.rows[2].value == -0.25);
    assert_null(found.rows[2].unit);
    found = newest(contract, 1, "check.load/b");
    assert_int_equal(found.count, 1);
    assert_int_equal(found.rows[0].at_ms, 3000);
    fixture_expect(contract->fixture,
                   measurement_load_since(contract->database, &contract->fixture->arena,
                                          "p95_ms", 2000, &found,
                                          &contract->fixture->fault));
    assert_int_equal(found.count, 2);
    assert_int_equal(found.rows[0].at_ms, 2000);
    assert_int_equal(found.rows[1].at_ms, 3000);
    fixture_expect(contract->fixture,
                   measurement_load_since(contract->database, &contract->fixture->arena,
                                          "cpu", 0, &found, &contract->fixture->fault));
    assert_int_equal(found.count, 0);
    contract_close(contract);
}

static void measurements_of_a_run_are_told_in_order(struct contract *contract,
                                                    contract_open_fn open)
{
    struct fixture *fixture = contract->fixture;
    struct record_measurements found;
    struct record_measurement other = {
        .run = 4, .address = "a", .name = "n", .value = 1, .at_ms = 5};
    contract_open(contract, open, DATABASE_WRITE);
    struct transaction *transaction = transaction_new(contract->database);
    measure(transaction, "check.load/b", 2, 2000);
    measurement_put(transaction, &other);
    measure(transaction, "check.load/a", 1, 1000);
    contract_commit(contract, transaction);
    fixture_expect(fixture, measurement_load_run(contract->database, &fixture->arena, 3,
                                                 &found, &fixture->fault));
    assert_int_equal(found.count, 2);
    assert_string_equal(found.rows[0].address, "check.load/b");
    assert_string_equal(found.rows[1].address, "check.load/a");
    contract_close(contract);
}

static void what_was_measured_is_taken_in_once(struct contract *contract,
                                               contract_open_fn open)
{
    struct record_measurement taken = {
        .address = "app:check.usage/idle", .name = "cpu", .value = 7, .at_ms = 5};
    contract_open(contract, open, DATABASE_WRITE);
    for (int i = 0; i < 3; i++) {
        struct transaction *transaction = transaction_new(contract->database);
        taken.at_ms = i < 2 ? 5 : 6;
        measurement_take(transaction, &taken);
        contract_commit(contract, transaction);
    }
    assert_int_equal(newest(contract, 9, NULL).count, 2);
    struct transaction *transaction = transaction_new(contract->database);
    measurement_rename_host(transaction, "app", "web");
    measurement_rename_host(transaction, "we", "other");
    contract_commit(contract, transaction);
    assert_int_equal(newest(contract, 9, "web:check.usage/idle").count, 2);
    contract_close(contract);
}

static void a_run_that_was_cut_off_counts_as_killed(struct contract *contract,
                                                    contract_open_fn open)
{
    struct fixture *fixture = contract->fixture;
    struct record_run *runs = NULL;
    size_t count = 0;
    contract_open(contract, open, DATABASE_WRITE);
    int64_t first = begin_run(contract);
    contract_close(contract);
    contract_open(contract, open, DATABASE_WRITE);
    int64_t second = begin_run(contract);
    assert_true(second > first);
    struct record_run end = {.id = second, .outcome = "done", .ended_at_ms = 5};
    struct transaction *transaction = transaction_new(contract->database);
    journal_end_run(transaction, &end);
    contract_commit(contract, transaction);
    fixture_expect(fixture, journal_load_runs(contract->database, &fixture->arena, 0,
                                              &runs, &count, &fixture->fault));
    assert_int_equal(count, 2);
    assert_string_equal(runs[0].outcome, "done");
    assert_string_equal(runs[1].outcome, "killed");
    assert_string_equal(runs[1].who, "anna");
    contract_close(contract);
}

static void secrets_are_sealed_and_nowhere_in_clear(struct contract *contract,
                                                    contract_open_fn open)
{
    struct fixture *fixture = contract->fixture;
    const struct value *secret = NULL;
    char folder[FIXTURE_PATH];
    contract_open(contract, open, DATABASE_WRITE);
    struct transaction *transaction = transaction_new(contract->database);
    secret_put(transaction, contract->vault,
               secret_of(contract, "secret/key", "canary-4f1e9c"), "set");
    contract_commit(contract, transaction);
    fixture_expect(fixture,
                   secret_load(contract->database, contract->vault, &fixture->arena,
                               "secret/key", &secret, &fixture->fault));
    assert_non_null(secret);
    assert_memory_equal(secret->secret.bytes, "canary-4f1e9c", 13);
    snprintf(folder, sizeof folder, "%s/env", fixture->folder);
    assert_int_equal(fixture_count_in_folder(folder, "canary-4f1e9c"), 0);
    transaction = transaction_new(contract->database);
    secret_remove(transaction, "secret/key");
    contract_commit(contract, transaction);
    fixture_expect(fixture,
                   secret_load(contract->database, contract->vault, &fixture->arena,
                               "secret/key", &secret, &fixture->fault));
    assert_null(secret);
    contract_close(contract);
}

static const struct {
    const char *name;
    void (*test)(struct contract *contract, contract_open_fn open);
} terms[] = {
    {"nothing is read where nothing was stored",
     nothing_is_read_where_nothing_was_stored},
    {"an id is made once and stays", an_id_is_made_once_and_stays},
    {"an id is taken only while nothing belongs to the old one",
     an_id_is_taken_only_while_nothing_belongs_to_the_old_one},
    {"a row comes back whole", a_row_comes_back_whole},
    {"rows are sorted, replaced and removed", rows_are_sorted_replaced_and_removed},
    {"the serial rises with state and with nothing else",
     the_serial_rises_with_state_and_with_nothing_else},
    {"what was never started never happened", what_was_never_started_never_happened},
    {"settings are kept and removed", settings_are_kept_and_removed},
    {"transactions are told once each", transactions_are_told_once_each},
    {"intents stay open until they are finished",
     intents_stay_open_until_they_are_finished},
    {"handlers are owed once", handlers_are_owed_once},
    {"measurements are kept, newest first", measurements_are_kept_newest_first},
    {"measurements of a run are told in order", measurements_of_a_run_are_told_in_order},
    {"what was measured is taken in once", what_was_measured_is_taken_in_once},
    {"a run that was cut off counts as killed", a_run_that_was_cut_off_counts_as_killed},
    {"secrets are sealed and nowhere in clear", secrets_are_sealed_and_nowhere_in_clear},
};
#define TERM_COUNT (sizeof terms / sizeof *terms)

static const struct {
    const char *name;
    contract_open_fn open;
} databases[] = {{"sqlite", database_open}};
#define DATABASE_COUNT (sizeof databases / sizeof *databases)

static void keep_term(void **state)
{
    const struct contract_case *given = *state;
    void *fixture = NULL;
    assert_int_equal(fixture_set_up(&fixture), 0);
    struct contract contract = {.fixture = fixture};
    given->test(&contract, given->open);
    assert_int_equal(fixture_tear_down(&fixture), 0);
}

int main(void)
{
    struct CMUnitTest tests[TERM_COUNT * DATABASE_COUNT];
    struct contract_case cases[TERM_COUNT * DATABASE_COUNT];
    char names[TERM_COUNT * DATABASE_COUNT][96];
    size_t count = 0;
    for (size_t k = 0; k < DATABASE_COUNT; k++) {
        for (size_t i = 0; i < TERM_COUNT; i++, count++) {
            cases[count] = (struct contract_case){databases[k].open, terms[i].test};
            snprintf(names[count], sizeof names[count], "%s: %s", databases[k].name,
                     terms[i].name);
            tests[count] =
                (struct CMUnitTest){names[count], keep_term, NULL, NULL, &cases[count]};
        }
    }
    return _cmocka_run_group_tests("contract", tests, count, NULL, NULL);
}
