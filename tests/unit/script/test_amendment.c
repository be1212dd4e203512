// SPDX-License-Identifier: MIT
#include "script/fixture.h"

static const char *const text = "local test = require \"test\"\n"
                                "test.thing \"a\" { size = 1 }\n";

static const struct value *size_of(struct arena *arena, int64_t size)
{
    struct value_entry *entry = arena_alloc(arena, sizeof *entry);
    *entry = (struct value_entry){.key = "size", .value = value_integer(arena, size)};
    return value_map(arena, entry, 1);
}

// The text with those laid over it; false: it was refused.
static bool lay(struct fixture *fixture, const struct script_amendment *amendments,
                size_t count)
{
    fixture_run_well(fixture, text);
    script_set_amendments(fixture->script, amendments, count);
    fault_clear(&fixture->fault);
    return script_run_playbook(fixture->script, "playbooks/main.lua", &fixture->arena,
                               &fixture->set, &fixture->fault);
}

static int64_t size_in(const struct fixture *fixture, size_t number)
{
    return value_find(fixture->set.items[number].attributes, "size")->integer;
}

static void attributes_are_laid_over_what_is_declared(void **state)
{
    struct fixture *fixture = *state;
    const struct script_amendment amendments[] = {
        {.address = "test.thing/a",
         .attributes = size_of(&fixture->arena, 2),
         .where = "rule"},
        {.address = "test.thing/a",
         .attributes = size_of(&fixture->arena, 3),
         .where = "rule"},
    };
    assert_true(lay(fixture, amendments, 2));
    assert_int_equal(fixture->set.count, 1);
    assert_int_equal(size_in(fixture, 0), 3); // the later one counts
    script_set_amendments(fixture->script, NULL, 0);
    assert_true(script_run_playbook(fixture->script, "playbooks/main.lua",
                                    &fixture->arena, &fixture->set, &fixture->fault));
    assert_int_equal(size_in(fixture, 0), 1);
}

static void playbooks_come_first_and_can_be_amended(void **state)
{
    struct fixture *fixture = *state;
    const struct script_amendment amendments[] = {
        {.address = "test.thing/b",
         .attributes = size_of(&fixture->arena, 7),
         .where = "rule"},
        {.include = "playbooks/more.lua", .where = "rule"},
    };
    fixture_write(fixture, "more",
                  "phase(9)\nlocal one = include \"main\"\n"
                  "require(\"test\").thing \"b\" { size = 5 }\n");
    assert_true(lay(fixture, amendments, 2));
    assert_int_equal(fixture->set.count, 2);
    assert_string_equal(fixture->set.items[1].address, "test.thing/b");
    assert_int_equal(size_in(fixture, 1), 7);
    assert_int_equal(fixture->set.phase, 0); // that of the playbook that was asked for
}

static void what_cannot_be_laid_says_who_wants_it(void **state)
{
    struct fixture *fixture = *state;
    struct script_amendment amendment = {.address = "test.thing/nobody",
                                         .attributes = size_of(&fixture->arena, 2),
                                         .where = "playbooks/scale.lua:9"};
    assert_false(lay(fixture, &amendment, 1));
    assert_non_null(strstr(fixture->fault.what, "test.thing/nobody"));
    assert_non_null(strstr(fixture->fault.where, "playbooks/scale.lua:9"));
    amendment.address = "test.thing/a";
    amendment.attributes = value_map(
        &fixture->arena,
        &(struct value_entry){.key = "sise", .value = value_integer(&fixture->arena, 1)},
        1);
    assert_false(lay(fixture, &amendment, 1));
    assert_non_null(strstr(fixture->fault.where, "playbooks/scale.lua:9"));
    assert_non_null(strstr(fixture->fault.what, "sise"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(attributes_are_laid_over_what_is_declared),
        FIXTURE_TEST(playbooks_come_first_and_can_be_amended),
        FIXTURE_TEST(what_cannot_be_laid_says_who_wants_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
