// SPDX-License-Identifier: MIT
//
// What the tests of the store share: a folder of their own, databases in it, and a child
// process that is meant to be killed.
#pragma once

#include "store/database.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#define FIXTURE_PATH 256

struct fixture {
    char folder[FIXTURE_PATH / 2];
    char state[FIXTURE_PATH]; // folder/env/state.db, not there yet
    struct arena arena;
    struct fault fault;
};

static inline int fixture_set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    strcpy(fixture->folder, "/tmp/pipster-store-XXXXXX");
    if (!fixture || !mkdtemp(fixture->folder))
        return -1;
    snprintf(fixture->state, sizeof fixture->state, "%s/env/state.db", fixture->folder);
    setenv("XDG_CONFIG_HOME", fixture->folder, 1);
    arena_init(&fixture->arena, 0);
    *state = fixture;
    return 0;
}

static inline int fixture_tear_down(void **state)
{
    struct fixture *fixture = *state;
    char command[FIXTURE_PATH];
    snprintf(command, sizeof command, "rm -rf '%s'", fixture->folder);
    arena_clear(&fixture->arena);
    int result = system(command);
    free(fixture);
    return result;
}

#define fixture_test(function)                                                           \
    cmocka_unit_test_setup_teardown(function, fixture_set_up, fixture_tear_down)

// Ends the test, with the words of the fault, unless `done`.
static inline void fixture_expect(struct fixture *fixture, bool done)
{
    if (!done)
        fail_msg("%s (%s): %s", fixture->fault.what, fixture->fault.where,
                 fixture->fault.why);
}

static inline struct database *fixture_open(struct fixture *fixture,
                                            enum database_mode mode)
{
    struct database *database = NULL;
    fixture_expect(fixture,
                   database_open(&database, fixture->state, mode, &fixture->fault));
    return database;
}

static inline void fixture_commit(struct fixture *fixture,
                                  struct transaction *transaction)
{
    fixture_expect(fixture, transaction_commit(transaction, &fixture->fault));
}

// Runs SQL on a file, as another program would.
static inline void fixture_sql(const char *path, const char *sql)
{
    sqlite3 *sqlite = NULL;
    assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
    assert_int_equal(sqlite3_exec(sqlite, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(sqlite);
}

// The first column of the first row.
static inline int64_t fixture_number(const char *path, const char *sql)
{
    sqlite3 *sqlite = NULL;
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(sqlite, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(sqlite);
    return number;
}

static inline char *fixture_read(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *length = (size_t) ftell(file);
    rewind(file);
    char *bytes = malloc(*length + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *length, file), *length);
    bytes[*length] = '\0';
    fclose(file);
    return bytes;
}

// A version-1 database from state_v1.sql, which lies beside this file.
static inline void fixture_make_v1(struct fixture *fixture)
{
    char path[FIXTURE_PATH];
    size_t length = 0;
    snprintf(path, sizeof path, "%s/env", fixture->folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%.*sstate_v1.sql",
             (int) (strrchr(__FILE__, '/') + 1 - __FILE__), __FILE__);
    char *sql = fixture_read(path, &length);
    fixture_sql(fixture->state, sql);
    free(sql);
}

// How often `bytes` stand in the files of a folder.
static inline int fixture_count_in_folder(const char *folder, const char *bytes)
{
    int count = 0;
    DIR *listing = opendir(folder);
    assert_non_null(listing);
    for (struct dirent *entry; (entry = readdir(listing));) {
        char path[2 * FIXTURE_PATH];
        size_t length = 0;
        if (entry->d_type != DT_REG)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        char *content = fixture_read(path, &length);
        if (memmem(content, length, bytes, strlen(bytes)))
            count++;
        free(content);
    }
    closedir(listing);
    return count;
}

// Whether the child was ended by SIGKILL.
static inline bool fixture_was_killed(pid_t child)
{
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}
