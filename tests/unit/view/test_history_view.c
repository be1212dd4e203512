// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "value/json.h"
#include "view/history_view.h"

#include "view/printed.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct value *read(const char *json)
{
    const struct value *value = NULL;
    struct fault fault;
    assert_true(json_read(&arena, json, strlen(json), &value, &fault));
    return value;
}

static struct record_run run_of(int64_t id)
{
    return (struct record_run){
        .id = id,
        .verb = "run",
        .playbook = "playbooks/shop.lua",
        .outcome = "done",
        .who = "anna@laptop",
        .begun_at_ms = INT64_C(1795253700000),
        .ended_at_ms = INT64_C(1795253712400),
        .cost_before = "0 EUR",
        .cost_after = "5.99 EUR",
        .summary = read("{\"done\": 3, \"checks_passed\": 1, \"checks_failed\": 1}"),
    };
}

static void runs_are_lines(void **state)
{
    (void) state;
    struct record_run runs[] = {run_of(12), run_of(11)};
    runs[0].verb = "undo";
    runs[0].playbook = NULL;
    runs[0].plan = "p1";
    runs[0].options = read("{\"undoes\": 11, \"override\": \"the boss said so\"}");
    history_view_runs(&terminal, runs, 2);
    expect("   12  2026-11-21 09:35  5 minutes ago    undo                    done       "
           "  3 done, 1 of 2 checks passed; 0.00 → 5.99 €/month; undoes run 11; plan p1; "
           "override: the boss said so  anna@laptop\n");
    expect(
        "   11  2026-11-21 09:35  5 minutes ago    run playbooks/shop.lua  done       ");
}

static void a_run_tells_all(void **state)
{
    (void) state;
    const struct record_run run = run_of(12);
    const struct record_step steps[] = {
        {.address = "app:file/a",
         .action = "update",
         .outcome = RECORD_FAILED,
         .failure = "the disk is full",
         .begun_at_ms = 1,
         .ended_at_ms = 1501,
         .before = read("{\"mode\": \"0644\", \"content\": \"sha256:12\"}"),
         .after = read("{\"mode\": \"0600\", \"content\": {\"$secret\": \"secret/k\","
                       " \"digest\": \"d1g\"}}"),
         .fields = read("{\"mode\": false, \"content\": true}")},
    };
    const struct record_handler owed[] = {
        {.host = "host/app", .name = "reload caddy", .cause = "app:file/a", .run = 12}};
    struct record_run told = run;
    told.summary =
        read("{\"checks\": [{\"address\": \"check.http/up\", \"passed\": false,"
             " \"failure\": \"it answers 502\"}, {\"address\": \"check.load/a\","
             " \"passed\": true, \"note\": \"measured before\", \"warnings\":"
             " [\"p95 is 140 ms, over 100 ms\"]}], \"handlers\": [{\"host\":"
             " \"host/app\", \"name\": \"restart web\", \"ran\": true}]}");
    const struct record_measurement rows[] = {
        {12, "check.load/a", "p95_ms", 140, "ms", INT64_C(1795253712000)},
        {12, "check.load/a", "errors", 0, NULL, INT64_C(1795253712000)},
        {12, "check.load/a", "cpu", 40, "%", INT64_C(1795250112000)},
        {12, "check.load/a", "cpu", 7.5, "%", INT64_C(1795253712000)},
        {12, "check.load/a", "cpu", 90, "%", INT64_C(1795246512000)}};
    const struct history_run whole = {&told, steps, 1, owed, 1, {rows, 5}};
    history_view_run(&terminal, &whole);
    expect("Run 12: run of playbooks/shop.lua by anna@laptop\n"
           "  2026-11-21 09:35 (5 minutes ago), for 12 s: done\n");
    expect("  ~ app:file/a  failed in 1.5 s\n      the disk is full\n");
    expect("      content        (secret) → (secret)\n");
    expect("      mode           \"0644\" → \"0600\"\n");
    expect("  ! restart web on host/app  ran\n");
    expect("  ! reload caddy on host/app  still owed\n");
    expect("  ? check.http/up  it answers 502\n");
    expect("  ? check.load/a  passed, measured before\n"
           "      p95 is 140 ms, over 100 ms\n"
           "      p95_ms 140 ms\n      errors 0\n"
           "      cpu 3 times, 7.5 to 90 %, last 7.5 %\n");
    assert_null(strstr(printed, "d1g"));
    assert_null(strstr(printed, "sha256"));
    history_view_json_run(terminal.stream, &whole);
    expect("{\"address\":\"check.load/a\",\"at\":\"2026-11-21T09:35:12Z\","
           "\"name\":\"p95_ms\",\"run\":12,\"type\":\"measurement\","
           "\"unit\":\"ms\",\"value\":140}");
    expect("{\"action\":\"update\",\"address\":\"app:file/a\"");
    expect("\"fields\":[{\"after\":\"(secret)\",\"before\":\"(secret)\",\"name\":"
           "\"content\"},{\"after\":\"0600\",\"before\":\"0644\",\"name\":\"mode\"}]");
    assert_null(strstr(printed, "d1g"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(runs_are_lines, begin, end),
        cmocka_unit_test_setup_teardown(a_run_tells_all, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
