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

static const char *const grows =
    "local test = require \"test\"\n"
    "test.thing \"a\" { size = 1 }\n"
    "rule \"grow\" { when = { x = \"yes\" }, propose = function(in_force)\n"
    "  local size = in_force(\"test.thing/a\").size\n"
    "  if size >= 5 then return \"it is \" .. size end\n"
    "  return { text = \"from \" .. size,\n"
    "    amend = { [\"test.thing/a\"] = { size = size + 1 } } }\n"
    "end }\n";

// A playbook whose rule asks, with those laid over it.
static void lay_grows(struct fixture *fixture, const struct script_amendment *amendments,
                      size_t count)
{
    fixture_run_well(fixture, grows);
    script_set_amendments(fixture->script, amendments, count);
    if (!script_run_playbook(fixture->script, "playbooks/main.lua", &fixture->arena,
                             &fixture->set, &fixture->fault))
        fail_msg("%s: %s", fixture->fault.where, fixture->fault.what);
}

static int64_t proposed_size(const struct fixture *fixture)
{
    const struct value *amend = fixture->set.rules[0].amend;
    assert_non_null(amend);
    assert_string_equal(amend->map.entries[0].key, "test.thing/a");
    return value_find(amend->map.entries[0].value, "size")->integer;
}

static void a_rule_that_asks_sees_what_others_had_accepted(void **state)
{
    struct fixture *fixture = *state;
    const struct script_amendment of_others[] = {
        {.address = "test.thing/a",
         .attributes = size_of(&fixture->arena, 3),
         .where = "rule",
         .accepted = "other"},
    };
    const struct script_amendment at_most = {.address = "test.thing/a",
                                             .attributes = size_of(&fixture->arena, 5),
                                             .where = "rule",
                                             .accepted = "other"};
    lay_grows(fixture, NULL, 0);
    assert_int_equal(proposed_size(fixture), 2);
    assert_string_equal(fixture->set.rules[0].text, "from 1");
    lay_grows(fixture, of_others, 1);
    assert_int_equal(proposed_size(fixture), 4);
    assert_int_equal(size_in(fixture, 0), 3); // it is only proposed
    lay_grows(fixture, &at_most, 1);
    assert_null(fixture->set.rules[0].amend);
    assert_string_equal(fixture->set.rules[0].idle, "it is 5");
}

static void what_was_accepted_of_it_is_what_it_proposes(void **state)
{
    struct fixture *fixture = *state;
    const struct script_amendment amendments[] = {
        {.where = "rule", .accepted = "grow"},
        {.address = "test.thing/a",
         .attributes = size_of(&fixture->arena, 2),
         .where = "rule",
         .accepted = "grow"},
    };
    lay_grows(fixture, amendments, 2);
    assert_int_equal(size_in(fixture, 0), 2);
    assert_int_equal(proposed_size(fixture), 2);
    lay_grows(fixture, amendments, 1); // nothing of it was to be changed
    assert_null(fixture->set.rules[0].amend);
    assert_null(fixture->set.rules[0].idle);
}

static void what_it_would_propose_is_laid_over_those_before_it(void **state)
{
    struct fixture *fixture = *state;
    const struct script_amendment amendments[] = {
        {.address = "test.thing/a",
         .attributes = size_of(&fixture->arena, 4),
         .where = "rule"},
        {.proposes = "grow", .where = "rule"},
        {.proposes = "nobody", .where = "rule"},
    };
    lay_grows(fixture, amendments + 1, 1);
    assert_int_equal(size_in(fixture, 0), 2);
    lay_grows(fixture, amendments, 3);
    assert_int_equal(size_in(fixture, 0), 5);
    assert_int_equal(proposed_size(fixture), 5);
}

static void what_was_accepted_for_nothing_is_left_out_and_told(void **state)
{
    struct fixture *fixture = *state;
    const struct script_amendment amendment = {.address = "test.thing/gone",
                                               .attributes = size_of(&fixture->arena, 2),
                                               .where = "rule",
                                               .accepted = "grow"};
    lay_grows(fixture, &amendment, 1);
    assert_int_equal(fixture->set.count, 1);
    assert_int_equal(fixture->set.missed.count, 1);
    assert_string_equal(fixture->set.missed.items[0].address, "test.thing/gone");
    assert_string_equal(fixture->set.missed.items[0].rule, "grow");
    lay_grows(fixture, NULL, 0);
    assert_int_equal(fixture->set.missed.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(attributes_are_laid_over_what_is_declared),
        FIXTURE_TEST(playbooks_come_first_and_can_be_amended),
        FIXTURE_TEST(what_cannot_be_laid_says_who_wants_it),
        FIXTURE_TEST(a_rule_that_asks_sees_what_others_had_accepted),
        FIXTURE_TEST(what_was_accepted_of_it_is_what_it_proposes),
        FIXTURE_TEST(what_it_would_propose_is_laid_over_those_before_it),
        FIXTURE_TEST(what_was_accepted_for_nothing_is_left_out_and_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
