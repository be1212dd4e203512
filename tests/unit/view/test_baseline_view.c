// SPDX-License-Identifier: MIT
#include "view/baseline_view.h"

#include "view/printed.h"

#define NOW INT64_C(1795254000000)

static const struct record_measurement rows[] = {
    {7, "app:check.load/b", "errors", 0, NULL, NOW - 60000},
    {3, "app:check.load/b", "errors", 0, NULL, NOW - 86400000},
    {7, "app:check.load/b", "p95_ms", 12.54, "ms", NOW - 60000},
    {3, "app:check.load/b", "p95_ms", 11, "ms", NOW - 86400000},
    {7, "app:check.load/b", "rate", 900.4, "requests/s", NOW - 60000},
    {3, "app:check.load/b", "rate", 1000, "requests/s", NOW - 86400000},
    {7, "check.http/api", "ms", 0.0042, "ms", NOW - 60000},
};
static const struct record_measurements measured = {rows, sizeof rows / sizeof *rows};

static void figures_stand_beside_those_before(void **state)
{
    (void) state;
    baseline_view_print(&terminal, &measured);
    expect("app:check.load/b  1 minute ago, the time before 1 day ago\n"
           "  errors                  0                     0\n"
           "  p95_ms               12.5 ms                 11  +14 %\n"
           "  rate                  900 requests/s       1000  -10 %\n"
           "check.http/api  1 minute ago\n"
           "  ms                 0.0042 ms\n");
}

static void lines_tell_both_times(void **state)
{
    (void) state;
    baseline_view_json(terminal.stream, &measured);
    expect("\"name\":\"p95_ms\",\"run\":7,\"type\":\"baseline\",\"unit\":\"ms\","
           "\"value\":12.54}");
    expect("{\"address\":\"app:check.load/b\",\"at\":\"2026-11-21T09:39:00Z\","
           "\"before\":1000,\"before_at\":\"2026-11-20T09:40:00Z\",\"before_run\":3,"
           "\"change_percent\":-9.96,");
    expect("{\"address\":\"check.http/api\",\"at\":\"2026-11-21T09:39:00Z\","
           "\"name\":\"ms\",\"run\":7,\"type\":\"baseline\",\"unit\":\"ms\","
           "\"value\":0.0042}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(figures_stand_beside_those_before, begin, end),
        cmocka_unit_test_setup_teardown(lines_tell_both_times, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
