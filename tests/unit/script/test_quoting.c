// SPDX-License-Identifier: MIT
//
// Whatever is in a name or a content arrives as it is: stdlib/shell.lua's quoting and the
// framing of a script, through real shells behind a real sshd. PIPSTER_TEST_SEED chooses
// other words than those of `make check`.
#include "script/fixture.h"

#include "net/sshd.h"

#include "value/json.h"

struct answer {
    bool done;
    struct fault fault;
};

static void answered(void *context, const struct value *result, const struct fault *fault)
{
    struct answer *answer = context;
    (void) result;
    answer->fault = *fault;
    answer->done = true;
}

// The same words each time, so that one commit has one verdict; `make full` tries others.
static int64_t seed_of(void)
{
    const char *given = getenv("PIPSTER_TEST_SEED");
    return given ? strtoll(given, NULL, 10) : 1;
}

// `forced` is what runs in place of the login's shell and command.
static void check_through(struct fixture *fixture, const char *forced, int words,
                          int files)
{
    struct arena *arena = &fixture->arena;
    struct sshd sshd;
    struct answer answer = {0};
    int64_t seed = seed_of();
    sshd_prepare(&sshd);
    sshd_spawn(&sshd, "host", arena_format(arena, "ForceCommand %s\n", forced));
    struct value_entry entries[] = {
        {"port", value_integer(arena, sshd.port)},
        {"login", value_text(arena, sshd.login)},
        {"identity", value_text(arena, sshd.user_key)},
        {"host_key", value_text(arena, sshd.host_key)},
        {"folder", value_text(arena, sshd.folder)},
        {"seed", value_integer(arena, seed)},
        {"words", value_integer(arena, words)},
        {"files", value_integer(arena, files)},
    };
    print_message("seed %lld through %s\n", (long long) seed, forced);
    fixture_start(fixture);
    script_start(fixture->script, "test.quoting", "check",
                 value_map(arena, entries, sizeof entries / sizeof *entries), answered,
                 &answer);
    while (!answer.done)
        assert_true(loop_turn(fixture->loop));
    sshd_remove(&sshd);
    if (fault_is_set(&answer.fault))
        fail_msg("%s: %s (%s)", answer.fault.where, answer.fault.what, answer.fault.why);
}

// As the kept shell: the host's /bin/sh is this one.
static void test_dash(void **state)
{
    check_through(*state, "exec /bin/dash", 10000, 50);
}

static void test_bash(void **state)
{
    check_through(*state, "exec /bin/bash", 10000, 50);
}

static void test_bash_as_sh(void **state)
{
    check_through(*state, "exec -a sh /bin/bash", 10000, 50);
}

static void test_busybox(void **state)
{
    if (access("/usr/bin/busybox", X_OK) != 0)
        skip();
    check_through(*state, "exec /usr/bin/busybox ash", 10000, 50);
}

// As the login's shell, which starts the kept one.
static void test_other_login_shells(void **state)
{
    static const char *const shells[] = {"/usr/bin/zsh", "/usr/bin/fish"};
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
        struct fixture *fixture = *state;
        if (access(shells[i], X_OK) != 0)
            continue;
        if (fixture->script != NULL)
            script_close(fixture->script);
        check_through(fixture,
                      arena_format(&fixture->arena,
                                   "exec %s -c \"$SSH_ORIGINAL_COMMAND\"", shells[i]),
                      1000, 10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_dash),
        FIXTURE_TEST(test_bash),
        FIXTURE_TEST(test_bash_as_sh),
        FIXTURE_TEST(test_busybox),
        FIXTURE_TEST(test_other_login_shells),
    };
    if (!sshd_is_installed())
        return 0;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
