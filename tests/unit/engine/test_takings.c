// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "engine/takings.h"
#include "value/json.h"

#define DAY CALENDAR_DAY_MS
#define NOW (20000 * DAY)

static struct arena arena;
static struct fault fault;

static const struct value *json(const char *text)
{
    const struct value *value;
    assert_true(json_read(&arena, text, strlen(text), &value, &fault));
    return value;
}

static struct takings_part part(const char *text)
{
    struct takings_part found;
    if (!takings_part_read(json(text), "EUR", &found, &fault))
        fail_msg("%s", fault.what);
    return found;
}

static void refused(const char *text, const char *words)
{
    struct takings_part found;
    assert_false(takings_part_read(json(text), "EUR", &found, &fault));
    assert_non_null(strstr(fault.what, words));
}

static int64_t units(const char *text)
{
    struct money money;
    assert_true(money_parse(text, "EUR", &money, &fault));
    return money.units;
}

static void a_part_is_read(void **state)
{
    (void) state;
    struct takings_part found = part("{\"source\":\"csv\",\"gross\":\"640.50\"}");
    assert_string_equal(found.gross.currency, "EUR");
    assert_int_equal(found.cautious.units, units("640.5"));
    assert_int_equal(found.at_risk.units, 0);
    assert_false(found.tells_risk);
    assert_int_equal(found.customers, -1);
    assert_int_equal(found.churned, -1);
    assert_int_equal(found.as_of_ms, 0);
    found = part("{\"gross\":640,\"cautious\":\"600\",\"at_risk\":\"40\",\"customers\":0,"
                 "\"currency\":\"USD\",\"as_of\":5}");
    assert_string_equal(found.gross.currency, "USD");
    assert_int_equal(found.at_risk.units, units("40"));
    assert_true(found.tells_risk);
    assert_int_equal(found.customers, 0);
    assert_int_equal(found.as_of_ms, 5);
}

static void a_day_counts_to_its_end(void **state)
{
    const struct calendar_date first = {2026, 12, 1};
    (void) state;
    assert_int_equal(part("{\"gross\":1,\"as_of\":\"2026-11\"}").as_of_ms,
                     calendar_ms(first) - 1);
    assert_int_equal(part("{\"gross\":1,\"as_of\":\"2026-11-30\"}").as_of_ms,
                     calendar_ms(first) - 1);
    assert_int_equal(part("{\"gross\":1,\"as_of\":\"2026-11-30T10:00:00Z\"}").as_of_ms,
                     calendar_ms(first) - 1);
}

static void what_is_no_part_is_refused(void **state)
{
    (void) state;
    refused("{\"source\":\"csv\"}", "csv tells no amount");
    refused("{\"gross\":\"-1\"}", "no amount");
    refused("{\"gross\":\"1e3\"}", "no amount");
    refused("{\"gross\":[]}", "no amount");
    refused("{\"gross\":\"1\",\"currency\":\"euro\"}", "no currency");
    refused("{\"gross\":\"1\",\"cautious\":\"2\"}", "more than all");
    refused("{\"gross\":\"1\",\"at_risk\":\"2\"}", "more than all");
    refused("{\"gross\":\"1\",\"customers\":\"many\"}", "no whole number");
    refused("{\"gross\":\"1\",\"customers\":-2}", "no whole number");
    refused("{\"gross\":\"1\",\"customers\":9223372036854775807}", "no whole number");
    refused("{\"gross\":\"1\",\"max_age\":9223372036854775807}", "its age");
    refused("{\"gross\":\"1\",\"max_age\":-1}", "its age");
    refused("{\"gross\":\"1\",\"read_at\":-1}", "its age");
    refused("{\"gross\":\"1\",\"as_of\":9223372036854775807}", "its day");
    refused("{\"gross\":\"1\",\"as_of\":\"0026-11-29\"}", "its day");
    refused("{\"gross\":\"1\",\"as_of\":\"29.11.2026\"}", "its day");
    refused("{\"gross\":\"1\",\"as_of\":\"2026-13\"}", "its day");
    refused("{\"gross\":\"1\",\"as_of\":\"2026-11-30 noon\"}", "its day");
    refused("{\"gross\":\"1\",\"as_of\":\"x\"}", "its day");
}

static struct takings_part sample(const char *source, const char *text)
{
    struct takings_part found = part(text);
    found.source = source;
    found.of = source;
    found.max_age_ms = 10 * DAY;
    return found;
}

static void parts_are_added_up(void **state)
{
    struct record_revenue sum;
    const struct engine engine = {.currency = "EUR"};
    struct takings_part parts[] = {
        sample("csv", "{\"gross\":\"600\",\"cautious\":\"500.25\",\"customers\":50}"),
        sample("manual", "{\"gross\":\"40\",\"at_risk\":\"7\",\"customers\":2}"),
    };
    (void) state;
    parts[0].as_of_ms = NOW - 3 * DAY;
    parts[1].as_of_ms = NOW + 5 * DAY; // of a month that is not over
    assert_true(takings_add_up(&engine, &arena, parts, 2, NOW, &sum, &fault));
    assert_string_equal(sum.source, "csv + manual");
    assert_int_equal(sum.gross.units, units("640"));
    assert_int_equal(sum.cautious.units, units("540.25"));
    assert_int_equal(sum.at_risk.units, units("7"));
    assert_int_equal(sum.customers, 52);
    assert_int_equal(sum.as_of_ms, NOW - 3 * DAY);
    assert_int_equal(sum.fresh_until_ms, NOW + 7 * DAY);
    assert_null(sum.warnings);
    assert_true(takings_add_up(&engine, &arena, &parts[1], 1, NOW, &sum, &fault));
    assert_int_equal(sum.as_of_ms, NOW);
}

static void customers_that_one_does_not_tell_are_not_known(void **state)
{
    struct record_revenue sum;
    const struct engine engine = {.currency = "EUR"};
    const struct takings_part parts[] = {
        sample("csv", "{\"gross\":\"600\",\"warnings\":[\"old\"]}"),
        sample("manual", "{\"gross\":\"40\",\"customers\":2}"),
    };
    (void) state;
    assert_true(takings_add_up(&engine, &arena, parts, 2, NOW, &sum, &fault));
    assert_int_equal(sum.customers, -1);
    assert_int_equal(sum.warnings->list.count, 2);
    assert_string_equal(sum.warnings->list.items[0]->string.bytes, "csv: old");
    assert_non_null(strstr(sum.warnings->list.items[1]->string.bytes, "csv tells no"));
}

static void currencies_want_a_rate(void **state)
{
    struct record_revenue sum;
    struct engine_rate rate = {"USD", "EUR", MONEY_UNIT / 2, "2026-11-01"};
    struct engine engine = {.currency = "EUR"};
    const struct takings_part parts[] = {
        sample("csv", "{\"gross\":\"600\",\"currency\":\"USD\"}"),
        sample("manual", "{\"gross\":\"40\"}"),
    };
    (void) state;
    assert_false(takings_add_up(&engine, &arena, parts, 2, NOW, &sum, &fault));
    assert_non_null(strstr(fault.what, "no exchange rate from USD to EUR"));
    engine.rates = &rate;
    engine.rate_count = 1;
    assert_true(takings_add_up(&engine, &arena, parts, 2, NOW, &sum, &fault));
    assert_int_equal(sum.gross.units, units("340"));
    // All in one other currency stay in it.
    assert_true(takings_add_up(&engine, &arena, parts, 1, NOW, &sum, &fault));
    assert_string_equal(sum.gross.currency, "USD");
    assert_int_equal(sum.gross.units, units("600"));
}

static void the_same_is_the_same(void **state)
{
    struct record_revenue left, right;
    const struct engine engine = {.currency = "EUR"};
    struct takings_part one = sample("csv", "{\"gross\":\"600\",\"customers\":5}");
    struct takings_part other = one;
    (void) state;
    other.read_at_ms = 77;
    other.requests = 2;
    assert_true(takings_add_up(&engine, &arena, &one, 1, NOW, &left, &fault));
    assert_true(takings_add_up(&engine, &arena, &other, 1, NOW + DAY, &right, &fault));
    assert_true(takings_is_same(&arena, &left, &right));
    other.customers = 6;
    assert_true(takings_add_up(&engine, &arena, &other, 1, NOW, &right, &fault));
    assert_false(takings_is_same(&arena, &left, &right));
    other = one;
    other.of = "another";
    assert_true(takings_add_up(&engine, &arena, &other, 1, NOW, &right, &fault));
    assert_false(takings_is_same(&arena, &left, &right));
}

static struct record_revenue row(const char *amount, bool accepted)
{
    struct record_revenue made = {.as_of_ms = NOW,
                                  .fresh_until_ms = NOW + DAY,
                                  .source = "csv",
                                  .customers = 5,
                                  .accepted = accepted};
    made.cautious = (struct money){units(amount), "EUR"};
    return made;
}

static void a_plan_is_told_what_was_accepted(void **state)
{
    struct engine_revenue told;
    const struct record_revenue good = row("600", true), odd = row("900", false);
    (void) state;
    takings_tell(&arena, &good, &good, NOW, &told);
    assert_true(told.is_told && told.is_known);
    assert_int_equal(told.monthly.units, units("600"));
    assert_int_equal(told.customers, 5);
    assert_null(told.warning);
    takings_tell(&arena, &odd, &good, NOW, &told);
    assert_true(told.is_known);
    assert_int_equal(told.monthly.units, units("600"));
    assert_non_null(strstr(told.warning, "900.00 €"));
    takings_tell(&arena, &good, &good, NOW + 2 * DAY, &told);
    assert_false(told.is_known);
    assert_non_null(strstr(told.unknown, "too old"));
    takings_tell(&arena, &odd, NULL, NOW, &told);
    assert_false(told.is_known);
    takings_tell(&arena, NULL, NULL, NOW, &told);
    assert_true(told.is_told);
    assert_false(told.is_known);
    assert_non_null(strstr(told.unknown, "not read yet"));
}

static int set_up(void **state)
{
    (void) state;
    arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void) state;
    arena_clear(&arena);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_part_is_read),
        TEST(a_day_counts_to_its_end),
        TEST(what_is_no_part_is_refused),
        TEST(parts_are_added_up),
        TEST(customers_that_one_does_not_tell_are_not_known),
        TEST(currencies_want_a_rate),
        TEST(the_same_is_the_same),
        TEST(a_plan_is_told_what_was_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
