// SPDX-License-Identifier: MIT
#include "script/fixture.h"

#include "value/json.h"

static void expect(struct fixture *fixture, const char *options, const char *json)
{
    char text[256];
    snprintf(text, sizeof text, "secret(\"key\"%s)\n", options);
    fixture_run_well(fixture, text);
    assert_string_equal(
        json_text(&fixture->arena, fixture_find(fixture, "secret/key")->attributes),
        json);
}

static void test_takes_one_source(void **state)
{
    struct fixture *fixture = *state;
    expect(fixture, "", "{\"length\":32}");
    expect(fixture, ", { length = 8 }", "{\"length\":8}");
    expect(fixture, ", { env = \"DB_PASSWORD\" }", "{\"env\":\"DB_PASSWORD\"}");
    expect(fixture, ", { file = \"~/x\" }", "{\"file\":\"~/x\"}");
    expect(fixture, ", { age = \"secrets/x.age\" }", "{\"age\":\"secrets/x.age\"}");
    expect(fixture, ", { credential = \"db.password\" }",
           "{\"credential\":\"db.password\"}");
    expect(fixture, ", { command = { \"op\", \"read\", \"op://a/b\" }, safe = true }",
           "{\"command\":[\"op\",\"read\",\"op://a/b\"],\"safe\":true}");
    expect(fixture, ", { command = \"pass show x | head -n 1\" }",
           "{\"command\":[\"sh\",\"-c\",\"pass show x | head -n 1\"]}");
    expect(fixture, ", { rotate_every = \"90d\" }",
           "{\"length\":32,\"rotate_every\":\"90d\"}");
}

static void test_refuses_what_makes_no_sense(void **state)
{
    static const struct {
        const char *options;
        const char *words;
    } cases[] = {
        {"{ env = \"A\", file = \"b\" }", "comes from env or from file, not from both"},
        {"{ env = \"A\", length = 32 }", "has the length that env gives it"},
        {"{ enviroment = \"A\" }", "takes no enviroment"},
        {"{ fil = \"A\" }", "did you mean file?"},
        {"{ \"A\" }", "takes no ?"},
        {"{ env = \"A-B\" }", "cannot be the name of an environment variable"},
        {"{ env = \"\" }", "env must be a text"},
        {"{ env = 7 }", "env must be a text"},
        {"{ file = \"a\\0b\" }", "file must be a text"},
        {"{ credential = \"../x\" }", "cannot be the name of a credential"},
        {"{ command = {} }", "command must be a text, or a list of texts"},
        {"{ command = { \"op\", 7 } }", "command must be a text, or a list of texts"},
        {"{ safe = true }", "safe is said of a command"},
        {"{ env = \"A\", safe = true }", "safe is said of a command"},
        {"{ command = \"x\", safe = 1 }", "safe = must be true or false"},
        {"{ rotate_every = \"90 days\" }", "is no span of time"},
        {"{ rotate_every = 90 }", "rotate_every must be a text"},
        {"{ length = 7 }", "length must be 8 to 1024"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        snprintf(text, sizeof text, "local x = 1\nsecret(\"key\", %s)\n",
                 cases[i].options);
        fixture_run_ill(fixture, text, "playbooks/main.lua:2", cases[i].words);
    }
    fixture_run_ill(fixture, "secret(\"a/b\")\n", "playbooks/main.lua:1",
                    "cannot be the name of a secret");
}

static void test_the_same_name_is_the_same_secret(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(fixture,
                     "secret(\"key\", { command = \"x\", rotate_every = \"1y\" })\n"
                     "secret(\"key\")\n"
                     "secret(\"key\", { command = \"x\" })\n");
    assert_int_equal(fixture->set.count, 1);
    fixture_run_ill(
        fixture, "secret(\"key\", { env = \"A\" })\nsecret(\"key\", { env = \"B\" })\n",
        "playbooks/main.lua:2", "has another env at playbooks/main.lua:1");
    fixture_run_ill(fixture, "secret(\"key\")\nsecret(\"key\", { file = \"b\" })\n",
                    "playbooks/main.lua:2", "has another file at");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_takes_one_source),
        FIXTURE_TEST(test_refuses_what_makes_no_sense),
        FIXTURE_TEST(test_the_same_name_is_the_same_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
