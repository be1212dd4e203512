// SPDX-License-Identifier: MIT
#include "script/fixture.h"

#include "script/lint.h"

#define HEAD                                                                             \
    "local test = require \"test\"\n"                                                    \
    "local a = test.thing \"a\" { size = 3 }\n"

// How many warnings the text gets; the first is on the line.
static void expect(struct fixture *fixture, const char *text, size_t count,
                   const char *where)
{
    struct script_warnings warnings;
    fixture_run_well(fixture, text);
    script_lint(fixture->script, &fixture->set, &fixture->arena, &warnings);
    if (warnings.count != count)
        fail_msg("%zu warnings, not %zu: %s", warnings.count, count, text);
    if (count > 0)
        assert_string_equal(warnings.items[0].where, where);
}

static void test_what_looks_at_the_reference(void **state)
{
    struct fixture *fixture = *state;
    const char *at = "playbooks/main.lua:3";
    expect(fixture, HEAD "if a.ipv4 then end\n", 1, at);
    expect(fixture, HEAD "if not a.ipv4 then end\n", 1, at);
    expect(fixture, HEAD "if false then elseif a.ipv4 then end\n", 1, at);
    expect(fixture, HEAD "local x = a.ipv4 or \"none\"\n", 1, at);
    expect(fixture, HEAD "local x = a.ipv4 == \"192.0.2.1\"\n", 1, at);
    expect(fixture, HEAD "local x = nil ~= a.ipv4\n", 1, at);
    expect(fixture, HEAD "local s = secret(\"k\") if s then end\n", 1, at);
    expect(fixture, HEAD "local t = text(\"%s\", a.ipv4) if t and 1 then end\n", 1, at);
}

static void test_what_does_not(void **state)
{
    struct fixture *fixture = *state;
    expect(fixture, HEAD "if a then end\n", 0, NULL); // a handle is there or is not
    expect(fixture, HEAD "local x = nil or a.ipv4\n", 0, NULL);
    expect(fixture, HEAD "if value(a.size) == 3 then end\n", 0, NULL);
    expect(fixture, HEAD "local x = a.ipv4 .. \"/32\"\n", 0, NULL);
    expect(fixture, HEAD "local b = { ipv4 = 1 } if b.ipv4 == 1 then end\n", 0, NULL);
    expect(fixture, HEAD "local a = { ipv4 = 1 } if a.ipv4 == 1 then end\n", 0, NULL);
    expect(fixture, HEAD "-- if a.ipv4 then\nlocal x = 'if a.ipv4 or'\n", 0, NULL);
}

static void test_included_files_too(void **state)
{
    struct fixture *fixture = *state;
    fixture_write(fixture, "part", HEAD "if a.ipv4 then end\nreturn { a = a }\n");
    expect(fixture, "local part = include \"part\"\nif part.a.ipv4 then end\n", 2,
           "playbooks/part.lua:3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_what_looks_at_the_reference),
        FIXTURE_TEST(test_what_does_not),
        FIXTURE_TEST(test_included_files_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
