// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "engine/forecast_history.h"

static struct arena arena;
static struct forecast_history history;
static struct fault fault;

static int begin(void **state)
{
    (void) state;
    arena_init(&arena, 0);
    return 0;
}

static int end(void **state)
{
    (void) state;
    arena_clear(&arena);
    return 0;
}

static bool parse(const char *text)
{
    fault = (struct fault){0};
    return forecast_history_parse(&arena, "history.csv", text, strlen(text), "EUR",
                                  &history, &fault);
}

static void lines_become_points(void **state)
{
    (void) state;
    assert_true(parse("\xef\xbb\xbf"
                      "date,mrr,customers,cpu,soc2\r\n"
                      "2026-01,640,52,85%,yes\r\n"
                      "\r\n"
                      "2026-02-15, $700.50 ,,,no\n"
                      "2026-03,\"1200 USD\",\"60\",12.5%,"));
    assert_int_equal(history.count, 3);
    const struct forecast_point *points = history.points;
    assert_int_equal(points[0].from_ms, calendar_ms((struct calendar_date){2026, 1, 1}));
    assert_int_equal(points[0].figure_count, 4);
    assert_string_equal(points[0].figures[0].name, "revenue");
    assert_string_equal(points[0].figures[0].currency, "EUR");
    assert_int_equal(points[0].figures[0].value, 640 * MONEY_UNIT);
    assert_int_equal(points[0].figures[3].value, 1);
    assert_string_equal(points[1].figures[0].currency, "USD");
    assert_int_equal(points[1].figures[0].value, INT64_C(70050000000));
    assert_false(points[1].figures[1].is_known);
    assert_false(points[1].figures[2].is_known);
    assert_int_equal(points[2].figures[0].value, 1200 * MONEY_UNIT);
    assert_int_equal(points[2].figures[1].value, 60 * MONEY_UNIT);
    assert_false(points[2].figures[3].is_known);
}

static void a_bad_line_is_named(void **state)
{
    static const struct {
        const char *text, *where, *what;
    } cases[] = {
        {"", "", "history.csv is empty"},
        {"\n \n", "", "history.csv is empty"},
        {"date,mrr\n", ":1", "no line behind"},
        {"mrr,customers\n1,2\n", ":1", "no column is called \"date\""},
        {"date,mrr,revenue\n", ":1", "two columns are called \"revenue\""},
        {"date,mrr\n2026-01,1\n2026-02\n", ":3", "has 1 cells, the first one 2"},
        {"date,mrr\n2026-01,1,2\n", ":2", "has 3 cells"},
        {"date,mrr\n2026-13,1\n", ":2", "\"2026-13\" is no date"},
        {"date,mrr\n\n2026-02,1\n2026-01,1\n", ":4", "does not come after"},
        {"date,mrr\n2026-02,1\n2026-02-01,1\n", ":3", "does not come after"},
        {"date,mrr\n2026-01,many\n", ":2", "revenue = \"many\" is no figure"},
        {"date,cpu\n2026-01,> 80%\n", ":2", "cpu = \"> 80%\" is no figure"},
        {"date,mrr\n2026-01,\"1\"2\n", ":2", "behind a closing quote"},
        {"date,mrr\n2026-01,\"1\n", ":2", "in quotes does not end"},
        {"date,mrr\n2026-01,\"", ":2", "in quotes does not end"},
        {"date,mrr\n2026-01,-5\n", ":2", "revenue = \"-5\" is less than nothing"},
        {"date,customers\n2026-01,-5\n", ":2", "is less than nothing"},
        {"date;mrr\n2026-01;1\n", ":1", "no column is called \"date\""},
    };
    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (parse(cases[i].text))
            fail_msg("was read: %s", cases[i].text);
        if (strstr(fault.what, cases[i].what) == NULL ||
            strstr(fault.where, cases[i].where) == NULL || fault.next[0] == '\0' ||
            fault.kind != FAULT_ERROR)
            fail_msg("%s gave %s at %s; next %s", cases[i].text, fault.what, fault.where,
                     fault.next);
    }
    const char bytes[] = "date,mrr\n2026-01,\0\n";
    assert_false(forecast_history_parse(&arena, "history.csv", bytes, sizeof bytes - 1,
                                        "EUR", &history, &fault));
    assert_non_null(strstr(fault.what, "is no text"));
}

static void quotes_may_hold_anything(void **state)
{
    (void) state;
    assert_true(parse("\"date\",\"a \"\"b\"\", c\"\n2026-01,\"7\"\n"));
    assert_string_equal(history.points[0].figures[0].name, "a \"b\", c");
    assert_int_equal(history.points[0].figures[0].value, 7 * MONEY_UNIT);
    assert_false(parse("date,mrr\n2026-01,\"7\n"
                       "2026-02,8\n2026-02,9\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_become_points, begin, end),
        cmocka_unit_test_setup_teardown(a_bad_line_is_named, begin, end),
        cmocka_unit_test_setup_teardown(quotes_may_hold_anything, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
