// SPDX-License-Identifier: MIT
#include "printed.h"

#include "view/review_view.h"

static const struct record_answer answer = {"soc2", "no", INT64_C(1769904000000),
                                            INT64_C(1777593600000)};
static const struct review_line lines[] = {
    {.name = "costs", .part = "Every quarter", .text = "Review costs"},
    {.name = "audit", .part = "Every quarter", .text = "Read the logs", .ask = "Read?"},
    {.name = "soc2", .part = "Decisions", .text = "Need SOC2", .ask = "Needed?"},
};
static const struct review_found found[] = {
    {.truth = RULE_TRUE, .text = "share < 10% is 3"},
    {.truth = RULE_UNKNOWN, .text = "Read?", .next = "pipster review answer audit …"},
    {.truth = RULE_FALSE, .text = "\"no\", answered on 2026-02-01", .answer = &answer},
};

static void test_each_line_and_the_sum(void **state)
{
    (void) state;
    const struct review_shown shown = {
        .lines = {lines, 3}, .found = found, .due = "2026-05-01"};
    review_view_print(&terminal, &shown);
    expect("Every quarter\n"
           "  ✓ Review costs  (costs)\n"
           "    share < 10% is 3\n"
           "  ? Read the logs  (audit)\n"
           "    not known: Read?\n"
           "    pipster review answer audit …\n"
           "\nDecisions\n"
           "  ✗ Need SOC2  (soc2)\n"
           "    \"no\", answered on 2026-02-01\n"
           "\n1 met, 1 missed, 1 not known.\n"
           "Never gone through, due on 2026-05-01. When all is seen to: pipster review "
           "done\n");
}

static void test_what_is_retired(void **state)
{
    (void) state;
    const struct review_price price = {"hetzner.server/app", "cx22 is not sold any more",
                                       NULL};
    const struct review_shown shown = {
        .found = found, .prices = &price, .price_count = 1, .due = "2026-05-01"};
    review_view_print(&terminal, &shown);
    expect("\nRetired or dearer\n  ! hetzner.server/app: cx22 is not sold any more\n");
}

static void test_one_that_is_due(void **state)
{
    (void) state;
    const struct review_shown shown = {
        .found = found, .last = "2026-02-01", .due = "2026-05-01", .is_due = true};
    review_view_print(&terminal, &shown);
    expect("Gone through on 2026-02-01, due since 2026-05-01. ");
}

static void test_json(void **state)
{
    (void) state;
    const struct review_shown shown = {
        .lines = {lines + 2, 1}, .found = found + 2, .due = "2026-05-01"};
    review_view_json(terminal.stream, &shown);
    expect("\"state\":\"missed\"");
    expect("\"answered_at\":\"2026-02-01T00:00:00Z\"");
    expect("\"counts_until\":\"2026-05-01T00:00:00Z\"");
    expect("\"missed\":1");
    expect("\"is_due\":false");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_line_and_the_sum, begin, end),
        cmocka_unit_test_setup_teardown(test_what_is_retired, begin, end),
        cmocka_unit_test_setup_teardown(test_one_that_is_due, begin, end),
        cmocka_unit_test_setup_teardown(test_json, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
