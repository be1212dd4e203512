// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lab/spawn.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct place {
    char folder[64];
    char record[96];
    char log[96];
};

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    strcpy(place->folder, "/tmp/pipster-spawn-XXXXXX");
    if (!mkdtemp(place->folder))
        return -1;
    snprintf(place->record, sizeof place->record, "%s/pid", place->folder);
    snprintf(place->log, sizeof place->log, "%s/log", place->folder);
    *state = place;
    return 0;
}

static int drop_place(void **state)
{
    struct place *place = *state;
    unlink(place->record);
    unlink(place->log);
    int left = rmdir(place->folder);
    free(place);
    return left;
}

static pid_t start(const struct place *place, const char *script)
{
    const char *argv[] = {"sh", "-c", script, NULL};
    struct spawn_call call = {.argv = argv, .log = place->log, .descriptor = -1};
    struct fault fault = {0};
    pid_t pid = 0;
    assert_true(spawn_start(&call, &pid, &fault));
    assert_true(spawn_record(place->record, pid, &fault));
    return pid;
}

static void finds_what_it_recorded(void **state)
{
    const struct place *place = *state;
    pid_t pid = start(place, "exec cat /dev/zero > /dev/null");
    assert_int_equal(spawn_find(place->record), pid);
    spawn_end(place->record, SIGTERM);
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(access(place->record, F_OK), -1);
}

static void ends_what_ignores_it(void **state)
{
    const struct place *place = *state;
    pid_t pid = start(place, "trap '' TERM; while :; do read line < /dev/zero; done");
    spawn_end(place->record, SIGTERM);
    assert_int_equal(kill(pid, 0), -1);
}

static void does_not_take_another_for_it(void **state)
{
    const struct place *place = *state;
    FILE *file = fopen(place->record, "w");
    fprintf(file, "%d 1\n", (int) getpid());
    fclose(file);
    assert_int_equal(spawn_find(place->record), 0);
    spawn_end(place->record, SIGKILL); // we live on
}

static void tells_the_status(void **state)
{
    const struct place *place = *state;
    int status = 0;
    pid_t pid = start(place, "exit 7");
    assert_true(spawn_wait(pid, 10000, &status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

static void says_what_is_missing(void **state)
{
    const struct place *place = *state;
    const char *argv[] = {"pipster-no-such-program", NULL};
    struct spawn_call call = {.argv = argv, .log = place->log, .descriptor = -1};
    struct fault fault = {0};
    pid_t pid;
    // A folder that we may not look into would be another reason.
    setenv("PATH", "/usr/bin:/bin", 1);
    assert_false(spawn_start(&call, &pid, &fault));
    assert_non_null(strstr(fault.what, "pipster-no-such-program"));
    assert_non_null(strstr(fault.next, "tests/packages"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_what_it_recorded, make_place, drop_place),
        cmocka_unit_test_setup_teardown(ends_what_ignores_it, make_place, drop_place),
        cmocka_unit_test_setup_teardown(does_not_take_another_for_it, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(tells_the_status, make_place, drop_place),
        cmocka_unit_test_setup_teardown(says_what_is_missing, make_place, drop_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
