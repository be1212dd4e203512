// SPDX-License-Identifier: MIT
#include "engine/bill.h"

#include "engine/scene.h"

static struct bill bill;

static void bill_of(struct scene *scene, enum bill_by by)
{
    scene_plan(scene);
    bill_make(&scene->engine, scene->plan, by, &bill);
}

static const struct bill_row *row(const char *address)
{
    for (size_t i = 0; i < bill.count; i++)
        if (strcmp(bill.rows[i].address, address) == 0)
            return &bill.rows[i];
    fail_msg("no row of %s", address);
    return NULL;
}

static void expect_money(struct money amount, const char *expected)
{
    char text[MONEY_TEXT_SIZE];
    assert_string_equal(money_format(amount, text), expected);
}

static void add_three(struct scene *scene)
{
    scene_add(scene, "cloud.thing", "a", NULL, "{\"price\": \"5 EUR\"}");
    scene_add(scene, "cloud.thing", "b", NULL, "{\"price\": \"2.50 EUR\"}");
    scene_add(scene, "cost.item", "domain", NULL, "{\"price\": \"1 EUR\"}");
}

static void now_and_then(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    add_three(scene);
    bill_of(scene, BILL_BY_NOTHING);
    assert_int_equal(bill.count, 3);
    expect_money(row("cloud.thing/a")->before, "0.00 €");
    expect_money(row("cloud.thing/a")->after, "5.00 €");
    assert_true(scene_try_apply(scene));
    scene_restart(scene);
    scene_add(scene, "cloud.thing", "a", NULL, "{\"price\": \"6 EUR\"}");
    scene_add(scene, "cost.item", "domain", NULL, "{\"price\": \"1 EUR\"}");
    bill_of(scene, BILL_BY_NOTHING);
    expect_money(row("cloud.thing/a")->before, "5.00 €");
    expect_money(row("cloud.thing/a")->after, "6.00 €");
    expect_money(row("cloud.thing/b")->before, "2.50 €");
    expect_money(row("cloud.thing/b")->after, "0.00 €");
    expect_money(bill.before, "8.50 €");
    expect_money(bill.after, "7.00 €");
    scene_free(scene);
}

static void groups_have_sums(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct bill_group group;
    size_t at = 0;
    add_three(scene);
    bill_of(scene, BILL_BY_TYPE);
    assert_true(bill_next_group(&bill, &at, &group));
    assert_string_equal(group.name, "cloud.thing");
    assert_int_equal(group.count, 2);
    expect_money(group.after, "7.50 €");
    assert_true(bill_next_group(&bill, &at, &group));
    assert_string_equal(group.name, "cost.item");
    expect_money(group.after, "1.00 €");
    assert_false(bill_next_group(&bill, &at, &group));
    // None of them is on a host.
    bill_of(scene, BILL_BY_HOST);
    at = 0;
    assert_true(bill_next_group(&bill, &at, &group));
    assert_null(group.name);
    assert_int_equal(group.count, 3);
    scene_free(scene);
}

static void two_tags_count_once(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    struct bill_group group;
    size_t at = 0;
    const struct value *tags = scene_value(scene, "[\"core\", \"web\"]");
    scene_add(scene, "cloud.thing", "a", NULL, "{\"price\": \"5 EUR\"}")->tags = tags;
    scene_add(scene, "cloud.thing", "b", NULL, "{\"price\": \"2.50 EUR\"}");
    scene_add(scene, "cost.item", "domain", NULL, "{\"price\": \"1 EUR\"}");
    bill_of(scene, BILL_BY_TAG);
    assert_int_equal(bill.count, 4);
    assert_true(bill_next_group(&bill, &at, &group));
    assert_string_equal(group.name, "core");
    expect_money(group.after, "5.00 €");
    assert_true(bill_next_group(&bill, &at, &group));
    assert_string_equal(group.name, "web");
    assert_true(bill_next_group(&bill, &at, &group));
    assert_null(group.name);
    expect_money(group.after, "3.50 €");
    expect_money(bill.after, "8.50 €");
    scene_free(scene);
}

static void what_is_not_priced_is_told(void **state)
{
    (void) state;
    struct scene *scene = scene_new(1, false);
    scene_add(scene, "cloud.thing", "a", NULL, "{\"price\": \"CHF 3\"}");
    bill_of(scene, BILL_BY_NOTHING);
    assert_false(row("cloud.thing/a")->known);
    assert_false(bill.is_known);
    expect_money(bill.after, "0.00 €");
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(now_and_then),
        cmocka_unit_test(groups_have_sums),
        cmocka_unit_test(two_tags_count_once),
        cmocka_unit_test(what_is_not_priced_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
