// SPDX-License-Identifier: MIT
#include "store/fixture.h"

#include "store/journal.h"
#include "store/secret.h"
#include "store/state.h"

#include <signal.h>

#define CANARY "canary-7f3a91c05be2"

static struct vault *open_vault(struct fixture *fixture, struct database *database)
{
    struct vault *vault = NULL;
    fixture_expect(fixture, vault_open(&vault, database, true, &fixture->fault));
    return vault;
}

static const struct value *load(struct fixture *fixture, struct database *database,
                                const struct vault *vault, const char *label)
{
    const struct value *secret = NULL;
    fixture_expect(fixture, secret_load(database, vault, &fixture->arena, label, &secret,
                                        &fixture->fault));
    return secret;
}

static void put(struct fixture *fixture, struct database *database,
                const struct vault *vault, const struct value *secret)
{
    struct transaction *transaction = transaction_new(database);
    secret_put(transaction, vault, secret, "generated");
    fixture_commit(fixture, transaction);
}

static const struct value *canary(struct fixture *fixture)
{
    return value_secret(&fixture->arena, "secret/canary", CANARY, strlen(CANARY));
}

static void comes_back_after_reopening(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    struct vault *vault = open_vault(fixture, database);
    assert_null(load(fixture, database, vault, "secret/canary"));
    put(fixture, database, vault, canary(fixture));
    put(fixture, database, vault, value_secret(&fixture->arena, "secret/none", "", 0));
    vault_close(vault);
    database_close(database);

    database = fixture_open(fixture, DATABASE_WRITE);
    fixture_expect(fixture, vault_open(&vault, database, false, &fixture->fault));
    const struct value *secret = load(fixture, database, vault, "secret/canary");
    assert_int_equal(secret->kind, VALUE_SECRET);
    assert_string_equal(secret->secret.bytes, CANARY);
    assert_string_equal(secret->secret.label, "secret/canary");
    assert_int_equal(load(fixture, database, vault, "secret/none")->secret.length, 0);
    struct transaction *transaction = transaction_new(database);
    secret_remove(transaction, "secret/canary");
    fixture_commit(fixture, transaction);
    assert_null(load(fixture, database, vault, "secret/canary"));
    vault_close(vault);
    database_close(database);
}

// In the row, in the journal, in the log ahead of it, and after closing.
static void its_bytes_stand_nowhere(void **state)
{
    struct fixture *fixture = *state;
    char folder[FIXTURE_PATH];
    const struct value *secret = canary(fixture);
    const struct value_entry entry = {"content", secret};
    const struct value *holder = value_map(&fixture->arena, &entry, 1);
    struct record record = {.address = "app:file/key",
                            .type = "file",
                            .wanted = holder,
                            .attributes = holder};
    struct record_step step = {.run = 1,
                               .address = "app:file/key",
                               .type = "file",
                               .action = "create",
                               .label = "r1s1"};
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    struct vault *vault = open_vault(fixture, database);
    struct transaction *transaction = transaction_new(database);
    secret_put(transaction, vault, secret, "generated");
    state_put(transaction, vault, &record);
    journal_intend(transaction, vault, &step);
    journal_note(transaction, step.id, holder);
    fixture_commit(fixture, transaction);

    snprintf(folder, sizeof folder, "%s/env", fixture->folder);
    assert_true(fixture_count_in_folder(folder, "secret/canary") > 0);
    assert_int_equal(fixture_count_in_folder(folder, CANARY), 0);
    vault_close(vault);
    database_close(database);
    assert_true(fixture_count_in_folder(folder, "secret/canary") > 0);
    assert_int_equal(fixture_count_in_folder(folder, CANARY), 0);
}

static void a_row_under_another_label_does_not_open(void **state)
{
    struct fixture *fixture = *state;
    const struct value *secret = NULL;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    struct vault *vault = open_vault(fixture, database);
    put(fixture, database, vault, canary(fixture));
    fixture_sql(fixture->state, "UPDATE secret SET label = 'secret/other'");
    assert_false(secret_load(database, vault, &fixture->arena, "secret/other", &secret,
                             &fixture->fault));
    assert_null(secret);
    assert_string_equal(fixture->fault.where, vault_key_path(vault));
    vault_close(vault);
    database_close(database);
}

static void generates_letters_and_digits(void **state)
{
    struct fixture *fixture = *state;
    bool seen[256] = {false};
    int kinds = 0;
    const struct value *secret = secret_generate(&fixture->arena, "secret/a", 4000);
    const struct value *other = secret_generate(&fixture->arena, "secret/a", 4000);
    assert_int_equal(secret->kind, VALUE_SECRET);
    assert_int_equal(secret->secret.length, 4000);
    assert_false(value_equal(secret, other));
    for (size_t i = 0; i < 4000; i++) {
        unsigned char byte = (unsigned char) secret->secret.bytes[i];
        kinds += !seen[byte];
        seen[byte] = true;
    }
    assert_int_equal(kinds, 62);
    assert_false(seen['-']);
}

static void a_crash_while_sealing_leaves_no_row(void **state)
{
    struct fixture *fixture = *state;
    pid_t child = fork();
    if (child == 0) {
        struct database *database = fixture_open(fixture, DATABASE_WRITE);
        struct vault *vault = open_vault(fixture, database);
        setenv("PIPSTER_CRASH_AT", "secret-sealing", 1);
        put(fixture, database, vault, canary(fixture));
        _exit(1);
    }
    assert_true(fixture_was_killed(child));
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    struct vault *vault = open_vault(fixture, database);
    assert_null(load(fixture, database, vault, "secret/canary"));
    put(fixture, database, vault, canary(fixture));
    assert_non_null(load(fixture, database, vault, "secret/canary"));
    vault_close(vault);
    database_close(database);
}

static void plain_hashes_are_the_known_ones(void **state)
{
    char hex[SECRET_SHA256_SIZE], random[33], other[33];
    (void) state;
    secret_sha256("abc", 3, hex);
    assert_string_equal(
        hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    secret_random_hex(random, 16);
    secret_random_hex(other, 16);
    assert_int_equal(strlen(random), 32);
    assert_int_equal(strspn(random, "0123456789abcdef"), 32);
    assert_string_not_equal(random, other);
}

static void lists_them_without_opening(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    struct vault *vault = open_vault(fixture, database);
    struct secret_row *rows;
    size_t count = 7;
    fixture_expect(fixture,
                   secret_list(NULL, &fixture->arena, &rows, &count, &fixture->fault));
    assert_int_equal(count, 0);
    struct transaction *transaction = transaction_new(database);
    secret_put_made(transaction, vault, canary(fixture), "set", 1700000000000);
    for (int i = 0; i < 40; i++)
        secret_put(transaction, vault,
                   value_secret(&fixture->arena,
                                arena_format(&fixture->arena, "secret/n%02d", i),
                                "12345678", 8),
                   "generated");
    fixture_commit(fixture, transaction);
    fixture_expect(
        fixture, secret_list(database, &fixture->arena, &rows, &count, &fixture->fault));
    assert_int_equal(count, 41);
    assert_string_equal(rows[0].label, "secret/canary");
    assert_string_equal(rows[0].source, "set");
    assert_int_equal(rows[0].length, strlen(CANARY));
    assert_int_equal(rows[0].made_at_ms, 1700000000000);
    assert_string_equal(rows[40].label, "secret/n39");
    assert_true(rows[40].made_at_ms > 1700000000000);
    struct secret_row row;
    fixture_expect(fixture, secret_find(database, &fixture->arena, "secret/none", &row,
                                        &fixture->fault));
    assert_null(row.label);
    vault_close(vault);
    database_close(database);
}

static void tidies_what_was_typed(void **state)
{
    static const struct {
        const char *given;
        size_t length;
        const char *kept; // NULL: refused
    } cases[] = {{"12345678\n", 9, "12345678"},
                 {"12345678\r\n", 10, "12345678"},
                 {"12345678", 8, "12345678"},
                 {"line one\nline two\n", 18, "line one\nline two\n"},
                 {"1234567\n", 8, NULL},
                 {"", 0, NULL},
                 {"1234\00056789", 10, NULL}};
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text text;
        text_init(&text, 0);
        text_add_bytes(&text, cases[i].given, cases[i].length);
        bool taken = secret_tidy(&text, "secret/x", &fixture->fault);
        assert_int_equal(taken, cases[i].kept != NULL);
        if (taken)
            assert_string_equal(text.bytes, cases[i].kept);
        text_clear(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(comes_back_after_reopening),
        fixture_test(its_bytes_stand_nowhere),
        fixture_test(a_row_under_another_label_does_not_open),
        fixture_test(generates_letters_and_digits),
        fixture_test(a_crash_while_sealing_leaves_no_row),
        fixture_test(lists_them_without_opening),
        fixture_test(tidies_what_was_typed),
        fixture_test(plain_hashes_are_the_known_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
