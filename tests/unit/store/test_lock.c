// SPDX-License-Identifier: MIT
#include "store/fixture.h"

#include "store/lock.h"

#include <signal.h>

static void lock_path(const struct fixture *fixture, char path[FIXTURE_PATH])
{
    snprintf(path, FIXTURE_PATH, "%s/env/lock", fixture->folder);
}

static void the_second_is_told_of_the_first(void **state)
{
    struct fixture *fixture = *state;
    struct lock *lock = NULL, *second = NULL;
    char path[FIXTURE_PATH], pid[32], byte;
    int ends[2];
    lock_path(fixture, path);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        if (!lock_take(&lock, path, "run phase1", &fixture->fault) ||
            write(ends[1], "t", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    assert_int_equal(read(ends[0], &byte, 1), 1);
    assert_true(lock_is_held(path));
    assert_false(lock_take(&second, path, "destroy", &fixture->fault));
    assert_null(second);
    assert_int_equal(fixture->fault.kind, FAULT_LOCKED);
    assert_string_equal(fixture->fault.where, path);
    snprintf(pid, sizeof pid, "process %d ", (int) child);
    assert_non_null(strstr(fixture->fault.why, pid));
    assert_non_null(strstr(fixture->fault.why, "`pipster run phase1` since 20"));
    snprintf(pid, sizeof pid, "kill %d", (int) child);
    assert_non_null(strstr(fixture->fault.next, pid));

    kill(child, SIGKILL);
    assert_true(fixture_was_killed(child));
    assert_false(lock_is_held(path));
    fixture_expect(fixture, lock_take(&second, path, "destroy", &fixture->fault));
    lock_release(second);
    close(ends[0]);
    close(ends[1]);
}

static void the_file_says_who(void **state)
{
    struct fixture *fixture = *state;
    struct lock *lock = NULL;
    char path[FIXTURE_PATH], begin[64];
    size_t length = 0;
    lock_path(fixture, path);
    fixture_expect(fixture, lock_take(&lock, path, "a longer verb", &fixture->fault));
    lock_release(lock);
    fixture_expect(fixture, lock_take(&lock, path, "run", &fixture->fault));
    char *text = fixture_read(path, &length);
    snprintf(begin, sizeof begin, "%d run 20", (int) getpid());
    assert_memory_equal(text, begin, strlen(begin));
    assert_ptr_equal(strchr(text, '\n'), text + length - 1);
    free(text);
    lock_release(lock);
}

static void a_lock_not_signed_yet_is_a_lock(void **state)
{
    struct fixture *fixture = *state;
    struct lock *lock = NULL, *second = NULL;
    char path[FIXTURE_PATH];
    lock_path(fixture, path);
    fixture_expect(fixture, lock_take(&lock, path, "run", &fixture->fault));
    assert_int_equal(truncate(path, 0), 0);
    assert_false(lock_take(&second, path, "run", &fixture->fault));
    assert_int_equal(fixture->fault.kind, FAULT_LOCKED);
    assert_true(fixture->fault.next[0]);
    lock_release(lock);
    lock_release(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(the_second_is_told_of_the_first),
        fixture_test(the_file_says_who),
        fixture_test(a_lock_not_signed_yet_is_a_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
