// SPDX-License-Identifier: MIT
#include "view/github.h"

#include "view/printed.h"

#include <unistd.h>

static void annotations_are_escaped_as_the_runner_reads_them(void **state)
{
    (void) state;
    const struct github_note whole = {.level = "error", .title = "plan", .words = "no"};
    const struct github_note odd = {"warning", "a,b:c.lua", 7, "rule x: 5%",
                                    "50% more\n::error::x"};
    const struct github_note lineless = {"notice", "p.lua", 0, "t", "w"};
    github_annotate(&terminal, &whole);
    github_annotate(&terminal, &odd);
    github_annotate(&terminal, &lineless);
    expect("::error title=plan::no\n");
    expect("::warning file=a%2Cb%3Ac.lua,line=7,title=rule x%3A 5%25::50%25 "
           "more%0A::error::x\n");
    expect("::notice file=p.lua,title=t::w\n");
}

static void the_summary_is_added_to(void **state)
{
    (void) state;
    struct fault fault = {0};
    char path[] = "/tmp/pipster-summary-XXXXXX", line[64];
    FILE *file;
    int made = mkstemp(path);
    assert_true(made >= 0);
    close(made);
    unsetenv("GITHUB_STEP_SUMMARY");
    assert_true(github_open_summary(&file, &fault));
    assert_null(file);
    setenv("GITHUB_STEP_SUMMARY", path, 1);
    for (int i = 0; i < 2; i++) {
        assert_true(github_open_summary(&file, &fault));
        assert_non_null(file);
        fprintf(file, "line %d\n", i);
        assert_true(github_close_summary(file, &fault));
    }
    file = fopen(path, "re");
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, "line 0\n");
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, "line 1\n");
    fclose(file);
    unlink(path);
    setenv("GITHUB_STEP_SUMMARY", "/nowhere/summary", 1);
    assert_false(github_open_summary(&file, &fault));
    assert_string_equal(fault.where, "/nowhere/summary");
    unsetenv("GITHUB_STEP_SUMMARY");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(annotations_are_escaped_as_the_runner_reads_them,
                                        begin, end),
        cmocka_unit_test_setup_teardown(the_summary_is_added_to, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
