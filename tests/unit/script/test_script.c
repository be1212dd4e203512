// SPDX-License-Identifier: MIT
#include "script/fixture.h"

#include "script/embedded.h"
static void test_embedded_files_are_sorted_and_whole(void **state)
{
    (void) state;
    assert_true(embedded_file_count > 0);
    for (size_t i = 0; i < embedded_file_count; i++) {
        const struct embedded_file *file = &embedded_files[i];
        assert_true(i == 0 || strcmp(embedded_files[i - 1].path, file->path) < 0);
        assert_int_equal(file->bytes[file->length], '\0');
    }
    assert_null(embedded_files[embedded_file_count].path);
}

static void test_stdlib_without_a_folder(void **state)
{
    struct fixture *fixture = *state;
    fixture->options.stdlib_root = NULL;
    fixture_run_well(fixture, "local app = host \"app\" { address = \"192.0.2.1\" }\n"
                              "app:package { \"git\" }");
    fixture_find(fixture, "app:package/git");
    fixture_run_ill(fixture, "require \"test\"", "main.lua:1", "no module \"test\"");
}

static void test_playbook_names(void **state)
{
    struct fixture *fixture = *state;
    char path[256];
    fixture_run_well(fixture, "assert(true)");
    assert_true(script_run_playbook(fixture->script, "main", &fixture->arena,
                                    &fixture->set, &fixture->fault));
    snprintf(path, sizeof path, "%s/playbooks/main.lua", fixture->folder);
    assert_true(script_run_playbook(fixture->script, path, &fixture->arena, &fixture->set,
                                    &fixture->fault));
    assert_false(script_run_playbook(fixture->script, "none", &fixture->arena,
                                     &fixture->set, &fixture->fault));
    assert_string_equal(fixture->fault.what, "there is no playbook none");
}

static void test_evaluates_again_the_same(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(fixture,
                     "local test = require \"test\"\n"
                     "for _, name in ipairs { \"a\", \"b\", \"c\" } do\n"
                     "  test.thing(name) { size = 1, labels = { z = \"1\", y = name } }\n"
                     "end");
    struct resource_set first = fixture->set;
    for (int i = 0; i < 3; i++) {
        assert_true(script_run_playbook(fixture->script, "main", &fixture->arena,
                                        &fixture->set, &fixture->fault));
        assert_int_equal(fixture->set.count, first.count);
        for (size_t k = 0; k < first.count; k++) {
            assert_string_equal(fixture->set.items[k].address, first.items[k].address);
            assert_true(
                value_equal(fixture->set.items[k].attributes, first.items[k].attributes));
        }
    }
}

static void test_value_from_what_is_recorded(void **state)
{
    struct fixture *fixture = *state;
    struct value_entry entry = {"ipv4", value_text(&fixture->arena, "192.0.2.9")};
    struct record row = {.address = "test.thing/a",
                         .type = "test.thing",
                         .attributes = value_map(&fixture->arena, &entry, 1)};
    struct state_rows rows = {&row, 1};
    fixture->options.recorded = &rows;
    fixture_run_well(fixture,
                     "local test = require \"test\"\n"
                     "local a = test.thing \"a\" { size = 1 }\n"
                     "assert(value(a.ipv4) == \"192.0.2.9\")\n"
                     "assert(value(text(\"%s:%s\", a.ipv4, a.size)) == \"192.0.2.9:1\")\n"
                     "assert(value(\"plain\") == \"plain\")");
}

static void test_inputs(void **state)
{
    struct fixture *fixture = *state;
    map_put(&fixture->inputs, "flag", "true");
    map_put(&fixture->inputs, "list", "a, b ,c");
    map_put(&fixture->inputs, "count", "x");
    fixture_run_well(fixture, "assert(input(\"flag\", { type = \"boolean\" }) == true)\n"
                              "local l = input(\"list\", { default = { \"z\" } })\n"
                              "assert(#l == 3 and l[2] == \"b\")\n"
                              "assert(input(\"other\", { default = false }) == false)");
    fixture_run_ill(fixture, "input(\"count\", { default = 1 })", "main.lua:1",
                    "must be a whole number");
    assert_int_equal(fixture->fault.kind, FAULT_USAGE);
}

// A saved plan is bound to these.
static void test_what_was_read_is_listed(void **state)
{
    struct fixture *fixture = *state;
    const char *below = "input(\"other\", { default = 1 })";
    size_t count = 0;
    map_put(&fixture->inputs, "given", "yes");
    map_put(&fixture->inputs, "nobody_asks", "yes");
    fixture_write(fixture, "below", below);
    fixture_write(fixture, "unread", "error(\"never\")");
    fixture_write(fixture, "top",
                  "include \"below\"\nassert(input(\"given\") == \"yes\")\n"
                  "assert(clock.now() == 1700000000)");
    fixture_start(fixture);
    script_set_clock(fixture->script, 1700000000000);
    assert_true(script_run_playbook(fixture->script, "playbooks/top.lua", &fixture->arena,
                                    &fixture->set, &fixture->fault));
    const struct script_text *code =
        script_list_code(fixture->script, &fixture->arena, &count);
    assert_int_equal(count, 2);
    assert_string_equal(code[0].name, "playbooks/below.lua");
    assert_string_equal(code[0].bytes, below);
    assert_string_equal(code[1].name, "playbooks/top.lua");
    const struct script_text *inputs =
        script_list_inputs(fixture->script, &fixture->arena, &count);
    assert_int_equal(count, 2);
    assert_string_equal(inputs[0].name, "given");
    assert_string_equal(inputs[0].bytes, "yes");
    assert_string_equal(inputs[1].name, "other");
    assert_null(inputs[1].bytes);
    script_list_stdlib(fixture->script, &fixture->arena, &count);
    assert_true(count > 20);
    // Also when it stopped half-way.
    fixture_run_ill(fixture, "error(input(\"late\", { default = \"x\" }))", "main.lua:1",
                    "x");
    inputs = script_list_inputs(fixture->script, &fixture->arena, &count);
    assert_int_equal(count, 1);
    assert_string_equal(inputs[0].name, "late");
    script_list_code(fixture->script, &fixture->arena, &count);
    assert_int_equal(count, 1);
}

static void test_errors_in_the_stdlib_name_both_places(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_ill(fixture,
                    "local test = require \"test\"\n"
                    "local a = test.thing \"a\" { size = 1 }\n"
                    "a:twin()",
                    "stdlib/test/thing.lua:", "called from playbooks/main.lua:3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_embedded_files_are_sorted_and_whole),
        FIXTURE_TEST(test_stdlib_without_a_folder),
        FIXTURE_TEST(test_playbook_names),
        FIXTURE_TEST(test_evaluates_again_the_same),
        FIXTURE_TEST(test_value_from_what_is_recorded),
        FIXTURE_TEST(test_inputs),
        FIXTURE_TEST(test_what_was_read_is_listed),
        FIXTURE_TEST(test_errors_in_the_stdlib_name_both_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
