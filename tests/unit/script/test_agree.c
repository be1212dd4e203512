// SPDX-License-Identifier: MIT
#include "script/fixture.h"

#include "value/json.h"

#define BASE                                                                             \
    "local test = require \"test\"\n"                                                    \
    "return { a = test.thing \"a\" { size = 1, labels = { team = \"x\" } } }\n"

static void write_all(struct fixture *fixture, const char *left, const char *right)
{
    fixture_write(fixture, "base", BASE);
    fixture_write(fixture, "left", left);
    fixture_write(fixture, "right", right);
}

#define BOTH "include \"left\"\ninclude \"right\"\n"

static const char *attributes(struct fixture *fixture, const char *address)
{
    return json_text(&fixture->arena, fixture_find(fixture, address)->attributes);
}

static void test_siblings_may_not_disagree(void **state)
{
    struct fixture *fixture = *state;
    write_all(fixture, "include(\"base\").a:amend { size = 2 }\n",
              "local base = include(\"base\")\nbase.a:amend { size = 3 }\n");
    fixture_run_ill(fixture, BOTH, "playbooks/right.lua:2", "playbooks/left.lua:1");
    assert_non_null(strstr(fixture->fault.what, "test.thing/a.size"));
    write_all(fixture, "include(\"base\").a:amend { labels = { team = \"y\" } }\n",
              "include(\"base\").a:amend { labels = { team = \"z\" } }\n");
    fixture_run_ill(fixture, BOTH, "playbooks/right.lua:1", "labels.team");
}

static void test_siblings_may_agree_or_speak_of_other_things(void **state)
{
    struct fixture *fixture = *state;
    write_all(fixture,
              "include(\"base\").a:amend { size = 2, labels = { l = \"1\" } }\n"
              "include(\"base\").a:append { tags = { \"l\" } }\n",
              "include(\"base\").a:amend { size = 2, labels = { r = \"2\" } }\n"
              "include(\"base\").a:append { tags = { \"r\" } }\n");
    fixture_run_well(fixture, BOTH);
    assert_string_equal(attributes(fixture, "test.thing/a"),
                        "{\"kind\":\"small\",\"labels\":{\"l\":\"1\",\"r\":\"2\","
                        "\"team\":\"x\"},\"size\":2,\"tags\":[\"l\",\"r\"]}");
}

static void test_an_includer_overrides(void **state)
{
    struct fixture *fixture = *state;
    write_all(fixture,
              "local base = include(\"base\")\nbase.a:amend { size = 2 }\nreturn base\n",
              "local left = include(\"left\")\nleft.a:amend { size = 3 }\n"
              "return left\n");
    fixture_run_well(fixture, "include(\"right\").a:amend { size = 4 }\n");
    assert_int_equal(
        value_find_integer(fixture_find(fixture, "test.thing/a")->attributes, "size", 0),
        4);
}

static void test_the_same_thing_twice(void **state)
{
    struct fixture *fixture = *state;
    const char *same = "local t = require(\"test\").thing \"s\" { size = 1 }\n"
                       "return { t = t }\n";
    write_all(fixture, same, same);
    fixture_run_well(fixture, "local one, two = include(\"left\"), include(\"right\")\n"
                              "two.t:amend { size = 5 }\n"
                              "require(\"test\").thing \"o\" { size = value(one.t.size) "
                              "}\n");
    assert_int_equal(fixture->set.count, 2);
    assert_int_equal(
        value_find_integer(fixture_find(fixture, "test.thing/o")->attributes, "size", 0),
        5);
    write_all(fixture, same, "\nrequire(\"test\").thing \"s\" { size = 2 }\n");
    fixture_run_ill(fixture, BOTH, "playbooks/right.lua:2", "playbooks/left.lua:1");
    fixture_run_ill(fixture,
                    "include \"left\"\nrequire(\"test\").thing \"s\" "
                    "{ size = 1 }\n",
                    "playbooks/main.lua:2", "it was declared at playbooks/left.lua:1");
}

static void test_tip(void **state)
{
    struct fixture *fixture = *state;
    fixture_write(fixture, "base", BASE);
    fixture_run_ill(fixture, "include(tip())\n", "playbooks/main.lua:1",
                    "no playbook was applied yet");
    fixture->options.tip = "playbooks/base.lua";
    fixture_run_well(fixture, "include(tip()).a:amend { size = 9 }\n");
    assert_true(fixture->set.calls_tip);
    assert_int_equal(fixture->set.playbook_count, 2);
    fixture_run_well(fixture, "include(\"base\")\n");
    assert_false(fixture->set.calls_tip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_siblings_may_not_disagree),
        FIXTURE_TEST(test_siblings_may_agree_or_speak_of_other_things),
        FIXTURE_TEST(test_an_includer_overrides),
        FIXTURE_TEST(test_the_same_thing_twice),
        FIXTURE_TEST(test_tip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
