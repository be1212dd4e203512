// SPDX-License-Identifier: MIT
#include "script/fixture.h"

#define THING "local test = require \"test\"\nlocal a = test.thing \"a\" { size = 3"

static void test_ignore_is_a_list_amended_and_grown(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(fixture, THING ", ignore = { \"size\" } }\n");
    const struct resource *thing = fixture_find(fixture, "test.thing/a");
    assert_int_equal(thing->ignore->list.count, 1);
    assert_null(value_find(thing->attributes, "ignore"));
    fixture_run_well(fixture, THING ", ignore = \"all\" }\n"
                                    "a:amend { ignore = { \"note\", \"size\" } }\n");
    assert_int_equal(fixture_find(fixture, "test.thing/a")->ignore->list.count, 2);
    fixture_run_well(fixture, THING ", ignore = { \"size\" } }\n"
                                    "a:append { ignore = { \"note\" } }\n");
    assert_int_equal(fixture_find(fixture, "test.thing/a")->ignore->list.count, 2);
    fixture_run_well(fixture, THING ", ignore = { \"size\" } }\na:amend { ignore = {} }");
    assert_int_equal(fixture_find(fixture, "test.thing/a")->ignore->list.count, 0);
}

static void test_what_cannot_be_ignored(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_ill(fixture, THING ", ignore = { \"siez\" } }\n", "main.lua:2",
                    "did you mean \"size\"?");
    fixture_run_ill(fixture, THING ", ignore = { \"ipv4\" } }\n", "main.lua:2",
                    "it is never compared");
    fixture_run_ill(fixture, THING ", ignore = 3 }\n", "main.lua:2",
                    "must be a list of attributes");
}

static void test_recreate_and_order(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(fixture, THING ", recreate = true }\n");
    assert_int_equal(fixture_find(fixture, "test.thing/a")->recreate, RECREATE_REPLACE);
    fixture_run_ill(fixture, THING ", recreate = \"often\" }\n", "main.lua:2",
                    "must be true, false or \"rebuild\"");
    fixture_run_ill(fixture, THING ", recreate = \"rebuild\" }\n", "main.lua:2",
                    "cannot be rebuilt in place");
    fixture_run_ill(fixture, THING ", create_before_destroy = true }\n", "main.lua:2",
                    "cannot be created before the old one is gone");
    fixture_run_ill(fixture, THING ", create_before_destroy = 1 }\n", "main.lua:2",
                    "must be true or false");
}

static void test_moved_and_removed(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(fixture, THING " }\n"
                                    "moved { from = \"test.thing/b\", to = a }\n"
                                    "removed { \"test.thing/c\", \"host/*\" }\n");
    assert_int_equal(fixture->set.move_count, 1);
    assert_string_equal(fixture->set.moves[0].from, "test.thing/b");
    assert_string_equal(fixture->set.moves[0].to, "test.thing/a");
    assert_string_equal(fixture->set.moves[0].where, "playbooks/main.lua:3");
    assert_int_equal(fixture->set.removal_count, 2);
    assert_string_equal(fixture->set.removals[1].pattern, "host/*");
    fixture_run_ill(fixture, "moved { from = \"host/a\" }", "main.lua:1",
                    "takes two addresses");
    fixture_run_ill(fixture, "removed {}", "main.lua:1", "takes addresses");
    fixture_run_ill(fixture, "removed { 1 }", "main.lua:1", "takes addresses");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_ignore_is_a_list_amended_and_grown),
        FIXTURE_TEST(test_what_cannot_be_ignored),
        FIXTURE_TEST(test_recreate_and_order),
        FIXTURE_TEST(test_moved_and_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
