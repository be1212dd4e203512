// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "engine/rule_read.h"
#include "value/json.h"

static bool read(struct arena *arena, const char *json, struct rule *rule,
                 struct fault *fault)
{
    const struct value *table = NULL;
    fault_clear(fault);
    assert_true(json_read(arena, json, strlen(json), &table, fault));
    return rule_read(arena, "grow", table, rule, fault);
}

static void read_well(struct arena *arena, const char *json, struct rule *rule)
{
    struct fault fault;
    if (!read(arena, json, rule, &fault))
        fail_msg("%s: %s (%s)", json, fault.what, fault.next);
}

static void a_rule_is_read_whole(void **state)
{
    struct arena arena;
    struct rule rule;
    (void) state;
    arena_init(&arena, 0);
    read_well(
        &arena,
        "{\"doc\":\"Milestone 2\",\"when\":{\"customers\":\">= 50\","
        "\"revenue\":\"> $500\"},\"hold\":\"14d\",\"release\":"
        "{\"revenue\":\"< $400\"},\"release_hold\":\"1 month\",\"cooldown\":\"90d\","
        "\"afford\":{\"below\":\"10%\",\"warn\":\"15%\"},\"evidence\":{\"any\":["
        "{\"cpu\":\"> 80%\"},{\"memory\":\"> 85%\"}],\"over\":\"3d\"},"
        "\"fit\":{\"disk\":\"< 70%\"},\"metric\":{\"uptime\":\">= 99.9%\","
        "\"text\":\"up nearly always\"},\"propose\":{\"amend\":"
        "{\"hetzner.server/app\":{\"type\":\"cx33\"}},\"include\":\"phase6\","
        "\"text\":\"a bigger server\"}}",
        &rule);
    assert_string_equal(rule.name, "grow");
    assert_string_equal(rule.doc, "Milestone 2");
    assert_int_equal(rule.when.count, 1);
    assert_int_equal(rule.when.any[0].count, 2);
    assert_string_equal(rule.when.any[0].items[1].figure, "revenue");
    assert_int_equal(rule.when.any[0].items[1].kind, RULE_FIGURE);
    assert_int_equal(rule.evidence.count, 2);
    assert_int_equal(rule.evidence.any[1].items[0].kind, RULE_MEASURED);
    assert_int_equal(rule.window.ms, 3 * CALENDAR_DAY_MS);
    assert_int_equal(rule.hold.ms, 14 * CALENDAR_DAY_MS);
    assert_int_equal(rule.release_hold.months, 1);
    assert_int_equal(rule.fit.any[0].count, 1);
    assert_int_equal(rule.metric.any[0].count, 1);
    assert_string_equal(rule.metric_text, "up nearly always");
    assert_true(rule.has_afford);
    assert_int_equal(rule.afford_below, 10 * MONEY_UNIT);
    assert_int_equal(rule.afford_warn, 15 * MONEY_UNIT);
    assert_int_equal(rule.amend->map.count, 1);
    assert_string_equal(rule.include, "phase6");
    assert_string_equal(rule.text, "a bigger server");
    arena_clear(&arena);
}

static void what_is_left_out_is_nothing(void **state)
{
    struct arena arena;
    struct rule rule;
    (void) state;
    arena_init(&arena, 0);
    read_well(&arena,
              "{\"when\":[{\"soc2\":\"yes\"},{\"revenue\":\"> 10 EUR\"}],"
              "\"metric\":\"nobody leaves\",\"afford\":{\"below\":\"10%\"}}",
              &rule);
    assert_int_equal(rule.when.count, 2);
    assert_int_equal(rule.when.any[0].items[0].kind, RULE_ANSWER);
    assert_int_equal(rule.evidence.count + rule.release.count + rule.fit.count, 0);
    assert_int_equal(rule.hold.ms, 0);
    assert_int_equal(rule.window.ms, 7 * CALENDAR_DAY_MS);
    assert_int_equal(rule.metric.count, 0);
    assert_string_equal(rule.metric_text, "nobody leaves");
    assert_int_equal(rule.afford_warn, 10 * MONEY_UNIT);
    assert_true(rule.amend == NULL && rule.include == NULL && rule.text == NULL);
    arena_clear(&arena);
}

static void all_else_is_refused(void **state)
{
    static const char *const cases[][2] = {
        {"{}", "it never opens"},
        {"{\"when\":{}}", "when = says nothing"},
        {"{\"when\":[]}", "when = says nothing"},
        {"{\"wen\":{\"revenue\":\"> $5\"}}", "did you mean when?"},
        {"{\"when\":\"> $5\"}", "when = must be a table of comparisons"},
        {"{\"when\":{\"revenue\":\"> 500\"}}", "write the currency"},
        {"{\"when\":{\"customers\":\"> $500\"}}", "it is no money"},
        {"{\"when\":{\"cpu\":\"> $500\"}}", "it is no money"},
        {"{\"when\":{\"revenue\":\"yes\"}}", "no answer of yes or no"},
        {"{\"when\":{\"customers\":50}}", "must be a text"},
        {"{\"when\":{\"customers\":\"many\"}}", "is no condition"},
        {"{\"when\":{\"cpu\":\"> 5\",\"over\":\"3d\"}}", "when takes no over"},
        {"{\"evidence\":{\"any\":[{\"cpu\":\"> 5\"}],\"disk\":\"> 5\"}}", "stands disk"},
        {"{\"evidence\":{\"cpu\":\"> 5\",\"over\":\"3d\"},\"fit\":{\"disk\":\"< 5\","
         "\"over\":\"4d\"}}",
         "over is said twice"},
        {"{\"when\":{\"x\":\"yes\"},\"hold\":\"long\"}", "hold = \"14d\""},
        {"{\"when\":{\"x\":\"yes\"},\"hold\":14}", "hold = must be a text"},
        {"{\"when\":{\"x\":\"yes\"},\"afford\":{}}", "afford wants below"},
        {"{\"when\":{\"x\":\"yes\"},\"afford\":\"10%\"}", "afford = must be a table"},
        {"{\"when\":{\"x\":\"yes\"},\"afford\":{\"below\":\"ten\"}}", "not \"ten\""},
        {"{\"when\":{\"x\":\"yes\"},\"afford\":{\"below\":\"9%\",\"warn\":\"5%\"}}",
         "warn is less than below"},
        {"{\"when\":{\"x\":\"yes\"},\"propose\":{\"ammend\":{}}}", "did you mean amend?"},
        {"{\"when\":{\"x\":\"yes\"},\"propose\":{\"amend\":{}}}", "a table of addresses"},
        {"{\"when\":{\"x\":\"yes\"},\"propose\":{\"amend\":{\"a\":3}}}",
         "a table of addresses"},
        {"{\"when\":{\"x\":\"yes\"},\"propose\":{\"text\":\"\"}}",
         "text = must be a text"},
    };
    struct arena arena;
    struct rule rule;
    struct fault fault;
    (void) state;
    arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (read(&arena, cases[i][0], &rule, &fault))
            fail_msg("read well: %s", cases[i][0]);
        if (strstr(fault.what, cases[i][1]) == NULL &&
            strstr(fault.next, cases[i][1]) == NULL)
            fail_msg("%s: \"%s\" is not in: %s | %s", cases[i][0], cases[i][1],
                     fault.what, fault.next);
    }
    arena_clear(&arena);
}

static void amendments_are_plain_data(void **state)
{
    struct arena arena;
    struct rule rule;
    struct fault fault;
    (void) state;
    arena_init(&arena, 0);
    const struct value_entry change = {"ip",
                                       value_reference(&arena, "a.b/c", "ipv4", false)};
    const struct value_entry amended = {"a.b/d", value_map(&arena, &change, 1)};
    const struct value_entry amend = {"amend", value_map(&arena, &amended, 1)};
    const struct value_entry answer = {"soc2", value_text(&arena, "yes")};
    const struct value_entry words[] = {{"propose", value_map(&arena, &amend, 1)},
                                        {"when", value_map(&arena, &answer, 1)}};
    assert_false(rule_read(&arena, "grow", value_map(&arena, words, 2), &rule, &fault));
    assert_non_null(strstr(fault.what, "plain data only"));
    arena_clear(&arena);
}

static bool read_proposal(struct arena *arena, const char *json, struct rule *rule,
                          struct fault *fault)
{
    const struct value *proposal = NULL;
    fault_clear(fault);
    if (json != NULL)
        assert_true(json_read(arena, json, strlen(json), &proposal, fault));
    return rule_read_proposal(arena, proposal, rule, fault);
}

static void a_proposal_that_was_made_takes_the_place_of_another(void **state)
{
    struct arena arena;
    struct rule rule = {.name = "grow", .include = "old"};
    struct fault fault;
    (void) state;
    arena_init(&arena, 0);
    assert_true(read_proposal(
        &arena, "{\"text\":\"more\",\"amend\":{\"a.b/c\":{\"size\":2}}}", &rule, &fault));
    assert_string_equal(rule.text, "more");
    assert_int_equal(rule.amend->map.count, 1);
    assert_null(rule.include);
    assert_true(read_proposal(&arena, "\"it is the largest\"", &rule, &fault));
    assert_string_equal(rule.idle, "it is the largest");
    assert_null(rule.amend);
    assert_null(rule.text);
    static const char *const refused[] = {NULL, "\"\"", "3", "[1]", "{\"amend\":3}"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(read_proposal(&arena, refused[i], &rule, &fault));
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_is_read_whole),
        cmocka_unit_test(what_is_left_out_is_nothing),
        cmocka_unit_test(all_else_is_refused),
        cmocka_unit_test(amendments_are_plain_data),
        cmocka_unit_test(a_proposal_that_was_made_takes_the_place_of_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
