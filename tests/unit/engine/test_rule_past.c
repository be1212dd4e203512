// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/rule_past.h"
#include "engine/rule_read.h"
#include "value/json.h"

static void what_is_remembered_is_read_as_it_was_written(void **state)
{
    const struct rule_past past = {
        .is_open = true,
        .true_since_ms = 1,
        .true_seen_ms = 2,
        .release_since_ms = 3,
        .release_seen_ms = 4,
        .opened_ms = 5,
        .changed_ms = 1796000000000,
        .rates = {{"EUR", "USD", 108500000}, {"USD", "EUR", 92165899}},
        .rate_count = 2,
    };
    struct arena arena;
    struct rule_past back;
    (void) state;
    arena_init(&arena, 0);
    const char *json = json_text(&arena, rule_past_value(&arena, &past));
    const struct value *value = NULL;
    struct fault fault;
    assert_true(json_read(&arena, json, strlen(json), &value, &fault));
    rule_past_read(value, &back);
    assert_true(back.is_open);
    assert_false(back.is_accepted);
    assert_int_equal(back.true_since_ms, 1);
    assert_int_equal(back.true_seen_ms, 2);
    assert_int_equal(back.release_since_ms, 3);
    assert_int_equal(back.release_seen_ms, 4);
    assert_int_equal(back.opened_ms, 5);
    assert_int_equal(back.changed_ms, 1796000000000);
    assert_int_equal(back.rate_count, 2);
    assert_string_equal(back.rates[1].from, "USD");
    assert_int_equal(back.rates[1].rate, 92165899);
    arena_clear(&arena);
}

static void of_what_cannot_be_read_nothing_is_remembered(void **state)
{
    static const char json[] =
        "{\"open\":3,\"opened\":\"long ago\","
        "\"changed\":9223372036854775807,\"true_seen\":-1,\"rates\":[{\"from\":"
        "\"EURO\",\"to\":\"USD\",\"rate\":5},{\"from\":\"EUR\","
        "\"to\":\"USD\",\"rate\":-5},7]}";
    const struct value *value = NULL;
    struct arena arena;
    struct rule_past back;
    struct fault fault;
    (void) state;
    arena_init(&arena, 0);
    assert_true(json_read(&arena, json, strlen(json), &value, &fault));
    rule_past_read(value, &back);
    assert_false(back.is_open);
    assert_int_equal(back.opened_ms, 0);
    assert_int_equal(back.changed_ms, 0); // no time can be added to that
    assert_int_equal(back.true_seen_ms, 0);
    assert_int_equal(back.rate_count, 0);
    rule_past_read(NULL, &back);
    assert_int_equal(back.changed_ms, 0);
    arena_clear(&arena);
}

static void the_figures_that_it_saw_are_exact(void **state)
{
    static const char json[] =
        "{\"when\":{\"revenue\":\"> $500\"},\"evidence\":{\"cpu\":\"> 80%\"}}";
    const struct rule_figure figures[] = {
        {.name = "revenue",
         .currency = "EUR",
         .is_known = true,
         .value = 42012345678,
         .lowest = 42012345678,
         .highest = 42012345678,
         .as_of_ms = 7},
        {.name = "customers", .is_known = true, .value = 1},
        {.name = "cpu", .unknown = "no check measures it"},
    };
    const struct rule_input input = {.figures = figures, .figure_count = 3};
    const struct value *table = NULL;
    struct arena arena;
    struct rule rule;
    struct fault fault;
    (void) state;
    arena_init(&arena, 0);
    assert_true(json_read(&arena, json, strlen(json), &table, &fault));
    assert_true(rule_read(&arena, "grow", table, &rule, &fault));
    assert_string_equal(json_text(&arena, rule_past_figures(&arena, &rule, &input)),
                        "{\"cpu\":{\"unknown\":\"no check measures it\"},\"revenue\":{"
                        "\"as_of\":7,\"currency\":\"EUR\",\"highest\":\"420.12345678\","
                        "\"lowest\":\"420.12345678\",\"value\":\"420.12345678\"}}");
    arena_clear(&arena);
}

static struct rule read_rule(struct arena *arena, const char *json)
{
    const struct value *table = NULL;
    struct rule rule;
    struct fault fault;
    assert_true(json_read(arena, json, strlen(json), &table, &fault));
    assert_true(rule_read(arena, "grow", table, &rule, &fault));
    return rule;
}

static const struct rule_past remembered = {.is_open = true,
                                            .true_since_ms = 1,
                                            .true_seen_ms = 2,
                                            .release_since_ms = 3,
                                            .release_seen_ms = 4,
                                            .changed_ms = 5};

static void what_is_remembered_is_of_the_conditions_that_were_seen(void **state)
{
    static const char before[] =
        "{\"when\":{\"revenue\":\"> $100\"},\"release\":{\"revenue\":\"< $50\"}}";
    static const char opens[] =
        "{\"when\":{\"revenue\":\"> $500\"},\"release\":{\"revenue\":\"< $50\"}}";
    static const char closes[] =
        "{\"when\":{\"revenue\":\"> $100\"},\"release\":{\"revenue\":\"< $90\"}}";
    struct arena arena;
    (void) state;
    arena_init(&arena, 0);
    struct rule rule = read_rule(&arena, before);
    struct rule_past past = remembered, back;
    rule_past_adapt(&rule, &past); // of a time when no conditions were kept
    assert_true(past.is_open);
    assert_int_equal(past.true_since_ms, 1);
    rule_past_read(rule_past_value(&arena, &past), &back);
    rule_past_adapt(&rule, &back);
    assert_true(back.is_open);
    assert_int_equal(back.true_since_ms, 1);
    rule = read_rule(&arena, opens);
    back = past;
    rule_past_adapt(&rule, &back);
    assert_false(back.is_open);
    assert_int_equal(back.true_since_ms, 0);
    assert_int_equal(back.release_since_ms, 3);
    assert_int_equal(back.changed_ms, 5); // the time that it rests goes on
    back = past;
    back.is_accepted = true;
    rule_past_adapt(&rule, &back);
    assert_true(back.is_open);
    rule = read_rule(&arena, closes);
    back = past;
    rule_past_adapt(&rule, &back);
    assert_true(back.is_open);
    assert_int_equal(back.true_since_ms, 1);
    assert_int_equal(back.release_since_ms, 0);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_remembered_is_read_as_it_was_written),
        cmocka_unit_test(of_what_cannot_be_read_nothing_is_remembered),
        cmocka_unit_test(the_figures_that_it_saw_are_exact),
        cmocka_unit_test(what_is_remembered_is_of_the_conditions_that_were_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
