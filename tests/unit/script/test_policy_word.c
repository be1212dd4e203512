// SPDX-License-Identifier: MIT
#include "script/policy_word.h"

#include "engine/provider.h"
#include "script/fixture.h"

static void guards_are_read(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(
        fixture, "local test = require \"test\"\n"
                 "local a = test.thing \"a\" { size = 1 }\n"
                 "guard.budget { max = \"$15/month\", max_share_of_revenue = \"7.5%\" }\n"
                 "guard.forbid { types = \"test.*\", on = a, because = \"dear\" }\n"
                 "guard.require_labels { \"team\", \"cost\", types = { \"x\", \"y\" } }\n"
                 "guard.forbid_downtime { over = \"90s\", on = { a, \"b*\" } }\n");
    const struct resource_guard *guards = fixture->set.guards;
    assert_int_equal(fixture->set.budget_count, 1);
    assert_int_equal(fixture->set.guard_count, 4);
    assert_int_equal(guards[0].kind, GUARD_SHARE);
    assert_string_equal(guards[0].text, "7.5%");
    assert_int_equal(guards[1].kind, GUARD_FORBID);
    assert_string_equal(guards[1].where, "playbooks/main.lua:4");
    assert_string_equal(guards[1].types[0], "test.*");
    assert_string_equal(guards[1].on[0], "test.thing/a");
    assert_string_equal(guards[1].because, "dear");
    assert_int_equal(guards[2].label_count, 2);
    assert_string_equal(guards[2].labels[1], "cost");
    assert_int_equal(guards[2].type_count, 2);
    assert_int_equal(guards[3].over_ms, 90000);
    assert_int_equal(guards[3].on_count, 2);
    assert_false(guards[3].is_open);
}

// At 03:00 UTC.
static void a_window_is_open_or_not(void **state)
{
    static const struct {
        const char *window;
        bool open;
    } cases[] = {
        {"02:00-04:00", true},  {"03:00-03:01", true}, {"03:01-04:00", false},
        {"22:00-03:00", false}, {"22:00-03:01", true}, {"04:00-02:00", false},
    };
    struct fixture *fixture = *state;
    fixture->options.now_ms = (1000 * INT64_C(86400) + 3 * 3600) * 1000;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[128];
        snprintf(text, sizeof text, "guard.forbid_downtime { unless = \"%s\" }",
                 cases[i].window);
        fixture_run_well(fixture, text);
        assert_int_equal(fixture->set.guards[0].is_open, cases[i].open);
    }
}

static void mistakes_have_their_line(void **state)
{
    static const struct {
        const char *text;
        const char *words;
    } cases[] = {
        {"guard.budget {}", "max_share_of_revenue"},
        {"guard.budget { mx = \"$1\" }", "did you mean max?"},
        {"guard.budget { max_share_of_revenue = \"ten\" }", "10%"},
        {"guard.forbid { because = \"x\" }", "types = "},
        {"guard.forbid { types = { 1 } }", "list of texts"},
        {"guard.require_labels { types = \"x\" }", "wants labels"},
        {"guard.forbid_downtime { over = \"1 minute\" }", "over = \"1m\""},
        {"guard.forbid_downtime { unless = \"2-4\" }", "02:00-04:00"},
        {"guard.forbid_downtime { unless = \"25:00-26:00\" }", "02:00-04:00"},
        {"guard.rule \"r\" {}", "wants check"},
        {"guard.rule \"r\" { check = print, x = 1 }", "takes no x"},
        {"guard.rule \"r\"", "is not finished"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        fixture_run_ill(fixture, cases[i].text, "main.lua:1", cases[i].words);
}

// A plan that would make test.thing/a, which has a password and a price.
static bool judge(struct fixture *fixture, const char *check, const char **because)
{
    char text[1024];
    snprintf(text, sizeof text, "guard.rule \"r\" { check = function(plan)\n%s\nend }",
             check);
    fixture_run_well(fixture, text);
    static const struct value name = {.kind = VALUE_STRING,
                                      .string = {.bytes = "n", .length = 1}};
    struct change_field fields[] = {{.name = "note", .after = &name},
                                    {.name = "password", .after = &name, .secret = true}};
    struct price_line price = {"a", {450000000, "EUR"}, true};
    const struct preview preview = {
        .prices = &price, .price_count = 1, .downtime = "a while"};
    struct change changes[] = {
        {.address = "test.thing/a",
         .type = "test.thing",
         .action = CHANGE_CREATE,
         .reason = "not there yet",
         .fields = fields,
         .field_count = 2,
         .preview = &preview},
        {.address = "test.thing/b", .type = "test.thing", .reason = "nothing differs"},
    };
    struct plan plan = {.changes = changes,
                        .change_count = 2,
                        .add_count = 1,
                        .cost_after = {450000000, "EUR"}};
    *because = NULL;
    return policy_word_judge(fixture->script, &plan, fixture->set.guards[0].rule,
                             &fixture->arena, because, &fixture->fault);
}

static void a_rule_sees_the_plan(void **state)
{
    struct fixture *fixture = *state;
    const char *because = NULL;
    assert_true(judge(fixture,
                      "local c = plan.changes[1]\n"
                      "return false, table.concat({ #plan.changes, plan.add, c.address,"
                      " c.type, c.action, c.fields.note.after, c.fields.password.after,"
                      " c.price, c.downtime, plan.cost.after, plan.cost.currency,"
                      " tostring(c.tags) }, \" \")",
                      &because));
    assert_string_equal(because, "1 1 test.thing/a test.thing create n (secret) 4.5 "
                                 "a while 4.5 EUR nil");
}

static void only_false_forbids(void **state)
{
    static const char *const allowing[] = {"", "return nil", "return true",
                                           "return true, \"fine\""};
    struct fixture *fixture = *state;
    const char *because = NULL;
    for (size_t i = 0; i < sizeof allowing / sizeof *allowing; i++) {
        assert_true(judge(fixture, allowing[i], &because));
        assert_null(because);
    }
    assert_true(judge(fixture, "return false", &because));
    assert_string_equal(because, "it does not say why");
}

static void a_broken_rule_is_a_fault(void **state)
{
    struct fixture *fixture = *state;
    const char *because = NULL;
    assert_false(judge(fixture, "return plan.nothing.more", &because));
    assert_non_null(strstr(fixture->fault.where, "playbooks/main.lua:2"));
    // It cannot declare any more, nor run for ever.
    assert_false(judge(fixture, "guard.forbid { types = \"x\" }", &because));
    assert_non_null(strstr(fixture->fault.what, "while a playbook is evaluated"));
    fixture->options.instruction_ceiling = 1000000;
    assert_false(judge(fixture, "while true do end", &because));
    assert_non_null(strstr(fixture->fault.what, "does not come to an end"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(guards_are_read),          FIXTURE_TEST(a_window_is_open_or_not),
        FIXTURE_TEST(mistakes_have_their_line), FIXTURE_TEST(a_rule_sees_the_plan),
        FIXTURE_TEST(only_false_forbids),       FIXTURE_TEST(a_broken_rule_is_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
