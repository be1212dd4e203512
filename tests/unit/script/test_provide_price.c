// SPDX-License-Identifier: MIT
#include "script/fixture.h"

#include "engine/plan.h"
#include "value/json.h"

static const struct value *parse(struct fixture *fixture, const char *json)
{
    const struct value *value = NULL;
    assert_true(json_read(&fixture->arena, json, strlen(json), &value, &fixture->fault));
    return value;
}

static struct preview ask(struct fixture *fixture, enum change_action action,
                          const struct value *found, const struct value *wanted)
{
    const struct provider *provider = script_provider(fixture->script);
    struct preview preview;
    struct change change = {.address = "test.priced/a",
                            .type = "test.priced",
                            .name = "a",
                            .action = action,
                            .found = found,
                            .wanted = wanted};
    assert_true(provider->preview(provider->context, &fixture->arena, &change, &preview,
                                  &fixture->fault));
    return preview;
}

// The only line of what stays as it is, with these attributes.
static const char *told(struct fixture *fixture, const struct value *attributes)
{
    struct preview preview = ask(fixture, CHANGE_NONE, attributes, attributes);
    assert_int_equal(preview.price_count, 1);
    assert_int_equal(preview.price_before_count, 1);
    assert_int_equal(preview.action_count + preview.note_count, 0);
    assert_null(preview.wanted);
    if (preview.prices[0].known)
        assert_int_equal(preview.prices[0].monthly.units, 150000000);
    return preview.prices[0].what;
}

static void test_equal_things_are_one_question(void **state)
{
    struct fixture *fixture = *state;
    fixture_start(fixture);
    const struct value *one = parse(fixture, "{\"size\":1}");
    const struct value *other = parse(fixture, "{\"size\":2}");
    assert_string_equal(told(fixture, one), "question 1");
    assert_string_equal(told(fixture, parse(fixture, "{\"size\":1}")), "question 1");
    assert_string_equal(told(fixture, other), "question 2");
    assert_string_equal(told(fixture, one), "question 1");
    struct preview both = ask(fixture, CHANGE_NONE, one, other);
    assert_string_equal(both.prices_before[0].what, "question 1");
    assert_string_equal(both.prices[0].what, "question 2");
    struct preview gone = ask(fixture, CHANGE_FORGET, one, NULL);
    assert_int_equal(gone.price_count, 0);
    assert_string_equal(gone.prices_before[0].what, "question 1");
}

static void test_a_change_costs_what_its_two_sides_cost(void **state)
{
    struct fixture *fixture = *state;
    fixture_start(fixture);
    const struct value *one = parse(fixture, "{\"size\":1}");
    assert_string_equal(told(fixture, one), "question 1");
    struct preview made = ask(fixture, CHANGE_CREATE, NULL, one);
    assert_int_equal(made.price_before_count, 0);
    assert_string_equal(made.prices[0].what, "question 1");
    struct preview gone = ask(fixture, CHANGE_DELETE, one, NULL);
    assert_int_equal(gone.price_count, 0);
    assert_string_equal(gone.prices_before[0].what, "question 1");
}

static void test_what_nobody_knows_is_not_kept(void **state)
{
    struct fixture *fixture = *state;
    fixture_start(fixture);
    const struct value *open = parse(fixture, "{\"open\":true}");
    const struct value *later = parse(fixture, "{\"size\":{\"$unknown\":\"a/b.c\"}}");
    assert_string_not_equal(told(fixture, open), told(fixture, open));
    assert_string_not_equal(told(fixture, later), told(fixture, later));
}

static void observed(struct observe_batch *batch)
{
    *(bool *) batch->owner = true;
}

static void test_after_a_look_prices_are_asked_for_again(void **state)
{
    struct fixture *fixture = *state;
    fixture_start(fixture);
    const struct provider *provider = script_provider(fixture->script);
    const struct value *one = parse(fixture, "{\"size\":1}");
    bool done = false;
    struct observe_batch batch = {
        .type = "test.thing", .arena = &fixture->arena, .done = observed, .owner = &done};
    assert_string_equal(told(fixture, one), "question 1");
    provider->observe(provider->context, &batch);
    assert_string_equal(told(fixture, one), "question 2");
    while (!done && provider->turn(provider->context)) {
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_equal_things_are_one_question),
        FIXTURE_TEST(test_a_change_costs_what_its_two_sides_cost),
        FIXTURE_TEST(test_what_nobody_knows_is_not_kept),
        FIXTURE_TEST(test_after_a_look_prices_are_asked_for_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
