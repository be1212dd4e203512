// SPDX-License-Identifier: MIT
#include "script/fixture.h"

#include "value/json.h"

#define TWO                                                                              \
    "local a = host \"a\" { address = \"10.0.0.2\" }\n"                                  \
    "local b = host \"b\" { address = \"10.0.0.3\", tags = \"old\" }\n"

static void expect_tags(struct fixture *fixture, const char *address, const char *json)
{
    const struct resource *resource = fixture_find(fixture, address);
    assert_non_null(resource->tags);
    assert_string_equal(json_text(&fixture->arena, resource->tags), json);
}

static void test_a_group_is_a_tag_of_its_hosts(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(fixture, TWO "group \"web\" { hosts = { b, a } }\n"
                                  "local again = group \"web\" { hosts = { a } }\n"
                                  "group \"all\" { hosts = { again, b } }\n"
                                  "b:amend { tags = { \"new\" } }\n");
    expect_tags(fixture, "host/a", "[\"all\",\"web\"]");
    expect_tags(fixture, "host/b", "[\"all\",\"new\",\"web\"]");
}

static void test_each_declares_on_all(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(fixture,
                     TWO "local web = group \"web\" { hosts = { b } }\n"
                         "web:each(function(host) host:package { \"curl\" } end)\n"
                         "host:each(function(host) host:file(\"/\" .. host.name) {\n"
                         "  content = web.name .. #web.hosts } end)\n");
    assert_non_null(fixture_find(fixture, "b:package/curl"));
    assert_null(resource_find(&fixture->set, "a:package/curl"));
    assert_non_null(fixture_find(fixture, "a:file/a"));
    assert_non_null(fixture_find(fixture, "b:file/b"));
}

static void test_a_group_rolls(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(fixture, TWO "local web = group \"web\" { hosts = { b, a } }\n"
                                  "rolling \"web\" { hosts = web, serial = 2 }\n");
    assert_int_equal(fixture->set.rollings[0].host_count, 2);
    assert_string_equal(fixture->set.rollings[0].hosts[0], "host/b");
    fixture_run_ill(fixture,
                    TWO "local web = group \"web\" { hosts = { b, a } }\n"
                        "rolling \"web\" { hosts = { web, a } }\n",
                    "main.lua:4", "stands there twice");
}

static void test_a_deferred_stage_makes_no_group(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(fixture, TWO "local test = require \"test\"\n"
                                  "local t = test.thing \"t\" { size = 1 }\n"
                                  "stage(\"later\", function()\n"
                                  "  group \"web\" { hosts = { a } }\n"
                                  "  value(t.ipv4)\n"
                                  "end)\n");
    assert_int_equal(fixture->set.deferral_count, 1);
    assert_null(fixture_find(fixture, "host/a")->tags);
}

static void test_mistakes_have_their_line(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_ill(fixture, TWO "group \"web\" { a, b }", "main.lua:3", "takes hosts");
    fixture_run_ill(fixture, TWO "group \"web\" { hosts = {} }", "main.lua:3",
                    "group \"web\" needs hosts");
    fixture_run_ill(fixture, TWO "group \"web\" { }", "main.lua:3", "needs hosts");
    fixture_run_ill(fixture, TWO "group \"web\" { hosts = { a, \"b\" } }", "main.lua:3",
                    "item 2 of hosts is no host");
    fixture_run_ill(fixture,
                    TWO "local test = require \"test\"\n"
                        "group \"web\" { hosts = { test.thing \"t\" { size = 1 } } }",
                    "main.lua:4", "item 1 of hosts is no host");
    fixture_run_ill(fixture, TWO "group \"we*\" { hosts = { a } }", "main.lua:3",
                    "cannot be the name of a group");
    fixture_run_ill(fixture,
                    TWO "local web = group \"web\" { hosts = { a } }\n"
                        "web.hosts[1] = web\n"
                        "web:each(function() end)",
                    "main.lua:5", "is no host");
    fixture_run_ill(fixture, TWO "host:each(1)", "main.lua:3", "function expected");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_a_group_is_a_tag_of_its_hosts),
        FIXTURE_TEST(test_each_declares_on_all),
        FIXTURE_TEST(test_a_group_rolls),
        FIXTURE_TEST(test_a_deferred_stage_makes_no_group),
        FIXTURE_TEST(test_mistakes_have_their_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
