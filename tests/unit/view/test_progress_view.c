// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "view/progress_view.h"

#include <stdlib.h>
#include <string.h>

// What a terminal's last line says after the events of a test.
static const char *last_line(char *text)
{
    char *start = strrchr(text, '\r');
    char *line = strrchr(text, '\n');
    start = start && (!line || start > line) ? start + strlen("\r\x1b[K") : line + 1;
    return start;
}

static void test_the_running_line_names_what_still_runs(void **state)
{
    (void) state;
    char *text = NULL;
    size_t length = 0;
    struct terminal terminal = {
        .stream = open_memstream(&text, &length), .live = true, .width = 80};
    struct progress_view *view = progress_view_new(&terminal, false);
    struct engine_watch watch = progress_view_watch(view);
    const struct change one = {.address = "a/one", .action = CHANGE_CREATE};
    const struct change two = {.address = "a/two", .action = CHANGE_CREATE};
    const struct step done = {.outcome = STEP_DONE};
    watch.step_begun(watch.context, &one);
    watch.step_begun(watch.context, &two);
    assert_string_equal(last_line(text), "  … a/two and 1 more");
    watch.step_ended(watch.context, &two, &done, 0);
    assert_string_equal(last_line(text), "  … a/one");
    watch.step_ended(watch.context, &one, &done, 0);
    assert_string_equal(last_line(text), "");
    progress_view_free(view);
    fclose(terminal.stream);
    free(text);
}

static void test_a_warning_is_a_line_with_its_figure(void **state)
{
    (void) state;
    char *text = NULL;
    size_t length = 0;
    struct terminal terminal = {.stream = open_memstream(&text, &length), .width = 80};
    struct progress_view *view = progress_view_new(&terminal, false);
    struct engine_watch watch = progress_view_watch(view);
    const struct change check = {.address = "check.http/a", .action = CHANGE_CHECK};
    const char *const warnings[] = {"140 ms, over 100 ms"};
    const struct step step = {.outcome = STEP_DONE,
                              .changed = true,
                              .answer = {{NULL, 0}, warnings, 1, "measured an hour ago"}};
    struct engine_result result = {.check_passed_count = 2, .check_warned_count = 1};
    watch.step_begun(watch.context, &check);
    watch.step_ended(watch.context, &check, &step, 0);
    progress_view_free(view);
    progress_view_summary(&terminal, &result, 0);
    fflush(terminal.stream);
    assert_string_equal(text, "  ✓ check.http/a passed, measured an hour ago\n"
                              "  ! check.http/a: 140 ms, over 100 ms\n"
                              "Checks: 2 of 2 passed, 1 with a warning.\n");
    fclose(terminal.stream);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_warning_is_a_line_with_its_figure),
        cmocka_unit_test(test_the_running_line_names_what_still_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
