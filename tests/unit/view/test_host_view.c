// SPDX-License-Identifier: MIT
#include "printed.h"

#include "base/redact.h"
#include "view/host_view.h"

static struct host_view view;

static int begin_two(void **state)
{
    begin(state);
    host_view_init(&view, &terminal, &terminal);
    host_view_widen(&view, "db");
    host_view_widen(&view, "web10");
    return 0;
}

static int end_two(void **state)
{
    redact_clear();
    return end(state);
}

static void test_lines_stand_under_each_other(void **state)
{
    (void) state;
    host_view_line(&view, "db", "one", 3);
    host_view_line(&view, "web10", "", 0);
    host_view_errors(&view, "db", "first\n\nlast", 11);
    host_view_note(&view, "db", "exit code 3");
    expect(
        "db   | one\nweb10| \ndb   | first\ndb   | \ndb   | last\ndb   | exit code 3\n");
}

static void test_one_host_alone_has_no_name(void **state)
{
    (void) state;
    view.bare = true;
    host_view_line(&view, "db", "one", 3);
    fflush(terminal.stream);
    assert_string_equal(printed, "one\n");
}

static void test_a_terminal_is_not_driven_a_file_gets_what_came(void **state)
{
    (void) state;
    host_view_line(&view, "db", "\x1b[2J\0x", 6);
    fflush(terminal.stream);
    assert_memory_equal(printed, "db   | \x1b[2J\0x\n", 14);
    fseek(terminal.stream, 0, SEEK_SET);
    terminal.live = true;
    host_view_line(&view, "db", "\x1b[2J", 4);
    expect("db   | \\x1b[2J\n");
}

static void test_secrets_are_taken_out(void **state)
{
    (void) state;
    redact_add("correct horse", 13);
    host_view_line(&view, "db", "it is correct horse!", 20);
    host_view_errors(&view, "db", "correct horse\n", 14);
    expect("db   | it is (secret)!\ndb   | (secret)\n");
}

static void test_a_fault_is_one_line(void **state)
{
    struct fault fault;
    (void) state;
    fault_set(&fault, FAULT_UNREACHABLE, "no connection to host/db");
    fault_why(&fault, "connection refused");
    host_view_fault(&view, "db", &fault);
    expect("db   | no connection to host/db: connection refused\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_lines_stand_under_each_other, begin_two,
                                        end_two),
        cmocka_unit_test_setup_teardown(test_one_host_alone_has_no_name, begin_two,
                                        end_two),
        cmocka_unit_test_setup_teardown(
            test_a_terminal_is_not_driven_a_file_gets_what_came, begin_two, end_two),
        cmocka_unit_test_setup_teardown(test_secrets_are_taken_out, begin_two, end_two),
        cmocka_unit_test_setup_teardown(test_a_fault_is_one_line, begin_two, end_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
