// SPDX-License-Identifier: MIT
#include "script/fixture.h"

#define HEAD                                                                             \
    "local test = require \"test\"\n"                                                    \
    "local a = test.thing \"a\" { size = 3 }\n"

// A thing that is recorded with this address.
static void record(struct fixture *fixture, struct state_rows *rows, const char *ip)
{
    struct record *row = arena_alloc(&fixture->arena, sizeof *row);
    struct value_entry *entry = arena_alloc(&fixture->arena, sizeof *entry);
    *entry = (struct value_entry){"ipv4", value_text(&fixture->arena, ip)};
    row->address = "test.thing/a";
    row->type = "test.thing";
    row->attributes = value_map(&fixture->arena, entry, 1);
    *rows = (struct state_rows){row, 1};
    fixture->options.recorded = rows;
}

static void expect_deferral(const struct fixture *fixture, size_t index,
                            const char *stage, const char *waits_for, const char *where)
{
    assert_true(index < fixture->set.deferral_count);
    assert_string_equal(fixture->set.deferrals[index].stage, stage);
    assert_string_equal(fixture->set.deferrals[index].waits_for, waits_for);
    assert_string_equal(fixture->set.deferrals[index].where, where);
}

static void test_known_values_evaluate_it(void **state)
{
    struct fixture *fixture = *state;
    struct state_rows rows;
    record(fixture, &rows, "192.0.2.7");
    fixture_run_well(fixture, HEAD "local given = stage(\"cluster\", function()\n"
                                   "  local ip = value(text(\"ip=%s\", a.ipv4))\n"
                                   "  test.thing \"b\" { size = #ip, note = ip }\n"
                                   "  secret(\"inside\")\n"
                                   "  return { ip = ip }\n"
                                   "end)\n"
                                   "test.thing \"c\" { size = 1, note = given.ip }\n");
    assert_int_equal(fixture->set.deferral_count, 0);
    assert_string_equal(fixture_find(fixture, "test.thing/b")->stage, "cluster");
    assert_string_equal(fixture_find(fixture, "secret/inside")->stage, "cluster");
    assert_null(fixture_find(fixture, "test.thing/a")->stage);
    const struct resource *c = fixture_find(fixture, "test.thing/c");
    assert_null(c->stage);
    assert_string_equal(value_find_text(c->attributes, "note", NULL), "ip=192.0.2.7");
    assert_int_equal(fixture->set.answer_count, 1);
    assert_string_equal(fixture->set.answers[0].told->string.bytes, "192.0.2.7");
}

static void test_unknown_value_rolls_it_back(void **state)
{
    struct fixture *fixture = *state;
    fixture_write(fixture, "part",
                  "phase(7, \"Part\")\n"
                  "guard.budget { max = \"$1/month\" }\n"
                  "require(\"test\").thing \"part\" { size = 1 }\n"
                  "return { loaded = true }\n");
    fixture_run_well(
        fixture, "phase(1, \"Main\")\n" HEAD "output { kept = \"1\" }\n"
                 "local given = stage(\"cluster\", function()\n"
                 "  phase(9, \"Inside\")\n"
                 "  test.thing \"b\" { size = 1 }\n"
                 "  test.thing \"unfinished\"\n"
                 "  output { kept = \"2\", more = \"3\" }\n"
                 "  moved { from = \"test.thing/old\", to = \"test.thing/b\" }\n"
                 "  removed { \"test.thing/older\" }\n"
                 "  include \"part\"\n"
                 "  value(a.ipv4)\n"
                 "end)\n"
                 "assert(given == nil)\n"
                 "test.thing \"b\" { size = 2 }\n"
                 "test.thing \"last\" { size = include(\"part\").loaded and 5 or 6 }\n");
    expect_deferral(fixture, 0, "cluster", "test.thing/a.ipv4", "playbooks/main.lua:5");
    assert_int_equal(fixture->set.deferrals[0].order, 1);
    assert_int_equal(fixture->set.count, 4);
    assert_null(fixture_find(fixture, "test.thing/b")->stage);
    assert_int_equal(
        value_find_integer(fixture_find(fixture, "test.thing/b")->attributes, "size", 0),
        2);
    assert_int_equal(fixture->set.output_count, 1);
    assert_string_equal(fixture->set.outputs[0].value->string.bytes, "1");
    assert_int_equal(fixture->set.budget_count, 1); // of the second include alone
    assert_int_equal(fixture->set.move_count, 1);   // what saves a thing stays said
    assert_int_equal(fixture->set.removal_count, 1);
    assert_int_equal(fixture->set.phase, 1);
    assert_string_equal(fixture->set.phase_title, "Main");
    assert_int_equal(fixture_find(fixture, "test.thing/last")->phase, 1);
    assert_int_equal(fixture->set.playbook_count, 2);
}

static void test_pcall_does_not_make_it_evaluable(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(fixture, HEAD "stage(\"one\", function()\n"
                                   "  local known, ip = pcall(value, a.ipv4)\n"
                                   "  test.thing \"b\" { size = 1 }\n"
                                   "end)\n"
                                   "stage(\"two\", function()\n"
                                   "  local known, ip = pcall(value, a.ipv4)\n"
                                   "  error(\"a wrong turn\")\n"
                                   "end)\n");
    assert_int_equal(fixture->set.deferral_count, 2);
    assert_int_equal(fixture->set.count, 1);
}

static void test_a_stage_inside_of_a_stage(void **state)
{
    struct fixture *fixture = *state;
    struct state_rows rows;
    record(fixture, &rows, "192.0.2.7");
    fixture_run_well(fixture, HEAD "stage(\"outer\", function()\n"
                                   "  local b = test.thing \"b\" { size = 1 }\n"
                                   "  stage(\"inner\", function()\n"
                                   "    test.thing \"c\" { note = value(b.ipv4) }\n"
                                   "  end)\n"
                                   "  value(a.ipv4)\n"
                                   "end)\n");
    assert_int_equal(fixture->set.deferral_count, 1);
    expect_deferral(fixture, 0, "outer/inner", "test.thing/b.ipv4",
                    "playbooks/main.lua:5");
    assert_string_equal(fixture_find(fixture, "test.thing/b")->stage, "outer");
    rows.count = 0;
    fixture_run_well(fixture, HEAD "stage(\"outer\", function()\n"
                                   "  stage(\"inner\", function() value(a.ipv4) end)\n"
                                   "  value(a.ipv4)\n"
                                   "end)\n");
    assert_int_equal(fixture->set.deferral_count, 1);
    expect_deferral(fixture, 0, "outer", "test.thing/a.ipv4", "playbooks/main.lua:3");
}

static void test_what_was_learned_goes_first(void **state)
{
    struct fixture *fixture = *state;
    struct state_rows rows;
    const char *text = HEAD "stage(\"s\", function()\n"
                            "  test.thing \"b\" { note = value(a.ipv4), size = 1 }\n"
                            "end)\n";
    record(fixture, &rows, "192.0.2.7");
    fixture_run_well(fixture, text);
    const struct value *reference = fixture->set.answers[0].reference;
    script_learn(fixture->script, reference, value_text(&fixture->arena, "192.0.2.8"));
    assert_true(script_run_playbook(fixture->script, "main", &fixture->arena,
                                    &fixture->set, &fixture->fault));
    const struct resource *b = fixture_find(fixture, "test.thing/b");
    assert_string_equal(value_find_text(b->attributes, "note", NULL), "192.0.2.8");
    script_learn(fixture->script, reference,
                 value_unknown(&fixture->arena, "test.thing/a", "ipv4", false));
    assert_true(script_run_playbook(fixture->script, "main", &fixture->arena,
                                    &fixture->set, &fixture->fault));
    assert_int_equal(fixture->set.deferral_count, 1);
    script_unlearn(fixture->script);
    assert_true(script_run_playbook(fixture->script, "main", &fixture->arena,
                                    &fixture->set, &fixture->fault));
    assert_int_equal(fixture->set.deferral_count, 0);
}

static void test_an_includer_s_stage_keeps_the_file(void **state)
{
    struct fixture *fixture = *state;
    fixture_write(fixture, "part",
                  "local test = require \"test\"\n"
                  "local p = test.thing \"p\" { size = 1 }\n"
                  "stage(\"in-part\", function() value(p.ipv4) end)\n"
                  "return { p = p }\n");
    fixture_run_well(fixture, "local part = include \"part\"\n"
                              "stage(\"in-main\", function() value(part.p.ipv4) end)\n");
    expect_deferral(fixture, 0, "in-part", "test.thing/p.ipv4", "playbooks/part.lua:3");
    expect_deferral(fixture, 1, "in-main", "test.thing/p.ipv4", "playbooks/main.lua:2");
}

static void test_mistakes(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_ill(fixture,
                    HEAD "stage(\"s\", function()\n"
                         "  local nothing\n"
                         "  return nothing.field\n"
                         "end)\n",
                    "playbooks/main.lua:5", "nothing");
    fixture_run_ill(fixture,
                    HEAD "stage(\"s\", function() end)\n"
                         "stage(\"s\", function() end)\n",
                    "playbooks/main.lua:4", "the first is at playbooks/main.lua:3");
    fixture_run_ill(fixture, HEAD "stage(\"A b\", function() end)\n",
                    "playbooks/main.lua:3", "cannot be the name of a stage");
    fixture_run_ill(fixture,
                    HEAD "stage(\"s\", function()\n"
                         "  a:amend { size = 4 }\n"
                         "end)\n",
                    "playbooks/main.lua:4", "declared outside of it");
    fixture_run_ill(fixture, HEAD "value(a.ipv4)\n", "playbooks/main.lua:3",
                    "known only after apply");
    fixture->options.instruction_ceiling = 100000;
    fixture_run_ill(fixture,
                    HEAD "stage(\"s\", function() while true do "
                         "pcall(value, a.ipv4) end end)\n",
                    "playbooks/main.lua:3", "does not come to an end");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_known_values_evaluate_it),
        FIXTURE_TEST(test_unknown_value_rolls_it_back),
        FIXTURE_TEST(test_pcall_does_not_make_it_evaluable),
        FIXTURE_TEST(test_a_stage_inside_of_a_stage),
        FIXTURE_TEST(test_what_was_learned_goes_first),
        FIXTURE_TEST(test_an_includer_s_stage_keeps_the_file),
        FIXTURE_TEST(test_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
