// SPDX-License-Identifier: MIT
#include "store/rescue.h"

#include <sys/resource.h>

#include "store/fixture.h"
#include "store/measurement.h"
#include "store/state.h"
#include "store/transaction.h"

static struct transaction *row(struct database *database, const char *address)
{
    struct transaction *transaction = transaction_new(database);
    const struct record record = {.address = address, .type = "t", .changed_at_ms = 5};
    const struct record_measurement sampled = {
        .run = 1, .address = address, .name = "cpu", .value = 85, .at_ms = 4};
    state_put(transaction, NULL, &record);
    measurement_take(transaction, &sampled);
    return transaction;
}

static void note_fault(void *context, const struct fault *fault)
{
    *(struct fault *) context = *fault;
}

// Starts it and waits; whether it was committed.
static bool try_commit(struct fixture *fixture, struct database *database,
                       const char *address)
{
    transaction_start(row(database, address), note_fault, &fixture->fault);
    while (database_wait(database) > 0)
        continue;
    return !fault_is_set(&fixture->fault);
}

static const char *beside(struct fixture *fixture, const char *suffix)
{
    return arena_format(&fixture->arena, "%s%s", fixture->state, suffix);
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

// No file grows any more, as on a full disk.
static void limit_files(struct fixture *fixture, bool limited)
{
    struct stat status;
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    if (limited) {
        signal(SIGXFSZ, SIG_IGN);
        assert_int_equal(stat(beside(fixture, "-wal"), &status), 0);
        limit.rlim_cur = (rlim_t) status.st_size;
    }
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static const char *keep(struct fixture *fixture, struct database *database)
{
    const char *path = NULL;
    fixture_expect(fixture,
                   rescue_keep(database, &fixture->arena, &path, &fixture->fault));
    return path;
}

static size_t count_rows(struct fixture *fixture, struct database *database)
{
    struct state_rows rows;
    fixture_expect(fixture,
                   state_load(database, &fixture->arena, &rows, &fixture->fault));
    return rows.count;
}

// A database with one row, and the two others in a spill.
static void spill_two(struct fixture *fixture)
{
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    assert_true(try_commit(fixture, database, "a"));
    limit_files(fixture, true);
    assert_false(try_commit(fixture, database, "b"));
    assert_false(try_commit(fixture, database, "c"));
    const char *kept = keep(fixture, database);
    limit_files(fixture, false);
    assert_string_equal(kept, beside(fixture, ".spill"));
    struct stat status;
    assert_int_equal(stat(kept, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    database_close(database);
}

static void what_a_full_disk_did_not_take(void **state)
{
    struct fixture *fixture = *state;
    spill_two(fixture);
    // One who only reads sees it, and leaves it.
    struct database *database = fixture_open(fixture, DATABASE_READ);
    assert_int_equal(count_rows(fixture, database), 3);
    database_close(database);
    assert_true(exists(beside(fixture, ".spill")));
    database = fixture_open(fixture, DATABASE_WRITE);
    assert_string_equal(database_taken_in(database), beside(fixture, ".spill"));
    assert_int_equal(count_rows(fixture, database), 3);
    struct record_measurements sampled;
    fixture_expect(fixture, measurement_load_since(database, &fixture->arena, "cpu", 0,
                                                   &sampled, &fixture->fault));
    assert_int_equal(sampled.count, 3);
    database_close(database);
    assert_false(exists(beside(fixture, ".spill")));
    database = fixture_open(fixture, DATABASE_WRITE);
    assert_null(database_taken_in(database));
    database_close(database);
}

static void taken_in_twice_it_does_nothing(void **state)
{
    struct fixture *fixture = *state;
    const char *spill = beside(fixture, ".spill"), *saved = beside(fixture, ".saved");
    spill_two(fixture);
    assert_int_equal(link(spill, saved), 0);
    database_close(fixture_open(fixture, DATABASE_WRITE));
    fixture_sql(fixture->state, "DELETE FROM resource WHERE address = 'b'");
    assert_int_equal(rename(saved, spill), 0);
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    assert_int_equal(count_rows(fixture, database), 2);
    database_close(database);
    assert_false(exists(spill));
}

static void refused(struct fixture *fixture, const char *why)
{
    struct database *database = NULL;
    assert_false(
        database_open(&database, fixture->state, DATABASE_WRITE, &fixture->fault));
    assert_string_equal(fixture->fault.why, why);
    assert_non_null(strstr(fixture->fault.next, "move the file away"));
}

static void what_is_no_spill_is_refused(void **state)
{
    struct fixture *fixture = *state;
    spill_two(fixture);
    const char *spill = beside(fixture, ".spill");
    struct stat status;
    assert_int_equal(stat(spill, &status), 0);
    assert_int_equal(truncate(spill, status.st_size - 1), 0);
    refused(fixture, "a line of it cannot be read");
    assert_int_equal(truncate(spill, 30), 0);
    refused(fixture, "it is no such file");
    assert_int_equal(unlink(spill), 0);
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    assert_int_equal(count_rows(fixture, database), 1);
    database_close(database);
}

static void a_spill_of_another_project_is_refused(void **state)
{
    struct fixture *fixture = *state;
    spill_two(fixture);
    fixture_sql(fixture->state,
                "UPDATE meta SET value = 'other' WHERE key = 'project_id'");
    refused(fixture, "it is of another project");
}

// Where the first place cannot be written, the next is tried.
static void other_places_are_tried(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    setenv("XDG_STATE_HOME", arena_format(&fixture->arena, "%s/x", fixture->folder), 1);
    setenv("TMPDIR", fixture->folder, 1);
    assert_true(try_commit(fixture, database, "a"));
    limit_files(fixture, true);
    assert_false(try_commit(fixture, database, "b"));
    limit_files(fixture, false);
    // Something that cannot be replaced has the name.
    assert_int_equal(mkdir(beside(fixture, ".spill.new"), 0700), 0);
    const char *kept = keep(fixture, database);
    assert_non_null(strstr(kept, "/x/pipster/"));
    assert_int_equal(unlink(kept), 0);
    assert_int_equal(mkdir(arena_format(&fixture->arena, "%s.new", kept), 0700), 0);
    kept = keep(fixture, database);
    assert_non_null(strstr(kept, "/pipster-"));
    database_close(database);
    database = fixture_open(fixture, DATABASE_WRITE);
    assert_int_equal(count_rows(fixture, database), 2);
    database_close(database);
    assert_false(exists(kept));
    unsetenv("XDG_STATE_HOME");
    unsetenv("TMPDIR");
}

static struct database *with_two_rows(struct fixture *fixture)
{
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    assert_true(try_commit(fixture, database, "a"));
    assert_true(try_commit(fixture, database, "b"));
    return database;
}

static void a_removed_database_comes_back(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = with_two_rows(fixture);
    assert_int_equal(unlink(fixture->state), 0);
    assert_false(try_commit(fixture, database, "c"));
    assert_string_equal(fixture->fault.what, "the database was taken away");
    const char *kept = keep(fixture, database);
    assert_string_equal(kept, beside(fixture, ".copy"));
    char project[17];
    snprintf(project, sizeof project, "%s", database_project_id(database));
    database_close(database);
    assert_false(
        database_open(&database, fixture->state, DATABASE_READ, &fixture->fault));
    assert_non_null(strstr(fixture->fault.why, ".copy"));
    database = fixture_open(fixture, DATABASE_WRITE);
    assert_int_equal(count_rows(fixture, database), 3);
    assert_string_equal(database_project_id(database), project);
    database_close(database);
    assert_false(exists(kept));
}

static void an_older_one_gives_way(void **state)
{
    struct fixture *fixture = *state;
    const char *older = beside(fixture, ".older");
    database_close(with_two_rows(fixture));
    char command[3 * FIXTURE_PATH];
    snprintf(command, sizeof command, "cp '%s' '%s'", fixture->state, older);
    assert_int_equal(system(command), 0);
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    assert_true(try_commit(fixture, database, "c"));
    assert_int_equal(rename(older, fixture->state), 0);
    assert_false(try_commit(fixture, database, "d"));
    assert_string_equal(fixture->fault.why, "another file has its name now");
    keep(fixture, database);
    database_close(database);
    database = fixture_open(fixture, DATABASE_WRITE);
    assert_int_equal(count_rows(fixture, database), 4);
    database_close(database);
    assert_int_equal(
        fixture_number(beside(fixture, ".replaced"), "SELECT count(*) FROM resource"), 2);
}

static void put_back_by_hand_it_stays(void **state)
{
    struct fixture *fixture = *state;
    const char *away = beside(fixture, ".away");
    struct database *database = with_two_rows(fixture);
    assert_int_equal(rename(fixture->state, away), 0);
    assert_false(try_commit(fixture, database, "c"));
    const char *kept = keep(fixture, database);
    database_close(database);
    assert_int_equal(rename(away, fixture->state), 0);
    database = fixture_open(fixture, DATABASE_WRITE);
    assert_int_equal(count_rows(fixture, database), 3);
    database_close(database);
    assert_false(exists(kept));
    assert_false(exists(beside(fixture, ".replaced")));
}

static void anothers_state_does_not_give_way(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = with_two_rows(fixture);
    assert_int_equal(unlink(fixture->state), 0);
    assert_false(try_commit(fixture, database, "c"));
    const char *kept = keep(fixture, database);
    database_close(database);
    assert_int_equal(rename(kept, beside(fixture, ".aside")), 0);
    unlink(beside(fixture, "-wal"));
    database_close(fixture_open(fixture, DATABASE_WRITE));
    assert_int_equal(rename(beside(fixture, ".aside"), kept), 0);
    assert_false(
        database_open(&database, fixture->state, DATABASE_WRITE, &fixture->fault));
    assert_non_null(strstr(fixture->fault.what, "another project"));
    assert_true(exists(kept));
    assert_int_equal(fixture_number(fixture->state, "SELECT count(*) FROM resource"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(what_a_full_disk_did_not_take),
        fixture_test(taken_in_twice_it_does_nothing),
        fixture_test(what_is_no_spill_is_refused),
        fixture_test(a_spill_of_another_project_is_refused),
        fixture_test(other_places_are_tried),
        fixture_test(a_removed_database_comes_back),
        fixture_test(an_older_one_gives_way),
        fixture_test(put_back_by_hand_it_stays),
        fixture_test(anothers_state_does_not_give_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
