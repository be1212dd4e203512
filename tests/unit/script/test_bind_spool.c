// SPDX-License-Identifier: MIT
#include "script/bind_spool.h"
#include "script/fixture.h"

struct answer {
    struct arena *arena;
    bool done;
    const struct value *told;
};

static void answered(void *context, const struct value *result, const struct fault *fault)
{
    struct answer *answer = context;
    if (fault_is_set(fault))
        fail_msg("%s", fault->what);
    answer->told = value_copy(answer->arena, result);
    answer->done = true;
}

static void test_files_are_kept_by_their_names(void **state)
{
    static const char *const expected[] = {
        "one two",
        "tw",
        "80014",
        "one two",
        " No such file or directory",
        " No such file or directory",
        "one",
        " No such file or directory",
        "the name of a file",
        "the name of a file",
        "the name of a file",
        "the name of a file",
    };
    struct fixture *fixture = *state;
    struct answer answer = {.arena = &fixture->arena};
    const char *folder = arena_format(&fixture->arena, "%s/spool", fixture->folder);
    fixture_start(fixture);
    bind_spool_add(fixture->script, folder);
    script_start(fixture->script, "test.spooled", "answer", value_null(), answered,
                 &answer);
    while (!answer.done)
        assert_true(loop_turn(fixture->loop));
    assert_int_equal(answer.told->list.count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < answer.told->list.count; i++)
        assert_string_equal(answer.told->list.items[i]->string.bytes, expected[i]);
    assert_int_equal(access(folder, F_OK), 0);
    bind_spool_remove(folder);
    assert_int_equal(access(folder, F_OK), -1);
    bind_spool_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_files_are_kept_by_their_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
