// SPDX-License-Identifier: MIT
#include "store/fixture.h"

#include "store/journal.h"
#include "store/migration.h"
#include "store/state.h"

#include <signal.h>

static void expect_rows(struct fixture *fixture, struct database *database)
{
    struct state_rows rows;
    struct journal_open open;
    struct record_run *runs = NULL;
    size_t count = 0;
    fixture_expect(fixture,
                   state_load(database, &fixture->arena, &rows, &fixture->fault));
    assert_int_equal(rows.count, 3);
    const struct record *git = state_find(&rows, "app:package/git");
    assert_string_equal(git->host, "host/app");
    assert_int_equal(git->need_count, 1);
    assert_string_equal(git->needs[0], "host/app");
    assert_null(git->incarnation);
    assert_true(git->restarts == NULL && git->reloads == NULL);
    assert_false(git->protect);
    assert_true(state_find(&rows, "hetzner.volume/data")->protect);
    const struct record *app = state_find(&rows, "hetzner.server/app");
    assert_int_equal(value_find_integer(app->attributes, "id", 0), 42);

    fixture_expect(fixture,
                   journal_load_open(database, &fixture->arena, &open, &fixture->fault));
    assert_int_equal(open.step_count, 1);
    assert_string_equal(open.steps[0].host, "host/app");
    assert_string_equal(open.steps[0].label, "r2s1");
    assert_int_equal(open.handler_count, 1);
    assert_string_equal(open.handlers[0].cause, "app:file/b");
    fixture_expect(fixture, journal_load_runs(database, &fixture->arena, 0, &runs, &count,
                                              &fixture->fault));
    assert_int_equal(count, 2);
    assert_int_equal(runs[0].id, 2);
    assert_string_equal(database_project_id(database), "0123456789abcdef");
    assert_int_equal(database_serial(database), 7);
}

static void version_of(const char *path, int64_t *version)
{
    *version = fixture_number(path, "PRAGMA user_version");
}

static void migrates_and_keeps_a_copy(void **state)
{
    struct fixture *fixture = *state;
    char copy[FIXTURE_PATH + 8];
    struct stat status;
    struct record_run run = {.playbook = "phase1", .verb = "run"};
    int64_t version = 0;
    fixture_make_v1(fixture);
    snprintf(copy, sizeof copy, "%s.v1.bak", fixture->state);
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    expect_rows(fixture, database);
    database_close(database);
    version_of(fixture->state, &version);
    assert_int_equal(version, MIGRATION_NEWEST);
    version_of(copy, &version);
    assert_int_equal(version, 1);
    assert_int_equal(fixture_number(copy, "SELECT count(*) FROM resource"), 3);
    assert_int_equal(stat(copy, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    database = fixture_open(fixture, DATABASE_WRITE);
    expect_rows(fixture, database);
    fixture_expect(fixture,
                   journal_begin_run(database, &run, &fixture->fault));
    assert_int_equal(run.id, 3);
    database_close(database);
}

static void reading_migrates_in_memory_only(void **state)
{
    struct fixture *fixture = *state;
    char copy[FIXTURE_PATH + 8];
    size_t length = 0, length_after = 0;
    fixture_make_v1(fixture);
    char *before = fixture_read(fixture->state, &length);
    struct database *database = fixture_open(fixture, DATABASE_READ);
    expect_rows(fixture, database);
    database_close(database);
    char *after = fixture_read(fixture->state, &length_after);
    assert_int_equal(length, length_after);
    assert_memory_equal(before, after, length);
    free(before);
    free(after);
    snprintf(copy, sizeof copy, "%s.v1.bak", fixture->state);
    assert_int_equal(access(copy, F_OK), -1);
}

static void a_crash_inside_leaves_the_old_version(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = NULL;
    int64_t version = 0;
    fixture_make_v1(fixture);
    pid_t child = fork();
    if (child == 0) {
        setenv("PIPSTER_CRASH_AT", "migration", 1);
        (void) !database_open(&database, fixture->state, DATABASE_WRITE, &fixture->fault);
        _exit(1);
    }
    assert_true(fixture_was_killed(child));
    version_of(fixture->state, &version);
    assert_int_equal(version, 1);
    database = fixture_open(fixture, DATABASE_WRITE);
    expect_rows(fixture, database);
    database_close(database);
    version_of(fixture->state, &version);
    assert_int_equal(version, MIGRATION_NEWEST);
}

// A new database has been through the same migrations, so its schema is the same.
static void a_new_database_is_like_a_migrated_one(void **state)
{
    struct fixture *fixture = *state;
    char attach[2 * FIXTURE_PATH];
    char fresh[FIXTURE_PATH];
    struct database *database = NULL;
    fixture_make_v1(fixture);
    database_close(fixture_open(fixture, DATABASE_WRITE));
    snprintf(fresh, sizeof fresh, "%s/fresh.db", fixture->folder);
    fixture_expect(fixture,
                   database_open(&database, fresh, DATABASE_WRITE, &fixture->fault));
    database_close(database);
    snprintf(attach, sizeof attach,
             "ATTACH '%s' AS fresh; CREATE TEMP TABLE differing AS "
             "SELECT type, name, replace(replace(sql, char(10), ''), ' ', '') AS sql "
             "FROM main.sqlite_schema EXCEPT "
             "SELECT type, name, replace(replace(sql, char(10), ''), ' ', '') "
             "FROM fresh.sqlite_schema;",
             fresh);
    sqlite3 *sqlite = NULL;
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_open(fixture->state, &sqlite), SQLITE_OK);
    assert_int_equal(sqlite3_exec(sqlite, attach, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(sqlite, "SELECT count(*) FROM differing", -1,
                                        &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(statement, 0), 0);
    sqlite3_finalize(statement);
    sqlite3_close(sqlite);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(migrates_and_keeps_a_copy),
        fixture_test(reading_migrates_in_memory_only),
        fixture_test(a_crash_inside_leaves_the_old_version),
        fixture_test(a_new_database_is_like_a_migrated_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
