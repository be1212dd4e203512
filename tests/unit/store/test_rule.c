// SPDX-License-Identifier: MIT
#include "store/rule.h"

#include "store/fixture.h"

#define NOW_MS 9000

static void judge(struct fixture *fixture, struct database *database, const char *rule,
                  int64_t at_ms, const char *state)
{
    struct arena *arena = &fixture->arena;
    const struct value_entry open = {"open", value_bool(true)};
    const struct value_entry figure = {"revenue", value_text(arena, "420.5")};
    const struct value *saw = value_text(arena, "revenue is 79.50 $ short");
    const struct record_evaluation row = {.rule = rule,
                                          .at_ms = at_ms,
                                          .run = 7,
                                          .state = state,
                                          .is_proposed = true,
                                          .past = value_map(arena, &open, 1),
                                          .figures = value_map(arena, &figure, 1),
                                          .saw = value_list(arena, &saw, 1)};
    struct transaction *transaction = transaction_new(database);
    rule_put_evaluation(transaction, &row);
    fixture_commit(fixture, transaction);
}

static struct record_evaluations
newest(struct fixture *fixture, struct database *database, int most, const char *rule)
{
    struct record_evaluations found;
    fixture_expect(fixture, rule_load_evaluations(database, &fixture->arena, NOW_MS, most,
                                                  rule, &found, &fixture->fault));
    return found;
}

static void what_a_rule_said_is_read_as_it_was_put(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    int64_t serial = database_serial(database);
    judge(fixture, database, "grow", 1000, "holding");
    judge(fixture, database, "grow", 2000, "open");
    judge(fixture, database, "azure", 1500, "closed");
    // By a clock that was ahead.
    judge(fixture, database, "grow", NOW_MS + 1, "accepted");
    assert_int_equal(database_serial(database), serial);
    database_close(database);
    database = fixture_open(fixture, DATABASE_READ);
    struct record_evaluations found = newest(fixture, database, 1, NULL);
    assert_int_equal(found.count, 2);
    assert_string_equal(found.rows[0].rule, "azure");
    const struct record_evaluation *back = &found.rows[1];
    assert_string_equal(back->rule, "grow");
    assert_string_equal(back->state, "open");
    assert_int_equal(back->at_ms, 2000);
    assert_int_equal(back->run, 7);
    assert_true(back->is_proposed);
    assert_true(value_find_bool(back->past, "open", false));
    assert_string_equal(value_find_text(back->figures, "revenue", ""), "420.5");
    assert_int_equal(back->saw->list.count, 1);
    found = newest(fixture, database, 9, "grow");
    assert_int_equal(found.count, 2);
    assert_string_equal(found.rows[1].state, "holding");
    assert_int_equal(newest(fixture, database, 9, "none").count, 0);
    database_close(database);
}

static void accept(struct fixture *fixture, struct database *database, const char *rule,
                   int64_t at_ms)
{
    struct arena *arena = &fixture->arena;
    const struct value_entry type = {"type", value_text(arena, "cx33")};
    const struct value_entry amend = {"hetzner.server/app", value_map(arena, &type, 1)};
    const struct value *evidence = value_text(arena, "cpu > 80% is at least 85");
    const struct record_amendment row = {.rule = rule,
                                         .accepted_ms = at_ms,
                                         .accepted_by = "anna@laptop",
                                         .amend = value_map(arena, &amend, 1),
                                         .include = "playbooks/phase6.lua",
                                         .evidence = value_list(arena, &evidence, 1)};
    struct transaction *transaction = transaction_new(database);
    rule_put_amendment(transaction, &row);
    fixture_commit(fixture, transaction);
}

static struct record_amendments accepted(struct fixture *fixture,
                                         struct database *database, bool also_withdrawn)
{
    struct record_amendments found;
    fixture_expect(fixture,
                   rule_load_amendments(database, &fixture->arena, also_withdrawn, &found,
                                        &fixture->fault));
    return found;
}

static void what_is_accepted_is_in_force_until_it_is_withdrawn(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    int64_t serial = database_serial(database);
    accept(fixture, database, "grow", 2000);
    accept(fixture, database, "azure", 1000);
    assert_int_equal(database_serial(database), serial + 2);
    struct record_amendments found = accepted(fixture, database, false);
    assert_int_equal(found.count, 2);
    assert_string_equal(found.rows[0].rule, "azure");
    const struct record_amendment *back = rule_find_amendment(&found, NULL, "grow");
    assert_int_equal(back->accepted_ms, 2000);
    assert_string_equal(back->accepted_by, "anna@laptop");
    assert_string_equal(back->include, "playbooks/phase6.lua");
    assert_int_equal(back->evidence->list.count, 1);
    assert_string_equal(
        value_find_text(value_find(back->amend, "hetzner.server/app"), "type", ""),
        "cx33");
    struct transaction *transaction = transaction_new(database);
    rule_withdraw(transaction, back, 3000, "bert@desk");
    fixture_commit(fixture, transaction);
    assert_int_equal(database_serial(database), serial + 3);
    found = accepted(fixture, database, false);
    assert_int_equal(found.count, 1);
    assert_null(rule_find_amendment(&found, NULL, "grow"));
    found = accepted(fixture, database, true);
    assert_int_equal(found.count, 2);
    assert_null(rule_find_amendment(&found, NULL, "grow"));
    assert_int_equal(found.rows[1].withdrawn_ms, 3000);
    assert_string_equal(found.rows[1].withdrawn_by, "bert@desk");
    accept(fixture, database, "grow", 4000);
    found = accepted(fixture, database, false);
    assert_int_equal(rule_find_amendment(&found, NULL, "grow")->accepted_ms, 4000);
    database_close(database);
}

static void of_a_rule_only_one_amendment_is_in_force(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    const struct record_amendment again = {.rule = "grow", .accepted_ms = 3000};
    accept(fixture, database, "grow", 2000);
    struct transaction *transaction = transaction_new(database);
    rule_put_amendment(transaction, &again);
    assert_false(transaction_commit(transaction, &fixture->fault));
    database_close(database);
}

static void put_of(struct fixture *fixture, struct database *database,
                   const char *playbook, const char *state, int64_t at_ms)
{
    const struct record_evaluation row = {.rule = "grow",
                                          .playbook = playbook,
                                          .at_ms = at_ms,
                                          .state = state,
                                          .past = value_map(&fixture->arena, NULL, 0)};
    const struct record_amendment accepted_row = {
        .rule = "grow", .playbook = playbook, .accepted_ms = at_ms};
    struct transaction *transaction = transaction_new(database);
    rule_put_evaluation(transaction, &row);
    rule_put_amendment(transaction, &accepted_row);
    fixture_commit(fixture, transaction);
}

static void rules_of_one_name_in_two_playbooks_are_two(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    put_of(fixture, database, NULL, "closed", 1000);
    put_of(fixture, database, "playbooks/a.lua", "holding", 2000);
    put_of(fixture, database, "playbooks/b.lua", "open", 3000);
    struct record_evaluations all = newest(fixture, database, 1, NULL);
    assert_int_equal(all.count, 3);
    assert_string_equal(rule_find_evaluation(&all, "playbooks/a.lua", "grow")->state,
                        "holding");
    assert_string_equal(rule_find_evaluation(&all, "playbooks/b.lua", "grow")->state,
                        "open");
    // What is from before the file was kept is that of each file that has none.
    assert_string_equal(rule_find_evaluation(&all, "playbooks/c.lua", "grow")->state,
                        "closed");
    assert_null(rule_find_evaluation(&all, "playbooks/a.lua", "shrink"));
    struct record_amendments found = accepted(fixture, database, false);
    const struct record_amendment *of_b =
        rule_find_amendment(&found, "playbooks/b.lua", "grow");
    assert_int_equal(of_b->accepted_ms, 3000);
    struct transaction *transaction = transaction_new(database);
    rule_withdraw(transaction, of_b, 4000, "bert@desk");
    fixture_commit(fixture, transaction);
    found = accepted(fixture, database, false);
    assert_int_equal(found.count, 2);
    assert_int_equal(rule_find_amendment(&found, "playbooks/a.lua", "grow")->accepted_ms,
                     2000);
    assert_null(rule_find_amendment(&found, "playbooks/b.lua", "grow")->playbook);
    database_close(database);
}

static void without_a_database_there_is_nothing(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(newest(fixture, NULL, 3, NULL).count, 0);
    assert_int_equal(accepted(fixture, NULL, true).count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(what_a_rule_said_is_read_as_it_was_put),
        fixture_test(what_is_accepted_is_in_force_until_it_is_withdrawn),
        fixture_test(of_a_rule_only_one_amendment_is_in_force),
        fixture_test(rules_of_one_name_in_two_playbooks_are_two),
        fixture_test(without_a_database_there_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
