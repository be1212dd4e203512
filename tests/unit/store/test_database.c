// SPDX-License-Identifier: MIT
#include "store/fixture.h"

#include "store/state.h"

#include <pthread.h>

static unsigned mode_of(const char *path)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 0777;
}

static void put_setting(struct fixture *fixture, struct database *database,
                        const char *key, const char *text)
{
    struct transaction *transaction = transaction_new(database);
    state_set_setting(transaction, key, text);
    fixture_commit(fixture, transaction);
}

static void creates_private_files(void **state)
{
    struct fixture *fixture = *state;
    char path[FIXTURE_PATH + 8];
    mode_t before = umask(0);
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    umask(before);
    put_setting(fixture, database, "tip", "phase1");
    assert_int_equal(mode_of(fixture->state), 0600);
    snprintf(path, sizeof path, "%s-wal", fixture->state);
    assert_int_equal(mode_of(path), 0600);
    snprintf(path, sizeof path, "%s/env", fixture->folder);
    assert_int_equal(mode_of(path), 0700);
    database_close(database);
    snprintf(path, sizeof path, "%s-wal", fixture->state);
    assert_int_equal(access(path, F_OK), -1);
}

static void reading_creates_nothing(void **state)
{
    struct fixture *fixture = *state;
    char path[FIXTURE_PATH];
    assert_null(fixture_open(fixture, DATABASE_READ));
    snprintf(path, sizeof path, "%s/env", fixture->folder);
    assert_int_equal(access(path, F_OK), -1);
}

static void an_empty_file_reads_as_none(void **state)
{
    struct fixture *fixture = *state;
    snprintf(fixture->state, sizeof fixture->state, "%s/state.db", fixture->folder);
    fclose(fopen(fixture->state, "w"));
    assert_null(fixture_open(fixture, DATABASE_READ));
    database_close(fixture_open(fixture, DATABASE_WRITE));
    struct database *database = fixture_open(fixture, DATABASE_READ);
    assert_non_null(database);
    database_close(database);
}

static void keeps_its_project_id(void **state)
{
    struct fixture *fixture = *state;
    char id[32];
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    strcpy(id, database_project_id(database));
    assert_int_equal(strlen(id), 16);
    assert_int_equal(strspn(id, "0123456789abcdef"), 16);
    database_close(database);
    database = fixture_open(fixture, DATABASE_READ);
    assert_string_equal(database_project_id(database), id);
    database_close(database);
}

static void state_raises_the_serial(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    struct database *other = fixture_open(fixture, DATABASE_READ);
    assert_int_equal(database_serial(database), 0);
    put_setting(fixture, database, "tip", "phase1");
    assert_int_equal(database_serial(database), 1);
    fixture_commit(fixture, transaction_new(database));
    assert_int_equal(database_serial(database), 1);
    assert_int_equal(database_serial(other), 1);
    database_close(other);
    database_close(database);
}

static void refuses_a_newer_version(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    database_close(database);
    fixture_sql(fixture->state, "PRAGMA user_version = 99");
    for (int mode = DATABASE_READ; mode <= DATABASE_WRITE; mode++) {
        assert_false(database_open(&database, fixture->state, mode, &fixture->fault));
        assert_null(database);
        assert_int_equal(fixture->fault.kind, FAULT_ERROR);
        assert_non_null(strstr(fixture->fault.what, "newer pipster"));
        assert_non_null(strstr(fixture->fault.why, "99"));
        assert_string_equal(fixture->fault.where, fixture->state);
        assert_true(fixture->fault.next[0]);
    }
}

static void overwrite(const char *path, long offset, size_t length)
{
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    fseek(file, offset, SEEK_SET);
    while (length-- > 0)
        fputc(0x5a, file);
    fclose(file);
}

static void expect_damage(struct fixture *fixture)
{
    struct database *database = NULL;
    for (int mode = DATABASE_READ; mode <= DATABASE_WRITE; mode++) {
        assert_false(database_open(&database, fixture->state, mode, &fixture->fault));
        assert_non_null(strstr(fixture->fault.what, "damaged"));
        assert_string_equal(fixture->fault.where, fixture->state);
        assert_non_null(strstr(fixture->fault.next, "state recover"));
    }
}

static void refuses_a_damaged_header(void **state)
{
    struct fixture *fixture = *state;
    database_close(fixture_open(fixture, DATABASE_WRITE));
    overwrite(fixture->state, 0, 100);
    expect_damage(fixture);
}

static void refuses_a_damaged_page(void **state)
{
    struct fixture *fixture = *state;
    struct stat status;
    database_close(fixture_open(fixture, DATABASE_WRITE));
    assert_int_equal(stat(fixture->state, &status), 0);
    overwrite(fixture->state, 8192, (size_t) status.st_size - 8192);
    expect_damage(fixture);
}

static void refuses_another_program_s_database(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = NULL;
    snprintf(fixture->state, sizeof fixture->state, "%s/state.db", fixture->folder);
    fixture_sql(fixture->state, "CREATE TABLE theirs (x)");
    assert_false(
        database_open(&database, fixture->state, DATABASE_WRITE, &fixture->fault));
    assert_non_null(strstr(fixture->fault.what, "none of pipster's"));
    assert_int_equal(fixture_number(fixture->state, "SELECT count(*) FROM sqlite_schema"),
                     1);
}

static void refuses_another_user_s_file(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = NULL;
    if (geteuid() != 0)
        skip();
    database_close(fixture_open(fixture, DATABASE_WRITE));
    assert_int_equal(chown(fixture->state, 12345, (gid_t) -1), 0);
    assert_false(
        database_open(&database, fixture->state, DATABASE_READ, &fixture->fault));
    assert_non_null(strstr(fixture->fault.what, "another user"));
    assert_non_null(strstr(fixture->fault.why, "12345"));
}

static void refuses_a_symbolic_link(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = NULL;
    char path[FIXTURE_PATH];
    database_close(fixture_open(fixture, DATABASE_WRITE));
    snprintf(path, sizeof path, "%s/link.db", fixture->folder);
    assert_int_equal(symlink(fixture->state, path), 0);
    assert_false(database_open(&database, path, DATABASE_READ, &fixture->fault));
    assert_non_null(strstr(fixture->fault.what, "no plain file"));
}

static void a_folder_that_cannot_be_made_is_a_fault(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = NULL;
    assert_false(
        database_open(&database, "/proc/none/state.db", DATABASE_WRITE, &fixture->fault));
    assert_string_equal(fixture->fault.where, "/proc/none/state.db");
}

struct seen {
    pthread_t thread;
    int count;
};

static void note_done(void *context, const struct fault *fault)
{
    struct seen *seen = context;
    assert_false(fault_is_set(fault));
    assert_true(pthread_equal(pthread_self(), seen->thread));
    seen->count++;
}

static void wake_pipe(void *context)
{
    assert_int_equal(write(*(int *) context, "w", 1), 1);
}

static void wakes_the_loop_and_dispatches_there(void **state)
{
    struct fixture *fixture = *state;
    struct seen seen = {.thread = pthread_self()};
    char byte;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    database_on_wake(database, wake_pipe, &ends[1]);
    transaction_start(transaction_new(database), note_done, &seen);
    assert_int_equal(seen.count, 0);
    assert_int_equal(read(ends[0], &byte, 1), 1);
    assert_int_equal(seen.count, 0);
    assert_int_equal(database_dispatch(database), 1);
    assert_int_equal(seen.count, 1);
    assert_int_equal(database_dispatch(database), 0);
    assert_int_equal(database_wait(database), 0);
    database_close(database);
    close(ends[0]);
    close(ends[1]);
}

static void closing_finishes_what_was_started(void **state)
{
    struct fixture *fixture = *state;
    struct seen seen = {.thread = pthread_self()};
    const char *text = NULL;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    struct transaction *transaction = transaction_new(database);
    state_set_setting(transaction, "tip", "phase2");
    transaction_start(transaction, note_done, &seen);
    database_close(database);
    assert_int_equal(seen.count, 1);
    database = fixture_open(fixture, DATABASE_READ);
    fixture_expect(
        fixture, state_setting(database, &fixture->arena, "tip", &text, &fixture->fault));
    assert_string_equal(text, "phase2");
    database_close(database);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(creates_private_files),
        fixture_test(reading_creates_nothing),
        fixture_test(an_empty_file_reads_as_none),
        fixture_test(keeps_its_project_id),
        fixture_test(state_raises_the_serial),
        fixture_test(refuses_a_newer_version),
        fixture_test(refuses_a_damaged_header),
        fixture_test(refuses_a_damaged_page),
        fixture_test(refuses_another_program_s_database),
        fixture_test(refuses_another_user_s_file),
        fixture_test(refuses_a_symbolic_link),
        fixture_test(a_folder_that_cannot_be_made_is_a_fault),
        fixture_test(wakes_the_loop_and_dispatches_there),
        fixture_test(closing_finishes_what_was_started),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
