// SPDX-License-Identifier: MIT
#include "script/revenue_word.h"

#include "script/fixture.h"
#include "script/settings.h"

static void sources_are_declared(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(fixture,
                     "revenue.csv { file = \"r.csv\", max_age = \"40d\" }\n"
                     "revenue.manual { mrr = \"640 $\", customers = 52 }\n"
                     "revenue.manual { mrr = 640.5, cautious = \"600\" }\n"
                     "revenue.command { run = { \"psql\" }, safe = true }\n"
                     "revenue.http { url = \"https://a.example\", minor = true }\n"
                     "revenue.stripe { tax = \"19\" }\n");
    const struct takings_source *sources = fixture->set.sources.items;
    assert_int_equal(fixture->set.sources.count, 6);
    assert_string_equal(sources[0].kind, "csv");
    assert_string_equal(sources[0].where, "playbooks/main.lua:1");
    assert_string_equal(value_find_text(sources[0].settings, "file", ""), "r.csv");
    assert_string_equal(value_find_text(sources[1].settings, "mrr", ""), "640");
    assert_string_equal(value_find_text(sources[1].settings, "currency", ""), "USD");
    assert_string_equal(value_find_text(sources[2].settings, "mrr", ""), "640.5");
    assert_null(value_find(sources[2].settings, "currency"));
    assert_string_equal(sources[5].kind, "stripe");
}

static void mistakes_have_their_line(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"revenue.csv {}", "revenue.csv wants file"},
        {"revenue.csv { fille = \"x\" }", "did you mean file?"},
        {"revenue.csv { file = 5 }", "file must be a text"},
        {"revenue.csv { \"r.csv\" }", "revenue.csv wants file"},
        {"revenue.csv { file = \"x\", max_age = \"one day\" }", "span of time"},
        {"revenue.manual { customers = 52 }", "wants mrr"},
        {"revenue.manual { mrr = \"much\" }", "mrr = \"640 $\", not \"much\""},
        {"revenue.manual { mrr = -5 }", "below zero"},
        {"revenue.manual { mrr = \"5 $\", currency = \"EUR\" }",
         "in USD, and not in EUR"},
        {"revenue.manual { mrr = 5, customers = 1.5 }", "whole number"},
        {"revenue.command { run = {} }", "line for the shell"},
        {"revenue.command { run = \"x\", safe = \"yes\" }", "true or false"},
        {"revenue.stripe { key = \"sk_1\" }", "revenue.stripe takes no key"},
        {"revenue.http { url = \"https://a.example\", token = \"sk_1\" }", "token_env"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        fixture_run_ill(fixture, cases[i].text, "main.lua:1", cases[i].words);
}

static void in_the_settings_they_are_tables(void **state)
{
    struct fixture *fixture = *state;
    const struct value *settings;
    char path[256];
    fixture_write(fixture, "settings",
                  "return { revenue = { revenue.csv { file = \"r.csv\" },\n"
                  "  revenue.manual { mrr = \"640 €\" } } }\n");
    snprintf(path, sizeof path, "%s/playbooks/settings.lua", fixture->folder);
    if (!settings_read(path, &fixture->arena, &settings, &fixture->fault))
        fail_msg("%s", fixture->fault.what);
    const struct value *sources = value_find(settings, "revenue");
    assert_int_equal(sources->list.count, 2);
    assert_string_equal(value_find_text(sources->list.items[0], "kind", ""), "csv");
    assert_string_equal(value_find_text(sources->list.items[0], "where", ""),
                        "settings.lua:1");
    assert_string_equal(value_find_text(sources->list.items[1], "currency", ""), "EUR");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(sources_are_declared),
        FIXTURE_TEST(mistakes_have_their_line),
        FIXTURE_TEST(in_the_settings_they_are_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
