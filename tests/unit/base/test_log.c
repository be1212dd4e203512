// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/log.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[] = "/tmp/pipster-log-XXXXXX";

static int make_path(void **state)
{
    int file = mkstemp(path);

    (void) state;
    close(file);
    unlink(path);
    return setenv("PIPSTER_LOG_FILE", path, 1);
}

static int remove_path(void **state)
{
    (void) state;
    unlink(path);
    return 0;
}

static void read_log(char *text, size_t size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file >= 0 ? read(file, text, size - 1) : 0;

    text[length > 0 ? length : 0] = '\0';
    if (file >= 0) {
        close(file);
    }
}

static void is_silent_unless_asked(void **state)
{
    static const char *const levels[] = {NULL, "off", "", "loud"};
    char text[64];

    (void) state;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (levels[i]) {
            setenv("PIPSTER_LOG", levels[i], 1);
        } else {
            unsetenv("PIPSTER_LOG");
        }
        log_open();
        log_info("nobody asked");
        log_write(LOG_OFF, "never");
        read_log(text, sizeof text);
        assert_string_equal(text, "");
    }
    assert_int_not_equal(access(path, F_OK), 0);
}

static void writes_up_to_its_level(void **state)
{
    struct stat status;
    char text[512];

    (void) state;
    setenv("SOURCE_DATE_EPOCH", "0", 1);
    setenv("PIPSTER_LOG", "debug", 1);
    log_open();
    log_info("one %d", 1);
    log_debug("two\nlines\x1b[2J");
    log_trace("three");
    read_log(text, sizeof text);
    assert_string_equal(text, "1970-01-01T00:00:00Z info  one 1\n"
                              "1970-01-01T00:00:00Z debug two lines [2J\n");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void cuts_a_line_without_end(void **state)
{
    static char text[64 << 10];
    char *last;

    (void) state;
    setenv("PIPSTER_LOG", "info", 1);
    log_open();
    log_info("%50000d", 1);
    read_log(text, sizeof text);
    last = text + strlen(text) - 1;
    assert_int_equal(*last, '\n');
    assert_true(strlen(text) < (20 << 10));
}

static void falls_back_to_stderr(void **state)
{
    int file = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    int stderr_before = dup(STDERR_FILENO);
    char text[64];

    (void) state;
    setenv("PIPSTER_LOG_FILE", "/nonexistent/log", 1);
    dup2(file, STDERR_FILENO);
    log_open();
    log_info("here");
    dup2(stderr_before, STDERR_FILENO);
    close(stderr_before);
    close(file);
    read_log(text, sizeof text);
    assert_string_equal(text, "1970-01-01T00:00:00Z info  here\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_silent_unless_asked),
        cmocka_unit_test(writes_up_to_its_level),
        cmocka_unit_test(cuts_a_line_without_end),
        cmocka_unit_test(falls_back_to_stderr),
    };

    return cmocka_run_group_tests(tests, make_path, remove_path);
}
