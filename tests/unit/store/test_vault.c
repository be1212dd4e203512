// SPDX-License-Identifier: MIT
#include "store/fixture.h"

#include "base/text.h"
#include "store/secret.h"
#include "store/state.h"
#include "value/json.h"

struct opened {
    struct database *database;
    struct vault *vault;
    char path[2 * FIXTURE_PATH];
};

static struct opened open_both(struct fixture *fixture)
{
    struct opened opened = {.database = fixture_open(fixture, DATABASE_WRITE)};
    fixture_expect(fixture,
                   vault_open(&opened.vault, opened.database, true, &fixture->fault));
    strcpy(opened.path, vault_key_path(opened.vault));
    return opened;
}

static void close_both(struct opened *opened)
{
    vault_close(opened->vault);
    database_close(opened->database);
}

static void put_canary(struct fixture *fixture, struct opened *opened)
{
    struct transaction *transaction = transaction_new(opened->database);
    secret_put(transaction, opened->vault,
               value_secret(&fixture->arena, "secret/canary", "canary", 6), "set");
    fixture_commit(fixture, transaction);
}

static void expect_refusal(struct fixture *fixture, const struct opened *opened,
                           const char *words)
{
    struct vault *vault = NULL;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    assert_false(vault_open(&vault, database, true, &fixture->fault));
    assert_null(vault);
    assert_string_equal(fixture->fault.where, opened->path);
    assert_non_null(strstr(fixture->fault.why, words));
    assert_non_null(strstr(fixture->fault.next, opened->path));
    database_close(database);
}

static void makes_a_private_key_at_first_need(void **state)
{
    struct fixture *fixture = *state;
    struct stat status;
    struct vault *vault = NULL;
    char path[2 * FIXTURE_PATH];
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    fixture_expect(fixture, vault_open(&vault, database, false, &fixture->fault));
    assert_null(vault);
    fixture_expect(fixture, vault_open(&vault, NULL, false, &fixture->fault));
    assert_null(vault);
    snprintf(path, sizeof path, "%s/pipster/keys/%s", fixture->folder,
             database_project_id(database));
    assert_int_equal(access(path, F_OK), -1);
    fixture_expect(fixture, vault_open(&vault, database, true, &fixture->fault));
    assert_string_equal(vault_key_path(vault), path);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    *strrchr(path, '/') = '\0';
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    vault_close(vault);
    database_close(database);
}

static void home_is_the_second_choice(void **state)
{
    struct fixture *fixture = *state;
    char begin[2 * FIXTURE_PATH];
    unsetenv("XDG_CONFIG_HOME");
    setenv("HOME", fixture->folder, 1);
    struct opened opened = open_both(fixture);
    snprintf(begin, sizeof begin, "%s/.config/pipster/keys/%s", fixture->folder,
             database_project_id(opened.database));
    assert_string_equal(opened.path, begin);
    vault_close(opened.vault);
    unsetenv("HOME");
    assert_false(vault_open(&opened.vault, opened.database, true, &fixture->fault));
    assert_non_null(strstr(fixture->fault.next, "HOME"));
    database_close(opened.database);
}

static void another_key_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct opened opened = open_both(fixture);
    put_canary(fixture, &opened);
    FILE *file = fopen(opened.path, "r+");
    fseek(file, 20, SEEK_SET);
    int digit = fgetc(file);
    fseek(file, 20, SEEK_SET);
    fputc(digit == '0' ? '1' : '0', file);
    fclose(file);
    close_both(&opened);
    expect_refusal(fixture, &opened, "not the one it was sealed with");
    assert_non_null(strstr(fixture->fault.what, "secret/canary"));
}

static void a_lost_key_is_not_replaced(void **state)
{
    struct fixture *fixture = *state;
    struct opened opened = open_both(fixture);
    const struct value *secret = NULL;
    put_canary(fixture, &opened);
    unlink(opened.path);
    close_both(&opened);
    expect_refusal(fixture, &opened, "missing");
    assert_int_equal(access(opened.path, F_OK), -1);

    struct database *database = fixture_open(fixture, DATABASE_READ);
    fixture_expect(fixture, vault_open(&opened.vault, database, false, &fixture->fault));
    assert_null(opened.vault);
    assert_false(secret_load(database, NULL, &fixture->arena, "secret/canary", &secret,
                             &fixture->fault));
    assert_string_equal(fixture->fault.where, opened.path);
    database_close(database);
}

static void is_lost(struct fixture *fixture, struct database *database, bool expected)
{
    bool lost = !expected;
    fixture_expect(fixture, vault_is_lost(database, &lost, &fixture->fault));
    assert_int_equal(lost, expected);
}

// Nothing goes with a lost key: what it sealed stays, and says so when it is needed.
static void a_lost_key_is_renewed_when_asked(void **state)
{
    struct fixture *fixture = *state;
    struct opened opened = open_both(fixture);
    const struct value *secret = NULL;
    put_canary(fixture, &opened);
    is_lost(fixture, opened.database, false);
    unlink(opened.path);
    vault_close(opened.vault);
    is_lost(fixture, opened.database, true);
    fixture_expect(fixture, vault_renew(&opened.vault, opened.database, &fixture->fault));
    assert_false(secret_load(opened.database, opened.vault, &fixture->arena,
                             "secret/canary", &secret, &fixture->fault));
    assert_non_null(strstr(fixture->fault.next, "pipster secrets set canary"));
    struct transaction *transaction = transaction_new(opened.database);
    secret_put(transaction, opened.vault,
               value_secret(&fixture->arena, "secret/other", "other", 5), "set");
    fixture_commit(fixture, transaction);
    // One that it opens is enough for the key to be the right one.
    close_both(&opened);
    opened = open_both(fixture);
    struct secret_row row;
    fixture_expect(fixture, secret_find(opened.database, &fixture->arena, "secret/canary",
                                        &row, &fixture->fault));
    assert_int_equal(row.length, 6);
    close_both(&opened);
}

static void what_is_to_be_made_anew_needs_no_key(void **state)
{
    struct fixture *fixture = *state;
    struct opened opened = open_both(fixture);
    put_canary(fixture, &opened);
    struct transaction *transaction = transaction_new(opened.database);
    state_set_setting(transaction, "rotate/secret/canary", "now");
    fixture_commit(fixture, transaction);
    unlink(opened.path);
    close_both(&opened);
    opened = open_both(fixture);
    assert_int_equal(access(opened.path, F_OK), 0);
    close_both(&opened);
}

static void an_open_or_broken_key_file_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct opened opened = open_both(fixture);
    close_both(&opened);
    assert_int_equal(chmod(opened.path, 0640), 0);
    expect_refusal(fixture, &opened, "other users");
    assert_int_equal(chmod(opened.path, 0600), 0);
    assert_int_equal(truncate(opened.path, 30), 0);
    expect_refusal(fixture, &opened, "does not hold a key");
}

static void digests_are_equal_under_one_key_only(void **state)
{
    struct fixture *fixture = *state;
    char first[SECRET_DIGEST_SIZE], again[SECRET_DIGEST_SIZE], other[SECRET_DIGEST_SIZE];
    struct opened opened = open_both(fixture);
    vault_digest(opened.vault, "canary", 6, first);
    vault_digest(opened.vault, "canarz", 6, other);
    assert_int_equal(strlen(first), 64);
    assert_string_not_equal(first, other);
    close_both(&opened);
    opened = open_both(fixture);
    vault_digest(opened.vault, "canary", 6, again);
    assert_string_equal(first, again);
    close_both(&opened);
    snprintf(fixture->state, sizeof fixture->state, "%s/other.db", fixture->folder);
    opened = open_both(fixture);
    vault_digest(opened.vault, "canary", 6, other);
    assert_string_not_equal(first, other);
    close_both(&opened);
}

// What state keeps of a secret says whether a fresh one is the same.
static void a_recorded_digest_matches_its_secret(void **state)
{
    struct fixture *fixture = *state;
    struct arena *arena = &fixture->arena;
    struct opened opened = open_both(fixture);
    struct state_rows rows;
    const struct value *secret = value_secret(arena, "se\"cret", "canary", 6);
    const struct value_entry entry = {"content", secret};
    const struct record record = {
        .address = "app:file/a", .type = "file", .wanted = value_map(arena, &entry, 1)};
    struct transaction *transaction = transaction_new(opened.database);
    state_put(transaction, opened.vault, &record);
    fixture_commit(fixture, transaction);
    fixture_expect(fixture, state_load(opened.database, arena, &rows, &fixture->fault));
    const struct value *recorded = value_find(rows.rows[0].wanted, "content");
    assert_string_equal(value_find_text(recorded, "$secret", ""), "se\"cret");
    assert_true(vault_digest_matches(opened.vault, recorded, secret));
    assert_false(vault_digest_matches(opened.vault, recorded,
                                      value_secret(arena, "se\"cret", "other", 5)));
    assert_false(vault_digest_matches(opened.vault, value_null(), secret));
    assert_false(vault_digest_matches(opened.vault, NULL, secret));
    close_both(&opened);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(makes_a_private_key_at_first_need),
        fixture_test(home_is_the_second_choice),
        fixture_test(another_key_is_refused),
        fixture_test(a_lost_key_is_not_replaced),
        fixture_test(a_lost_key_is_renewed_when_asked),
        fixture_test(what_is_to_be_made_anew_needs_no_key),
        fixture_test(an_open_or_broken_key_file_is_refused),
        fixture_test(digests_are_equal_under_one_key_only),
        fixture_test(a_recorded_digest_matches_its_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
