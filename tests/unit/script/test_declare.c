// SPDX-License-Identifier: MIT
#include "script/fixture.h"

#include "value/json.h"

static void check_attributes(struct fixture *fixture, const char *address,
                             const char *json)
{
    const struct resource *resource = fixture_find(fixture, address);
    assert_string_equal(json_text(&fixture->arena, resource->attributes), json);
}

static void test_declares_with_line_and_defaults(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(fixture, "local test = require \"test\"\n"
                              "local a = test.thing \"a\" { size = 3 }\n"
                              "test.thing \"b\" {\n"
                              "  size = 4, note = text(\"%s/x\", a.ipv4), after = a,\n"
                              "}\n");
    const struct resource *b = fixture_find(fixture, "test.thing/b");
    assert_int_equal(fixture->set.count, 2);
    assert_string_equal(b->playbook, "playbooks/main.lua");
    assert_int_equal(b->line, 3);
    assert_int_equal(b->after_count, 1);
    assert_string_equal(b->after[0], "test.thing/a");
    check_attributes(fixture, "test.thing/a",
                     "{\"kind\":\"small\",\"labels\":{},\"size\":3,\"tags\":[]}");
    const struct value *note = value_find(b->attributes, "note");
    assert_int_equal(note->kind, VALUE_TEMPLATE);
    assert_string_equal(note->list.items[0]->string.bytes, "");
    assert_string_equal(note->list.items[1]->reference.path, "ipv4");
}

static void test_hosts_and_sugar(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(
        fixture, "local app = host \"app\" { address = \"192.0.2.1\" }\n"
                 "app:package { \"git\", \"curl\" }\n"
                 "app:file \"/etc/motd\" { content = \"hello\", keep_going = true }\n");
    const struct resource *file = fixture_find(fixture, "app:file/etc/motd");
    assert_string_equal(file->host, "host/app");
    assert_true(file->keep_going);
    assert_int_equal(fixture_find(fixture, "app:package/git")->line, 2);
    assert_int_equal(fixture_find(fixture, "app:package/curl")->order, 2);
}

static void test_tags_and_phases(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(
        fixture, "phase(2, \"Growth\")\n"
                 "local app = host \"app\" { address = \"10.0.0.2\", tags = \"web\" }\n"
                 "app:file \"/a\" { content = \"\", tags = { \"web\", \"base\" } }\n"
                 "app:file \"/b\" { content = \"\" }\n");
    const struct resource *file = fixture_find(fixture, "app:file/a");
    assert_int_equal(file->phase, 2);
    assert_int_equal(file->tags->list.count, 2);
    assert_string_equal(file->tags->list.items[0]->string.bytes, "base");
    assert_int_equal(fixture_find(fixture, "host/app")->tags->list.count, 1);
    assert_null(fixture_find(fixture, "app:file/b")->tags);
    fixture_run_ill(fixture,
                    "local app = host \"app\" { address = \"10.0.0.2\" }\n"
                    "app:file \"/a\" { content = \"\", tags = { 1 } }\n",
                    "main.lua:2", "tags = must be a word or a list of words");
}

static void test_amend_and_append(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(
        fixture,
        "local test = require \"test\"\n"
        "local shared = { a = \"1\", b = \"2\" }\n"
        "local a = test.thing \"a\" { size = 3, tags = { \"x\" }, labels = shared }\n"
        "test.thing \"b\" { size = 3, labels = shared }\n"
        "a:amend { size = 5, labels = { b = \"3\" } }\n"
        "a:append { tags = { \"y\" } }\n");
    check_attributes(
        fixture, "test.thing/a",
        "{\"kind\":\"small\",\"labels\":{\"a\":\"1\",\"b\":\"3\"},\"size\":5,"
        "\"tags\":[\"x\",\"y\"]}");
    check_attributes(
        fixture, "test.thing/b",
        "{\"kind\":\"small\",\"labels\":{\"a\":\"1\",\"b\":\"2\"},\"size\":3,"
        "\"tags\":[]}");
}

static void test_shorthand_and_methods(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(fixture, "local test = require \"test\"\n"
                              "local a = test.thing \"a\" { size = 1, tags = \"x\" }\n"
                              "local b = a:twin { name = \"b\" }\n"
                              "output { where = b.ipv4, size = value(b.size) }\n");
    check_attributes(
        fixture, "test.thing/a",
        "{\"kind\":\"small\",\"labels\":{},\"size\":1,\"tags\":[\"x\",\"a\"]}");
    assert_int_equal(fixture_find(fixture, "test.thing/b")->line, 3);
    assert_int_equal(fixture->set.output_count, 2);
    assert_string_equal(fixture->set.outputs[0].name, "size");
    assert_int_equal(fixture->set.outputs[0].value->integer, 2);
    assert_int_equal(fixture->set.outputs[1].value->kind, VALUE_REFERENCE);
}

static void test_handle_as_value_is_its_id(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(fixture, "local test = require \"test\"\n"
                              "local a = test.thing \"a\" { size = 1 }\n"
                              "test.thing \"b\" { size = 1, tags = { a } }\n");
    const struct value *tags =
        value_find(fixture_find(fixture, "test.thing/b")->attributes, "tags");
    assert_int_equal(tags->list.items[0]->kind, VALUE_REFERENCE);
    assert_string_equal(tags->list.items[0]->reference.path, "id");
}

static void test_secrets_inputs_budget_phase(void **state)
{
    struct fixture *fixture = *state;
    map_put(&fixture->inputs, "size", "7");
    fixture_run_well(
        fixture,
        "local test = require \"test\"\n"
        "phase(1, \"Initial deployment\")\n"
        "guard.budget { max = \"$15/month\" }\n"
        "local key = secret(\"jwt_key\", { length = 40 })\n"
        "test.thing \"a\" { size = input(\"size\", { default = 1 }),\n"
        "  password = \"p-\" .. key, note = input(\"note\", { default = \"n\" }) }\n");
    const struct resource *secret = fixture_find(fixture, "secret/jwt_key");
    const struct resource *a = fixture_find(fixture, "test.thing/a");
    assert_true(secret->schema->is_core);
    assert_int_equal(value_find_integer(secret->attributes, "length", 0), 40);
    assert_int_equal(value_find_integer(a->attributes, "size", 0), 7);
    const struct value *password = value_find(a->attributes, "password");
    assert_int_equal(password->kind, VALUE_TEMPLATE);
    assert_true(password->list.items[1]->reference.secret);
    assert_int_equal(fixture->set.budget_count, 1);
    assert_string_equal(fixture->set.budgets[0].where, "playbooks/main.lua:3");
    assert_string_equal(fixture->set.budgets[0].max.currency, "USD");
    assert_int_equal(fixture->set.phase, 1);
    assert_string_equal(fixture->set.phase_title, "Initial deployment");
}

// Enough of them that garbage is collected in the middle of many a chain, while the stack
// is larger than it needs to be.
static void test_chains_of_joins_survive_the_collector(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(fixture,
                     "local key = secret(\"key\", { length = 40 })\n"
                     "local function deep(n) return n == 0 and 0 or 1 + deep(n - 1) end\n"
                     "for _ = 1, 5000 do\n"
                     "  deep(100)\n"
                     "  local joined = \"a\" .. key .. \"b\" .. 1 .. \"c\"\n"
                     "end\n"
                     "output { last = \"a\" .. key .. \"b\" }\n");
    assert_int_equal(fixture->set.outputs[0].value->kind, VALUE_TEMPLATE);
}

static void test_include(void **state)
{
    struct fixture *fixture = *state;
    fixture_write(fixture, "one",
                  "phase(1, \"One\")\nlocal test = require \"test\"\n"
                  "return { a = test.thing \"a\" { size = 1 } }\n");
    fixture_write(fixture, "loop", "include \"main\"\n");
    fixture_run_well(fixture, "phase(2, \"Two\")\nlocal one = include \"one\"\n"
                              "assert(include \"one\" == one)\n"
                              "one.a:amend { size = 9 }\n");
    const struct resource *a = fixture_find(fixture, "test.thing/a");
    assert_string_equal(a->playbook, "playbooks/one.lua");
    assert_int_equal(value_find_integer(a->attributes, "size", 0), 9);
    assert_int_equal(fixture->set.phase, 2);
    fixture_run_ill(fixture, "include \"loop\"", "playbooks/loop.lua:1",
                    "includes itself");
    fixture_run_ill(fixture, "\ninclude \"none\"", "main.lua:2",
                    "there is no playbook none");
    fixture_run_ill(fixture, "include \"../main\"", "main.lua:1", "there is no playbook");
}

static void test_mistakes_have_their_line(void **state)
{
    static const struct {
        const char *text;
        const char *where;
        const char *words;
    } mistakes[] = {
        {"local test = require \"test\"\ntest.thing \"a\"\n", "main.lua:2",
         "not finished"},
        {"local test = require \"test\"\nlocal a = test.thing \"a\"\na.size = 1",
         "main.lua:3", "a"},
        {"test.thing \"a\" {}", "main.lua:1", "\"test\" is not defined"},
        {"local test = require \"test\"\ntest.thing \"a\" { size = 1 }\n"
         "test.thing \"a\" { size = 1 }",
         "main.lua:3", "declared at playbooks/main.lua:2"},
        {"local test = require \"test\"\ntest.thing \"a\" { sise = 1 }", "main.lua:2",
         "size"},
        {"local test = require \"test\"\ntest.thing \"a\" { size = \"x\" }", "main.lua:2",
         "whole number"},
        {"local test = require \"test\"\ntest.thing \"a\" {}", "main.lua:2", "size"},
        {"local test = require \"test\"\ntest.thing \"A b\" { size = 1 }", "main.lua:2",
         "cannot be the name"},
        {"local test = require \"test\"\ntest.thing { size = 1 }", "main.lua:2",
         "needs a name"},
        {"local test = require \"test\"\ntest.thingg \"a\" { size = 1 }", "main.lua:2",
         "did you mean test.thing"},
        {"require \"nothing\"", "main.lua:1", "no module"},
        {"local x = 1\nlocal y = = 2", "main.lua:2", "unexpected symbol"},
        {"local test = require \"test\"\nlocal a = test.thing \"a\" { size = 1 }\n"
         "local x = a.ipvv4",
         "main.lua:3", "did you mean \"ipv4\""},
        {"local test = require \"test\"\ntest.thing \"a\" { size = 1, on = 3 }",
         "main.lua:2", "must be a host"},
        {"local app = host \"app\" { address = \"192.0.2.1\" }\nlocal test = require "
         "\"test\"\n"
         "test.thing \"a\" { size = 1, on = app }",
         "main.lua:3", "not on a host"},
        {"local test = require \"test\"\ntest.thing \"a\" { size = 1, { 2 } }",
         "main.lua:2", "either a list"},
        {"local x = nil\n\nx.y = 1", "main.lua:3", "nil value (local 'x')"},
        {"input(\"domain\")", "main.lua:1", "--var domain="},
        {"local function f() error(\"oh no\") end\nf()", "main.lua:1", "oh no"},
        {"error({})", "main.lua:1", "a table"},
        {"secret(\"a b\")", "main.lua:1", "name of a secret"},
        {"secret(\"a\", { length = 20 })\nsecret(\"a\", { length = 30 })", "main.lua:2",
         "another length"},
        {"guard.budget { max = \"lots\" }", "main.lua:1", "lots"},
        {"require(\"test\").thing \"a\" { size = 1, timeout = 10 }", "main.lua:1",
         "timeout = must be a text"},
        {"require(\"test\").thing \"a\" { size = 1, timeout = \"soon\" }", "main.lua:1",
         "timeout = \"10m\""},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        fixture_run_ill(fixture, mistakes[i].text, mistakes[i].where, mistakes[i].words);
    }
}

static void test_references_refuse(void **state)
{
    static const char *const uses[] = {
        "local x = #a.ipv4",
        "local x = a.ipv4 < b.ipv4",
        "local x = a.ipv4 == b.ipv4",
        "local x = a.ipv4 + 1",
        "local x = a.ipv4[1]",
        "for k in pairs(a.ipv4) do end",
        "for i in ipairs(a.ipv4) do end",
        "local x = next(a.ipv4)",
        "local x = tostring(a.ipv4)",
        "local x = string.format(\"%s\", a.ipv4)",
        "local x = (\"%s\"):format(a.ipv4)",
        "local x = a.ipv4:upper()",
        "local x = table.concat({ \"x\", a.ipv4 })",
        "local x = a.ipv4()",
        "print(a.ipv4)",
        "local x = \"x\" .. a",
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        char text[512];
        snprintf(
            text, sizeof text,
            "local test = require \"test\"\nlocal a = test.thing \"a\" { size = 1 }\n"
            "local b = test.thing \"b\" { size = 1 }\n%s",
            uses[i]);
        fixture_run_ill(fixture, text, "main.lua:4", "value(it)");
        assert_true(strstr(fixture->fault.next, "text(") != NULL ||
                    strstr(fixture->fault.what, "text(") != NULL);
    }
    fixture_run_ill(fixture,
                    "local test = require \"test\"\n"
                    "local a = test.thing \"a\" { size = 1 }\nlocal x = value(a.ipv4)",
                    "main.lua:3", "known only after apply");
    fixture_run_ill(fixture, "local x = value(secret(\"a\"))", "main.lua:1",
                    "no plain value");
}

static void test_texts(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(fixture, "assert(text(\"%s-%d%%\", \"a\", 5) == \"a-5%\")\n"
                              "local test = require \"test\"\n"
                              "local a = test.thing \"a\" { size = 1 }\n"
                              "local t = text(\"x%sy\", a.ipv4) .. \"z\" .. 1\n"
                              "test.thing \"b\" { size = 1, note = t }\n");
    const struct value *note =
        value_find(fixture_find(fixture, "test.thing/b")->attributes, "note");
    assert_int_equal(note->kind, VALUE_TEMPLATE);
    assert_string_equal(note->list.items[0]->string.bytes, "x");
    fixture_run_ill(fixture, "text(\"%s\")", "main.lua:1", "more places");
    fixture_run_ill(fixture, "text(\"\", 1)", "main.lua:1", "fewer places");
    fixture_run_ill(fixture, "text(\"%q\", 1)", "main.lua:1", "%s, %d");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_declares_with_line_and_defaults),
        FIXTURE_TEST(test_hosts_and_sugar),
        FIXTURE_TEST(test_tags_and_phases),
        FIXTURE_TEST(test_amend_and_append),
        FIXTURE_TEST(test_shorthand_and_methods),
        FIXTURE_TEST(test_handle_as_value_is_its_id),
        FIXTURE_TEST(test_secrets_inputs_budget_phase),
        FIXTURE_TEST(test_chains_of_joins_survive_the_collector),
        FIXTURE_TEST(test_include),
        FIXTURE_TEST(test_mistakes_have_their_line),
        FIXTURE_TEST(test_references_refuse),
        FIXTURE_TEST(test_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
