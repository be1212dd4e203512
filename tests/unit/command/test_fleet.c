// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "command/fleet.h"

#include <string.h>

static struct arena arena;
static struct fault fault;
static struct record records[5];
static struct state_rows rows;

static struct record host(const char *address, const char *tag)
{
    const struct value_entry entry = {"address", value_text(&arena, "192.0.2.1")};
    const struct value *word = tag != NULL ? value_text(&arena, tag) : NULL;
    return (struct record){
        .address = address,
        .type = "host",
        .tags = word != NULL ? value_list(&arena, &word, 1) : NULL,
        .attributes = value_map(&arena, &entry, 1),
    };
}

static int begin(void **state)
{
    (void) state;
    arena_init(&arena, 0);
    fault_clear(&fault);
    records[0] = host("app:file/etc/motd", "web");
    records[0].type = "file";
    records[1] = host("hetzner.server/web1", NULL);
    records[1].type = "hetzner.server";
    records[2] = host("host/app", "web");
    records[3] = host("host/db", NULL);
    records[4] = host("host/web1", "web");
    rows = (struct state_rows){records, 5};
    return 0;
}

static int end(void **state)
{
    (void) state;
    arena_clear(&arena);
    return 0;
}

// The names that the words choose, or what the fault says.
static const char *chosen(const char *words)
{
    struct fleet fleet;
    const char *names = "";
    if (!fleet_choose(&arena, &rows, words, &fleet, &fault))
        return fault.what;
    for (size_t i = 0; i < fleet.count; i++)
        names =
            arena_format(&arena, "%s%s%s", names, i > 0 ? " " : "", fleet.hosts[i].name);
    return names;
}

static void test_names_groups_and_globs(void **state)
{
    (void) state;
    assert_string_equal(chosen("db"), "db");
    assert_string_equal(chosen("host/db"), "db");
    assert_string_equal(chosen("web1"), "web1");
    assert_string_equal(chosen("web"), "app web1");
    assert_string_equal(chosen("*"), "app db web1");
    assert_string_equal(chosen("db,web*,db"), "app db web1");
}

static void test_what_matches_nothing_is_refused(void **state)
{
    (void) state;
    assert_string_equal(chosen("db,wbe1"), "no host of the state is called \"wbe1\"");
    assert_int_equal(fault.kind, FAULT_USAGE);
    assert_string_equal(fault.next, "did you mean web1?");
    assert_string_equal(chosen(""), "no host of the state is called \"\"");
    rows.count = 2;
    assert_string_equal(chosen("*"), "no host of the state is called \"*\"");
    assert_string_equal(fault.why, "no host was set up yet");
}

static void test_one_host_by_its_name_alone(void **state)
{
    struct fleet_host found;
    (void) state;
    assert_true(fleet_find(&arena, &rows, "host/app", &found, &fault));
    assert_string_equal(value_find_text(found.host, "name", ""), "app");
    assert_string_equal(value_find_text(found.host, "address", ""), "192.0.2.1");
    assert_false(fleet_find(&arena, &rows, "web", &found, &fault));
    assert_int_equal(fault.kind, FAULT_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_names_groups_and_globs, begin, end),
        cmocka_unit_test_setup_teardown(test_what_matches_nothing_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(test_one_host_by_its_name_alone, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
