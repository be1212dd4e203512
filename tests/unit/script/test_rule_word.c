// SPDX-License-Identifier: MIT
#include "script/fixture.h"

#define THING "local test = require \"test\"\ntest.thing \"a\" { size = 3 }\n"

static void test_rules_are_in_the_set(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(fixture, THING "rule \"grow\" {\n"
                                    "  when = { revenue = \"> $500\" }, hold = \"14d\",\n"
                                    "  propose = { amend = { [\"test.thing/a\"] = { size "
                                    "= 4, protect = true } } },\n"
                                    "}\n"
                                    "rule \"soc\" { when = { soc2 = \"yes\" } }\n");
    assert_int_equal(fixture->set.rule_count, 2);
    const struct rule *rule = &fixture->set.rules[0];
    assert_string_equal(rule->name, "grow");
    assert_string_equal(rule->where, "playbooks/main.lua:3");
    assert_string_equal(rule->file, "playbooks/main.lua");
    assert_int_equal(rule->line, 3);
    assert_int_equal(rule->when.count, 1);
    assert_int_equal(rule->amend->map.count, 1);
    assert_string_equal(fixture->set.rules[1].name, "soc");
    assert_int_equal(fixture->set.count, 1); // nothing is amended yet
}

static void test_a_stage_that_waits_says_no_rules(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(fixture, "local test = require \"test\"\n"
                              "local a = test.thing \"a\" { size = 3 }\n"
                              "stage(\"later\", function()\n"
                              "  rule \"soc\" { when = { soc2 = \"yes\" } }\n"
                              "  value(a.ipv4)\n"
                              "end)\n");
    assert_int_equal(fixture->set.deferral_count, 1);
    assert_int_equal(fixture->set.rule_count, 0);
}

static void test_what_is_wrong_is_told_with_its_line(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_ill(fixture, "\nrule \"a\" { when = { revenue = \"> 500\" } }",
                    "main.lua:2", "write the currency");
    fixture_run_ill(fixture, "\nrule \"a\"", "main.lua:2", "its table is missing");
    fixture_run_ill(fixture, "rule({})", "main.lua:1", "string expected");
    fixture_run_ill(fixture, "rule \"a\" { \"when\" }", "main.lua:1", "not a list");
    fixture_run_ill(fixture, "rule \"a\" { when = print }", "main.lua:1", "function");
    fixture_run_ill(fixture,
                    "rule \"a\" { when = { x = \"yes\" } }\n"
                    "rule \"a\" { when = { x = \"no\" } }",
                    "main.lua:2", "the first is at playbooks/main.lua:1");
    fixture_run_ill(fixture,
                    "local a = rule \"a\"\na { when = { x = \"yes\" } }\n"
                    "a { when = { x = \"no\" } }",
                    "main.lua:3", "has its table already");
}

#define AMEND(address, change)                                                           \
    "rule \"a\" { when = { x = \"yes\" }, propose = { amend = { [\"" address             \
    "\"] = { " change " } } } }"

static void test_what_nothing_declares_is_not_amended(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_ill(fixture, THING AMEND("test.thing/b", "size = 4"), "main.lua:3",
                    "amends what nothing declares: test.thing/b");
    fixture_run_ill(fixture,
                    "local test = require \"test\"\ntest.priced \"a\" {}\n" AMEND(
                        "test.priced/a", "siez = 4"),
                    "main.lua:3", "did you mean \"size\"?");
    fixture_run_well(fixture, THING "rule \"a\" { when = { x = \"yes\" }, propose = { "
                                    "amend = { [\"test.thing/b\"] = { size = 4 } }, "
                                    "include = \"more\" } }");
}

#define PROPOSES(text)                                                                   \
    "rule \"a\" { when = { x = \"yes\" }, propose = function(in_force) " text " end }"

static void test_what_a_function_proposes_is_checked(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(fixture, THING PROPOSES("return { text = \"grow\" }"));
    assert_string_equal(fixture->set.rules[0].text, "grow");
    assert_true(fixture->set.rules[0].asks);
    fixture_run_well(fixture, PROPOSES("return in_force(\"test.thing/b\") == nil and "
                                       "\"it is not there\""));
    assert_string_equal(fixture->set.rules[0].idle, "it is not there");
    fixture_run_ill(fixture, PROPOSES(""), "main.lua:1", "must give a table, or a text");
    fixture_run_ill(fixture, PROPOSES("return \"\""), "main.lua:1", "must give a table");
    fixture_run_ill(fixture, PROPOSES("return { txt = \"a\" }"), "main.lua:1",
                    "did you mean text?");
    fixture_run_ill(fixture, "\n" PROPOSES("return nobody.size"), "main.lua:2", "nobody");
    fixture_run_ill(
        fixture,
        THING PROPOSES("return { amend = { [\"test.thing/b\"] = { size = 4 } } }"),
        "main.lua:3", "amends what nothing declares: test.thing/b");
}

static void test_a_function_that_proposes_declares_nothing(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_ill(fixture, THING PROPOSES("test.thing \"b\" {}"), "main.lua:3",
                    "declares nothing");
    fixture_run_ill(fixture, THING PROPOSES("include \"more\""), "main.lua:3",
                    "includes nothing");
    fixture_run_ill(fixture,
                    "local a = require(\"test\").thing \"a\" { size = 3 }\n" PROPOSES(
                        "a:amend { size = 4 }"),
                    "main.lua:2", "declares nothing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_rules_are_in_the_set),
        FIXTURE_TEST(test_a_stage_that_waits_says_no_rules),
        FIXTURE_TEST(test_what_is_wrong_is_told_with_its_line),
        FIXTURE_TEST(test_what_nothing_declares_is_not_amended),
        FIXTURE_TEST(test_what_a_function_proposes_is_checked),
        FIXTURE_TEST(test_a_function_that_proposes_declares_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
