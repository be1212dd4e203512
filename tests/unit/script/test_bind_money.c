// SPDX-License-Identifier: MIT
#include "script/fixture.h"

#include "value/json.h"

struct answer {
    struct arena *arena;
    bool done;
    const struct value *results;
};

static void answered(void *context, const struct value *result, const struct fault *fault)
{
    struct answer *answer = context;
    assert_false(fault_is_set(fault));
    answer->results = value_copy(answer->arena, result);
    answer->done = true;
}

static void test_arithmetic_is_exact(void **state)
{
    static const char *const rows[][2] = {
        {"[\"percent\",\"5.4900000000\",\"20.0000000000\"]", "1.0980000000"},
        {"[\"percent\",\"853.49\",\"20\"]", "170.6980000000"},
        {"[\"percent\",\"0\",\"20\"]", "0.0000000000"},
        {"[\"percent\",\"99999999.9999999999\",\"20\"]", "20000000.0000000000"},
        {"[\"scale\",\"10\",1,12]", "0.8333333333"},
        {"[\"scale\",12,1,12]", "1.0000000000"},
        {"[\"add\",\"1.5\",\"-2\"]", "-0.5000000000"},
        {"[\"is_zero\",\"0.00\"]", "true"},
        {"[\"is_zero\",\"0.01\"]", "false"},
        {"[\"add\",\"1,5\",\"2\"]", "refused"},
        {"[\"add\",\"1e5\",\"2\"]", "refused"},
        {"[\"add\",\"1\"]", "refused"},
        {"[\"scale\",\"1\",1,0]", "refused"},
        {"[\"scale\",\"99999999\",99999999,1]", "refused"},
    };
    struct fixture *fixture = *state;
    struct answer answer = {.arena = &fixture->arena};
    const struct value *calls[sizeof rows / sizeof *rows];
    size_t count = sizeof rows / sizeof *rows;
    fixture_start(fixture);
    for (size_t i = 0; i < count; i++)
        assert_true(json_read(&fixture->arena, rows[i][0], strlen(rows[i][0]), &calls[i],
                              &fixture->fault));
    script_start(fixture->script, "test.sums", "answer",
                 value_list(&fixture->arena, calls, count), answered, &answer);
    while (!answer.done)
        assert_true(loop_turn(fixture->loop));
    assert_int_equal(answer.results->list.count, count);
    for (size_t i = 0; i < count; i++)
        assert_true(value_is_text(answer.results->list.items[i], rows[i][1]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_arithmetic_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
