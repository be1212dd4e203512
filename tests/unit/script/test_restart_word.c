// SPDX-License-Identifier: MIT
#include "script/fixture.h"

#define HOST "local app = host \"app\" { address = \"192.0.2.1\" }\n"
#define WEB  HOST "local web = app:service \"web\" { unit = \"nginx\" }\n"

static const struct value *units_of(struct fixture *fixture, const char *address)
{
    const struct resource *thing = fixture_find(fixture, address);
    assert_null(value_find(thing->attributes, "restarts"));
    assert_null(value_find(thing->attributes, "reloads"));
    return thing->restarts;
}

static void test_units_by_handle_and_by_name(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(fixture,
                     WEB "app:file \"/a\" { content = \"\", restarts = web }\n"
                         "app:file \"/b\" { content = \"\", reloads = \"ssh\" }\n"
                         "app:file \"/c\" { content = \"\", restarts = { web, \"x\" } }\n"
                         "app:file \"/d\" { content = \"\" }\n");
    const struct value *units = units_of(fixture, "app:file/a");
    assert_int_equal(units->list.count, 1);
    assert_string_equal(units->list.items[0]->string.bytes, "nginx");
    assert_null(units_of(fixture, "app:file/b"));
    units = fixture_find(fixture, "app:file/b")->reloads;
    assert_string_equal(units->list.items[0]->string.bytes, "ssh");
    assert_int_equal(units_of(fixture, "app:file/c")->list.count, 2);
    assert_null(units_of(fixture, "app:file/d"));
}

static void test_amended(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(fixture,
                     WEB "local a = app:file \"/a\" { content = \"\", restarts = web }\n"
                         "a:amend { content = \"x\" }\n");
    assert_int_equal(units_of(fixture, "app:file/a")->list.count, 1);
    fixture_run_well(fixture,
                     WEB "local a = app:file \"/a\" { content = \"\", restarts = web }\n"
                         "a:amend { restarts = {} }\n");
    assert_int_equal(units_of(fixture, "app:file/a")->list.count, 0);
}

static void test_what_can_be_no_unit(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_ill(fixture, HOST "app:file \"/a\" { content = \"\", restarts = 3 }\n",
                    "main.lua:2", "takes a service");
    fixture_run_ill(fixture, HOST "app:file \"/a\" { content = \"\", restarts = app }\n",
                    "main.lua:2", "takes a service");
    fixture_run_ill(fixture,
                    WEB "local b = host \"b\" { address = \"192.0.2.2\" }\n"
                        "b:file \"/a\" { content = \"\", restarts = web }\n",
                    "main.lua:4", "is on another host");
    fixture_run_ill(fixture,
                    "local test = require \"test\"\n"
                    "test.thing \"a\" { size = 3, restarts = \"x\" }\n",
                    "main.lua:2", "on a host");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_units_by_handle_and_by_name),
        FIXTURE_TEST(test_amended),
        FIXTURE_TEST(test_what_can_be_no_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
