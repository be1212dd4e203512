// SPDX-License-Identifier: MIT
#include "printed.h"

#include "base/calendar.h"
#include "value/money.h"
#include "view/forecast_view.h"

#define EURO(amount) ((int64_t) ((amount) *100) * (MONEY_UNIT / 100))

static const struct rule_figure revenue = {
    .name = "revenue", .currency = "USD", .is_known = true, .value = EURO(510)};
static const struct rule_figure customers = {
    .name = "customers", .is_known = true, .value = EURO(51)};
static const struct rule rules[] = {{.name = "bigger", .text = "a larger server"},
                                    {.name = "azure", .include = "playbooks/azure.lua"}};

// Two months: nothing is known of the first; in the second one rule proposes.
static struct forecast_shown shown_of(struct forecast *forecast)
{
    static struct forecast_row rows[2];
    static struct forecast_event events[2];
    static struct rule_verdict verdicts[2];
    static const char *const notes[] = {"Exchange rates of 2026-09-30, all the time."};
    const struct forecast_price before = {{EURO(5.99), "EUR"}, true};
    const struct forecast_price after = {{EURO(8.99), "EUR"}, false};
    const struct money monthly = {EURO(470), "EUR"};
    rows[0] = (struct forecast_row){
        .from_ms = calendar_ms((struct calendar_date){2026, 11, 29}), .cost = before};
    rows[1] =
        (struct forecast_row){.from_ms = calendar_ms((struct calendar_date){2026, 12, 1}),
                              .revenue = &revenue,
                              .customers = &customers,
                              .cost = after,
                              .has_share = true,
                              .monthly = monthly};
    events[0] = (struct forecast_event){
        .at_ms = calendar_ms((struct calendar_date){2026, 12, 15}),
        .row = 1,
        .rule = &rules[0],
        .before = before,
        .after = after,
        .has_share = true,
        .monthly = monthly,
        .why = "think twice"};
    events[1] = events[0];
    events[1].rule = &rules[1];
    events[1].what = FORECAST_BLOCKED;
    verdicts[0] = (struct rule_verdict){.state = RULE_ACCEPTED};
    verdicts[1] = (struct rule_verdict){.state = RULE_BLOCKED, .waits = "too dear"};
    *forecast = (struct forecast){rows, 2, events, 2, before, verdicts};
    return (struct forecast_shown){.forecast = forecast,
                                   .rules = rules,
                                   .rule_count = 2,
                                   .title = "510.00 $ & more",
                                   .notes = notes,
                                   .note_count = 1,
                                   .hint = "Assume it."};
}

static void months_and_what_rules_do_are_told(void **state)
{
    struct forecast forecast;
    struct forecast_shown shown = shown_of(&forecast);
    (void) state;
    forecast_view_print(&terminal, &shown);
    expect("2026-11-29       not known  not known       5.99 €  not known\n");
    expect("2026-12           510.00 $         51     ≥ 8.99 €       1.9%  + bigger"
           "  ! azure\n");
    expect("  2026-12-15  bigger: a larger server\n"
           "              5.99 € → ≥ 8.99 €/month, 1.9% of the revenue\n"
           "              think twice\n");
    expect("  2026-12-15  azure: would propose: include playbooks/azure.lua\n");
    expect("Not in force at the end\n  azure: too dear\n");
    expect("\nExchange rates of 2026-09-30, all the time.\nAssume it.\n");
}

static void what_changes_nothing_has_no_price(void **state)
{
    struct forecast forecast;
    struct forecast_shown shown = shown_of(&forecast);
    struct text plot;
    (void) state;
    forecast.events[0].what = FORECAST_TOLD;
    forecast.event_count = 1;
    forecast_view_print(&terminal, &shown);
    expect("1.9%  * bigger\n");
    expect("  2026-12-15  bigger: a larger server\n              think twice\n");
    text_init(&plot, 0);
    forecast_view_plot(&plot, &shown);
    assert_non_null(strstr(plot.bytes, "1  2026-12  bigger: a larger server</text>"));
    text_clear(&plot);
}

static void without_rules_that_is_said(void **state)
{
    struct forecast forecast;
    struct forecast_shown shown = shown_of(&forecast);
    (void) state;
    shown.rule_count = 0;
    forecast.event_count = 0;
    forecast_view_print(&terminal, &shown);
    expect("The playbook has no rules: the costs stay as they are.");
}

static void machines_read_it_exactly(void **state)
{
    struct forecast forecast;
    struct forecast_shown shown = shown_of(&forecast);
    (void) state;
    forecast_view_json(terminal.stream, &shown);
    expect("\"from\":\"2026-11-29\"");
    expect("\"revenue\":null");
    expect("\"complete\":false");
    expect("\"share\":\"1.9\"");
    expect("\"obstacle\":\"too dear\"");
    expect("\"what\":\"blocked\"");
}

static void the_plot_has_a_mark_for_each(void **state)
{
    struct forecast forecast;
    struct forecast_shown shown = shown_of(&forecast);
    struct text plot;
    (void) state;
    text_init(&plot, 0);
    forecast_view_plot(&plot, &shown);
    assert_non_null(strstr(plot.bytes, "1  2026-12  bigger: 5.99 € → 8.99 €"));
    assert_non_null(strstr(plot.bytes, "2  2026-12  azure would be too dear"));
    assert_non_null(strstr(plot.bytes, "510.00 $ &amp; more"));
    assert_non_null(strstr(plot.bytes, "<title>2026-12: revenue 510 $</title>"));
    assert_null(strstr(plot.bytes, "<title>2026-11: revenue"));
    text_clear(&plot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(months_and_what_rules_do_are_told, begin, end),
        cmocka_unit_test_setup_teardown(what_changes_nothing_has_no_price, begin, end),
        cmocka_unit_test_setup_teardown(without_rules_that_is_said, begin, end),
        cmocka_unit_test_setup_teardown(machines_read_it_exactly, begin, end),
        cmocka_unit_test_setup_teardown(the_plot_has_a_mark_for_each, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
