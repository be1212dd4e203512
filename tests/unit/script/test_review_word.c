// SPDX-License-Identifier: MIT
#include "script/review_word.h"

#include "script/fixture.h"

static void lines_are_read_in_their_order(void **state)
{
    struct fixture *fixture = *state;
    fixture_run_well(fixture,
                     "review \"costs\" { part = \"Every quarter\", text = \"Review\",\n"
                     "  when = { share = \"< 10%\", cost = \"< $15\" } }\n"
                     "review \"audit\" { text = \"Logs\", ask = \"Read?\",\n"
                     "  optional = true }\n");
    const struct review_lines *lines = &fixture->set.reviews;
    assert_int_equal(lines->count, 2);
    assert_string_equal(lines->items[0].name, "costs");
    assert_string_equal(lines->items[0].part, "Every quarter");
    assert_string_equal(lines->items[0].where, "playbooks/main.lua:1");
    assert_int_equal(lines->items[0].when.count, 2);
    assert_string_equal(lines->items[0].when.items[0].figure, "cost");
    assert_string_equal(lines->items[0].when.items[0].currency, "USD");
    assert_null(lines->items[0].ask);
    assert_false(lines->items[0].is_optional);
    assert_string_equal(lines->items[1].ask, "Read?");
    assert_string_equal(lines->items[1].part, "");
    assert_true(lines->items[1].is_optional);
}

static void mistakes_have_their_line(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"review \"a\"", "is not finished"},
        {"review \"a\" { text = \"x\" }", "nothing says whether it is so"},
        {"review \"a\" { \"x\" }", "takes words by name"},
        {"review \"a\" { text = \"x\", ask = \"y\" } review \"a\" { }",
         "there are two lines review \"a\""},
        {"review \"a\" { text = \"x\", when = { money = \"< 1\" } }",
         "there is no figure \"money\""},
        {"review \"review\" { text = \"x\", ask = \"y\" }", "no line can be called"},
        {"local a = review \"a\" a { text = \"x\", ask = \"y\" } a { }",
         "has its table already"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        fixture_run_ill(fixture, cases[i].text, "main.lua:1", cases[i].words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(lines_are_read_in_their_order),
        FIXTURE_TEST(mistakes_have_their_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
