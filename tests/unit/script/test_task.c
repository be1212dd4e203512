// SPDX-License-Identifier: MIT
#include "script/fixture.h"

#include "net/http.h"
#include "value/json.h"

struct answer {
    bool done;
    char json[256];
    struct fault fault;
};

static void answered(void *context, const struct value *result, const struct fault *fault)
{
    struct answer *answer = context;
    struct arena arena;
    arena_init(&arena, 0);
    snprintf(answer->json, sizeof answer->json, "%s",
             result != NULL ? json_text(&arena, result) : "");
    answer->fault = *fault;
    answer->done = true;
    arena_clear(&arena);
}

static struct answer ask(struct fixture *fixture, const char *module,
                         const char *function, const struct value *argument)
{
    struct answer answer = {0};
    script_start(fixture->script, module, function, argument, answered, &answer);
    assert_false(answer.done);
    while (!answer.done && loop_turn(fixture->loop)) {
    }
    assert_true(answer.done);
    return answer;
}

static void assert_well(const struct answer *answer)
{
    if (fault_is_set(&answer->fault)) {
        fail_msg("%s: %s (%s)", answer->fault.where, answer->fault.what,
                 answer->fault.why);
    }
}

static void test_waits_and_closes(void **state)
{
    struct fixture *fixture = *state;
    fixture_start(fixture);
    struct value_entry entry = {"seconds", value_number(&fixture->arena, 0.01)};
    struct answer answer =
        ask(fixture, "test.asks", "sleep", value_map(&fixture->arena, &entry, 1));
    assert_well(&answer);
    assert_string_equal(answer.json, "{\"closed\":true}");
    answer = ask(fixture, "test.asks", "many_yields", NULL);
    assert_well(&answer);
    assert_string_equal(answer.json, "{\"count\":200}");
}

static void test_joins_in_a_task(void **state)
{
    struct fixture *fixture = *state;
    fixture_start(fixture);
    struct answer answer = ask(fixture, "test.asks", "joins", NULL);
    assert_well(&answer);
    assert_string_equal(answer.json, "{\"count\":2000}");
}

static void test_many_at_once(void **state)
{
    enum { COUNT = 200 };
    struct fixture *fixture = *state;
    struct answer answers[COUNT];
    fixture_start(fixture);
    struct value_entry entry = {"count", value_integer(&fixture->arena, COUNT)};
    const struct value *argument = value_map(&fixture->arena, &entry, 1);
    for (size_t i = 0; i < COUNT; i++) {
        answers[i].done = false;
        script_start(fixture->script, "test.asks", "meet", argument, answered,
                     &answers[i]);
    }
    for (size_t i = 0; i < COUNT; i++) {
        while (!answers[i].done && loop_turn(fixture->loop)) {
        }
        assert_well(&answers[i]);
    }
}

static void test_faults(void **state)
{
    struct fixture *fixture = *state;
    fixture_start(fixture);
    struct answer answer = ask(fixture, "test.asks", "fail", NULL);
    assert_string_equal(answer.fault.what, "it went wrong");
    assert_string_equal(answer.fault.why, "a reason");
    assert_string_equal(answer.fault.code, "bad");
    answer = ask(fixture, "test.asks", "bug", NULL);
    assert_string_equal(answer.fault.where, "stdlib/test/asks.lua:50");
    assert_non_null(strstr(answer.fault.what, "nil value"));
    answer = ask(fixture, "test.asks", "in_sort", NULL);
    assert_non_null(strstr(answer.fault.what, "nothing can be waited for"));
    answer = ask(fixture, "test.none", "x", NULL);
    assert_non_null(strstr(answer.fault.what, "no module"));
}

static void test_endless_task_is_halted(void **state)
{
    struct fixture *fixture = *state;
    fixture->options.instruction_ceiling = 1000000;
    fixture_start(fixture);
    struct answer answer = ask(fixture, "test.asks", "endless", NULL);
    assert_non_null(strstr(answer.fault.what, "does not come to an end"));
    assert_non_null(strstr(answer.fault.where, "stdlib/test/asks.lua:"));
}

static void test_tools(void **state)
{
    struct fixture *fixture = *state;
    fixture_start(fixture);
    struct answer answer = ask(fixture, "test.asks", "tools", NULL);
    assert_well(&answer);
}

static void test_http_and_serve(void **state)
{
    struct fixture *fixture = *state;
    struct http_options options = {.user_agent = "test"};
    assert_true(
        http_open(&fixture->options.http, fixture->loop, &options, &fixture->fault));
    fixture_start(fixture);
    struct script *world = fixture->script;
    struct answer answer = ask(fixture, "test.world", "open", NULL);
    assert_well(&answer);
    char json[128];
    snprintf(json, sizeof json, "{\"endpoints\":{\"test\":\"http://127.0.0.1:%d\"}}",
             atoi(strchr(answer.json, ':') + 1));
    assert_true(json_read(&fixture->arena, json, strlen(json), &fixture->options.settings,
                          &fixture->fault));
    fixture_start(fixture);
    answer = ask(fixture, "test.asks", "world", NULL);
    assert_well(&answer);
    script_close(fixture->script);
    fixture->script = world;
    answer = ask(fixture, "test.world", "close", NULL);
    http_close(fixture->options.http);
    fixture->options.http = NULL;
}

static void test_closed_while_waiting(void **state)
{
    struct fixture *fixture = *state;
    struct answer answer = {0};
    fixture_start(fixture);
    struct value_entry entry = {"seconds", value_number(&fixture->arena, 0.01)};
    script_start(fixture->script, "test.asks", "sleep",
                 value_map(&fixture->arena, &entry, 1), answered, &answer);
    loop_turn(fixture->loop);
    script_close(fixture->script);
    fixture->script = NULL;
    while (loop_turn(fixture->loop)) {
    }
    assert_false(answer.done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_waits_and_closes),
        FIXTURE_TEST(test_joins_in_a_task),
        FIXTURE_TEST(test_many_at_once),
        FIXTURE_TEST(test_faults),
        FIXTURE_TEST(test_endless_task_is_halted),
        FIXTURE_TEST(test_tools),
        FIXTURE_TEST(test_http_and_serve),
        FIXTURE_TEST(test_closed_while_waiting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
