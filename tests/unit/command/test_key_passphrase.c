// SPDX-License-Identifier: MIT
#include "command/key_passphrase.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_one_of_the_environment_is_for_all_keys(void **state)
{
    struct options options = {.non_interactive = true};
    struct key_passphrase passphrases;
    (void) state;
    key_passphrase_init(&passphrases, &options);
    setenv("PIPSTER_SSH_PASSPHRASE", "open sesame", 1);
    assert_string_equal(key_passphrase_find(&passphrases, "/k/one", false),
                        "open sesame");
    assert_string_equal(key_passphrase_find(&passphrases, "/k/two", false),
                        "open sesame");
    assert_null(key_passphrase_find(&passphrases, "/k/two", true));
    unsetenv("PIPSTER_SSH_PASSPHRASE");
    key_passphrase_clear(&passphrases);
}

static void test_nobody_is_asked_without_a_terminal(void **state)
{
    struct options options = {.non_interactive = true};
    struct key_passphrase passphrases;
    (void) state;
    key_passphrase_init(&passphrases, &options);
    assert_null(key_passphrase_find(&passphrases, "/k/one", false));
    key_passphrase_clear(&passphrases);
}

// On a terminal: asks twice for the first key, since the first answer was wrong, and not
// for the second time that it is wanted. 0: as it should be.
static int ask_for_two(void)
{
    struct options options = {0};
    struct key_passphrase passphrases;
    key_passphrase_init(&passphrases, &options);
    const char *first = key_passphrase_find(&passphrases, "/k/one", false);
    if (!first || strcmp(first, "first") != 0)
        return 1;
    const char *second = key_passphrase_find(&passphrases, "/k/one", true);
    if (!second || strcmp(second, "second word") != 0)
        return 2;
    const char *kept = key_passphrase_find(&passphrases, "/k/one", false);
    if (!kept || strcmp(kept, "second word") != 0)
        return 3;
    // An empty answer is none, and ends the questions.
    if (key_passphrase_find(&passphrases, "/k/two", false) ||
        key_passphrase_find(&passphrases, "/k/three", false))
        return 4;
    key_passphrase_clear(&passphrases);
    return 0;
}

// Types each answer when its question has been asked, so that none is flushed.
static void answer(int terminal, const char *question, const char *typed)
{
    static char said[4096];
    size_t length = strlen(said);
    while (!strstr(said, question)) {
        ssize_t got = read(terminal, said + length, sizeof said - length - 1);
        assert_true(got > 0);
        length += (size_t) got;
        said[length] = '\0';
    }
    assert_null(strstr(said, "second word"));
    memset(said, 0, sizeof said);
    assert_int_equal(write(terminal, typed, strlen(typed)), (ssize_t) strlen(typed));
}

static void test_each_key_is_asked_for_once(void **state)
{
    int terminal = -1, status = 0;
    (void) state;
    pid_t child = forkpty(&terminal, NULL, NULL, NULL);
    assert_true(child >= 0);
    if (child == 0)
        _exit(ask_for_two());
    answer(terminal, "Passphrase of /k/one: ", "first\n");
    answer(terminal, "That does not open it. Passphrase of /k/one: ", "second word\n");
    answer(terminal, "Passphrase of /k/two: ", "\n");
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    close(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_of_the_environment_is_for_all_keys),
        cmocka_unit_test(test_nobody_is_asked_without_a_terminal),
        cmocka_unit_test(test_each_key_is_asked_for_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
