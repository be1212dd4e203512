// SPDX-License-Identifier: MIT
#include "store/state_business.h"

#include "store/fixture.h"
#include "store/state_text.h"

#define HEAD "{\"pipster_state\":2,\"project_id\":\"0123456789abcdef\",\"resources\":[],"

static struct money dollars(int64_t cents)
{
    return (struct money){cents * (MONEY_UNIT / 100), "USD"};
}

static void put_all(struct fixture *fixture, struct database *database)
{
    struct arena *arena = &fixture->arena;
    const struct value *text = value_text(arena, "1 item is paid by use: not counted");
    const struct value_entry type = {"type", value_text(arena, "cx43")};
    const struct value_entry server = {"hetzner.server/app", value_map(arena, &type, 1)};
    const struct record_revenue revenue = {.read_at_ms = 3000,
                                           .as_of_ms = 2000,
                                           .fresh_until_ms = 9000,
                                           .source = "stripe",
                                           .gross = dollars(100050),
                                           .cautious = dollars(95000),
                                           .at_risk = dollars(4000),
                                           .customers = 52,
                                           .accepted = true,
                                           .warnings = value_list(arena, &text, 1)};
    const struct record_answer answer = {"soc2", "no", 1000, 8000};
    const struct record_evaluation evaluation = {.rule = "grow",
                                                 .playbook = "playbooks/shop.lua",
                                                 .at_ms = 4000,
                                                 .state = "open",
                                                 .is_proposed = true,
                                                 .past = value_map(arena, &type, 1)};
    const struct record_amendment amendment = {.rule = "grow",
                                               .playbook = "playbooks/shop.lua",
                                               .accepted_ms = 5000,
                                               .accepted_by = "anna@laptop",
                                               .amend = value_map(arena, &server, 1),
                                               .evidence = value_list(arena, &text, 1)};
    struct transaction *transaction = transaction_new(database);
    revenue_put(transaction, &revenue);
    answer_put(transaction, &answer);
    rule_put_evaluation(transaction, &evaluation);
    rule_put_amendment(transaction, &amendment);
    fixture_commit(fixture, transaction);
}

static struct state_business load(struct fixture *fixture, struct database *database)
{
    struct state_business business = {0};
    fixture_expect(fixture, state_business_load(database, &fixture->arena, &business,
                                                &fixture->fault));
    return business;
}

// As JSON, and back.
static struct state_business pass_on(struct fixture *fixture,
                                     const struct state_business *business)
{
    struct state_text written = {.project_id = "0123456789abcdef", .business = *business},
                      read;
    struct text text;
    text_init(&text, 0);
    state_text_write(&text, &written);
    fixture_expect(fixture, state_text_read(&fixture->arena, text.bytes, text.length,
                                            &read, &fixture->fault));
    text_clear(&text);
    return read.business;
}

static void expect_all(const struct state_business *business)
{
    assert_int_equal(business->revenues.count, 1);
    const struct record_revenue *revenue = business->revenues.rows;
    assert_int_equal(revenue->read_at_ms, 3000);
    assert_int_equal(revenue->as_of_ms, 2000);
    assert_int_equal(revenue->fresh_until_ms, 9000);
    assert_string_equal(revenue->source, "stripe");
    assert_int_equal(money_compare(revenue->gross, dollars(100050)), 0);
    assert_int_equal(money_compare(revenue->cautious, dollars(95000)), 0);
    assert_int_equal(money_compare(revenue->at_risk, dollars(4000)), 0);
    assert_int_equal(revenue->customers, 52);
    assert_true(revenue->accepted);
    assert_int_equal(revenue->warnings->list.count, 1);
    assert_int_equal(business->answers.count, 1);
    assert_string_equal(business->answers.rows->value, "no");
    assert_int_equal(business->answers.rows->expires_ms, 8000);
    assert_int_equal(business->evaluations.count, 1);
    assert_string_equal(business->evaluations.rows->state, "open");
    assert_string_equal(business->evaluations.rows->playbook, "playbooks/shop.lua");
    assert_true(business->evaluations.rows->is_proposed);
    assert_string_equal(value_find_text(business->evaluations.rows->past, "type", ""),
                        "cx43");
    assert_int_equal(business->amendments.count, 1);
    assert_string_equal(business->amendments.rows->accepted_by, "anna@laptop");
    assert_string_equal(business->amendments.rows->playbook, "playbooks/shop.lua");
    assert_string_equal(value_find_text(value_find(business->amendments.rows->amend,
                                                   "hetzner.server/app"),
                                        "type", ""),
                        "cx43");
}

static void what_is_exported_comes_back(void **state)
{
    struct fixture *fixture = *state;
    const struct state_business none = {0};
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    put_all(fixture, database);
    struct state_business there = load(fixture, database);
    expect_all(&there);
    database_close(database);
    struct state_business passed = pass_on(fixture, &there);
    expect_all(&passed);
    snprintf(fixture->state, sizeof fixture->state, "%s/other.db", fixture->folder);
    database = fixture_open(fixture, DATABASE_WRITE);
    struct transaction *transaction = transaction_new(database);
    state_business_put(transaction, &passed, &none);
    fixture_commit(fixture, transaction);
    passed = load(fixture, database);
    expect_all(&passed);
    database_close(database);
}

static void what_is_there_is_not_put_twice(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    put_all(fixture, database);
    struct state_business there = load(fixture, database);
    struct transaction *transaction = transaction_new(database);
    state_business_put(transaction, &there, &there);
    fixture_commit(fixture, transaction);
    there = load(fixture, database);
    expect_all(&there);
    struct record_evaluations all;
    fixture_expect(fixture, rule_load_evaluations(database, &fixture->arena, INT64_MAX, 9,
                                                  "grow", &all, &fixture->fault));
    assert_int_equal(all.count, 1);
    database_close(database);
}

static void what_does_not_fit_is_refused(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *text, *where, *why;
    } cases[] = {
        {HEAD "\"revenues\":7}", "revenues", "a list"},
        {HEAD "\"revenues\":[7]}", "revenues[0]", "a map"},
        {HEAD "\"revenues\":[{\"colour\":1}]}", "revenues[0]", "no \"colour\""},
        {HEAD "\"revenues\":[{\"gross\":\"a lot\"}]}", "revenues[0]", "\"gross\""},
        {HEAD "\"revenues\":[{\"gross\":7}]}", "revenues[0]", "\"gross\""},
        {HEAD "\"revenues\":[{\"accepted\":1}]}", "revenues[0]", "\"accepted\""},
        {HEAD "\"revenues\":[{\"customers\":-2}]}", "revenues[0]", "\"customers\""},
        {HEAD "\"revenues\":[{\"customers\":2000000000}]}", "revenues[0]",
         "\"customers\""},
        {HEAD "\"revenues\":[{\"currency\":\"euro\"}]}", "revenues[0]", "\"currency\""},
        {HEAD "\"revenues\":[{\"gross\":\"-5\"}]}", "revenues[0]", "\"gross\""},
        {HEAD "\"revenues\":[{\"as_of_ms\":9223372036854775807}]}", "revenues[0]",
         "\"as_of_ms\""},
        {HEAD "\"revenues\":[{\"customers\":2}]}", "revenues[0]", "is missing"},
        {HEAD "\"answers\":[{\"name\":\"\"}]}", "answers[0]", "\"name\""},
        {HEAD "\"evaluations\":[{\"at_ms\":0}]}", "evaluations[0]", "\"at_ms\""},
        {HEAD "\"evaluations\":[{\"past\":[]}]}", "evaluations[0]", "\"past\""},
        {HEAD "\"amendments\":[{\"evidence\":{}}]}", "amendments[0]", "\"evidence\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct state_text read;
        assert_false(state_text_read(&fixture->arena, cases[i].text,
                                     strlen(cases[i].text), &read, &fixture->fault));
        assert_string_equal(fixture->fault.where, cases[i].where);
        if (!strstr(fixture->fault.why, cases[i].why))
            fail_msg("%s: %s", cases[i].text, fixture->fault.why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(what_is_exported_comes_back),
        fixture_test(what_is_there_is_not_put_twice),
        fixture_test(what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
