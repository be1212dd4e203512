// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/crashpoint.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static char path[] = "/tmp/pipster-crash-XXXXXX";

// Reaches "first", "sent" three times and "last" in a child; how often it got to a point
// before it was killed, or 0 when it was not.
static int points_before_death(const char *wanted)
{
    static const char *const points[] = {"first", "sent", "sent", "sent", "last"};
    int reached[2];
    int status;
    char mark;
    int count = 0;
    pid_t child;

    assert_int_equal(pipe(reached), 0);
    child = fork();
    if (child == 0) {
        if (wanted) {
            setenv("PIPSTER_CRASH_AT", wanted, 1);
        }
        for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
            if (write(reached[1], ".", 1) != 1) {
                _exit(1);
            }
            crashpoint(points[i]);
        }
        _exit(0);
    }
    close(reached[1]);
    while (read(reached[0], &mark, 1) == 1) {
        count++;
    }
    close(reached[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFSIGNALED(status)) {
        assert_int_equal(WEXITSTATUS(status), 0);
        return 0;
    }
    assert_int_equal(WTERMSIG(status), SIGKILL);
    return count;
}

static void kills_at_the_wanted_turn(void **state)
{
    (void) state;
    assert_int_equal(points_before_death("first"), 1);
    assert_int_equal(points_before_death("sent"), 2);
    assert_int_equal(points_before_death("sent:1"), 2);
    assert_int_equal(points_before_death("sent:3"), 4);
    assert_int_equal(points_before_death("last"), 5);
}

static void spares_everything_else(void **state)
{
    static const char *const others[] = {
        NULL, "", "sen", "sent-off", "sent:", "sent:0", "sent:4", "sent:x", "sent:1x",
    };

    (void) state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(points_before_death(others[i]), 0);
    }
}

static void appends_its_name_first(void **state)
{
    char text[32] = "";
    int file = mkstemp(path);

    (void) state;
    setenv("PIPSTER_CRASH_LOG", path, 1);
    assert_int_equal(points_before_death("sent:2"), 3);
    assert_int_equal(points_before_death("never"), 0);
    assert_int_equal(points_before_death("first"), 1);
    assert_int_equal(read(file, text, sizeof text - 1), 11);
    assert_string_equal(text, "sent\nfirst\n");
    assert_int_equal(points_before_death(NULL), 0);
    assert_int_equal(read(file, text, sizeof text - 1), 26);
    assert_string_equal(text, "first\nsent\nsent\nsent\nlast\n");
    setenv("PIPSTER_CRASH_LOG", "/nonexistent/log", 1);
    assert_int_equal(points_before_death("first"), 1);
    close(file);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kills_at_the_wanted_turn),
        cmocka_unit_test(spares_everything_else),
        cmocka_unit_test(appends_its_name_first),
    };

    unsetenv("PIPSTER_CRASH_AT");
    unsetenv("PIPSTER_CRASH_LOG");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
