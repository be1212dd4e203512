// SPDX-License-Identifier: MIT
#include "view/rule_markdown.h"

#include "view/printed.h"

static struct rule_term terms[] = {{.figure = "revenue"}, {.figure = "customers"}};
static struct rule_terms any[] = {{terms, 2}};
static struct rule_saw saw[] = {
    {.truth = RULE_TRUE, .text = "revenue > $500 is 651.00 $"},
    {.truth = RULE_UNKNOWN, .text = "customers is not known: pipster revenue"},
};

static struct rule rule = {
    .name = "bigger_server",
    .doc = "Over *all*\nof it",
    .file = "playbooks/shop.lua",
    .line = 7,
    .when = {any, 1},
};

static struct rule_shown shown_as(enum rule_state state, bool is_proposed)
{
    return (struct rule_shown){
        .rule = &rule,
        .verdict = {.state = state,
                    .since_ms = INT64_C(1795254000000),
                    .when = {.truth = RULE_UNKNOWN, .saw = saw, .count = 2},
                    .is_proposed = is_proposed},
    };
}

static void set_price(struct rule_shown *shown)
{
    shown->is_priced = true;
    shown->before = (struct money){599 * (MONEY_UNIT / 100), "EUR"};
    shown->after = (struct money){899 * (MONEY_UNIT / 100), "EUR"};
    shown->share = "1.5%";
}

static void a_proposal_has_its_reason_and_its_price(void **state)
{
    (void) state;
    struct rule_shown shown = shown_as(RULE_OPEN, true);
    const struct value_entry type = {"type", value_text(&arena, "cx33")};
    const struct value_entry server = {"hetzner.server/app", value_map(&arena, &type, 1)};
    rule.amend = value_map(&arena, &server, 1);
    set_price(&shown);
    rule_markdown_print(&terminal, &shown);
    expect("### bigger\\_server: open since 2026-11-21\n\nOver \\*all\\* of it\n\n");
    expect("- ✓ revenue > \\$500 is 651.00 \\$\n- ? customers is not known");
    expect("- **Proposes:** `hetzner.server/app type = \"cx33\"`\n");
    expect("- **Costs:** +3.00 €/month (5.99 € → 8.99 €; of the revenue 1.5%)\n");
    expect("- **Next:** `pipster rules accept bigger_server`\n");
    rule.amend = NULL;
}

static void what_has_nothing_to_propose_says_why_once(void **state)
{
    (void) state;
    struct rule_shown shown = shown_as(RULE_OPEN, false);
    rule.idle = shown.verdict.waits = "app is the *largest*";
    rule_markdown_print(&terminal, &shown);
    expect("- **Proposes nothing:** app is the \\*largest\\*\n");
    assert_null(strstr(printed, "Waits"));
    rule.idle = NULL;
}

static void what_is_no_longer_needed_is_withdrawn(void **state)
{
    (void) state;
    struct rule_shown shown = shown_as(RULE_FALLING, true);
    rule_markdown_print(&terminal, &shown);
    expect("`pipster rules withdraw bigger_server`");
}

static void what_is_to_be_decided_is_annotated_at_its_line(void **state)
{
    (void) state;
    struct rule_shown shown = shown_as(RULE_OPEN, true);
    set_price(&shown);
    rule_markdown_annotate(&terminal, &shown);
    expect(
        "::warning file=playbooks/shop.lua,line=7,title=rule bigger_server::open since "
        "2026-11-21: +3.00 €/month");
    shown = shown_as(RULE_BLOCKED, false);
    shown.verdict.waits = "all would cost 17% of the revenue";
    rule_markdown_annotate(&terminal, &shown);
    expect("::error file=playbooks/shop.lua,line=7,title=rule bigger_server::all would "
           "cost 17%25 of the revenue\n");
    shown = shown_as(RULE_CLOSED, false);
    rule_markdown_annotate(&terminal, &shown);
    expect("::notice file=playbooks/shop.lua,line=7,title=rule bigger_server::customers "
           "is not known");
}

static void one_that_knows_all_and_waits_is_not_annotated(void **state)
{
    (void) state;
    struct rule_shown shown = shown_as(RULE_HOLDING, false);
    saw[1].truth = RULE_TRUE;
    rule_markdown_annotate(&terminal, &shown);
    saw[1].truth = RULE_UNKNOWN;
    fflush(terminal.stream);
    assert_string_equal(printed, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_proposal_has_its_reason_and_its_price, begin,
                                        end),
        cmocka_unit_test_setup_teardown(what_has_nothing_to_propose_says_why_once, begin,
                                        end),
        cmocka_unit_test_setup_teardown(what_is_no_longer_needed_is_withdrawn, begin,
                                        end),
        cmocka_unit_test_setup_teardown(what_is_to_be_decided_is_annotated_at_its_line,
                                        begin, end),
        cmocka_unit_test_setup_teardown(one_that_knows_all_and_waits_is_not_annotated,
                                        begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
