// SPDX-License-Identifier: MIT
#include "store/fixture.h"

#include "store/journal.h"
#include "store/state.h"

#include <signal.h>

static struct record_step intend(struct fixture *fixture, struct database *database,
                                 int64_t run, const char *address)
{
    struct record_step step = {.run = run,
                               .address = address,
                               .type = "package",
                               .host = "host/app",
                               .action = "create",
                               .label = "r1s1"};
    const struct record_handler handler = {.host = "host/app",
                                           .name = "reload caddy",
                                           .cause = address,
                                           .script = "systemctl reload caddy",
                                           .run = run};
    struct transaction *transaction = transaction_new(database);
    journal_intend(transaction, NULL, &step);
    journal_owe(transaction, &handler);
    fixture_commit(fixture, transaction);
    return step;
}

static int64_t begin(struct fixture *fixture, struct database *database)
{
    struct record_run run = {.playbook = "phase1", .verb = "run"};
    fixture_expect(fixture, journal_begin_run(database, &run, &fixture->fault));
    return run.id;
}

static struct journal_open load(struct fixture *fixture, struct database *database)
{
    struct journal_open open;
    fixture_expect(fixture,
                   journal_load_open(database, &fixture->arena, &open, &fixture->fault));
    return open;
}

static void an_intent_is_open_until_its_result(void **state)
{
    struct fixture *fixture = *state;
    struct arena *arena = &fixture->arena;
    const struct value_entry entry = {"action", value_integer(arena, 99)};
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    int64_t run = begin(fixture, database);
    struct record_step step = intend(fixture, database, run, "app:package/git");
    struct transaction *transaction = transaction_new(database);
    journal_note(transaction, step.id, value_map(arena, &entry, 1));
    fixture_commit(fixture, transaction);

    struct journal_open open = load(fixture, database);
    assert_int_equal(open.step_count, 1);
    assert_int_equal(open.steps[0].id, step.id);
    assert_int_equal(open.steps[0].run, run);
    assert_string_equal(open.steps[0].host, "host/app");
    assert_string_equal(open.steps[0].label, "r1s1");
    assert_int_equal(open.steps[0].outcome, RECORD_OPEN);
    assert_int_equal(open.steps[0].begun_at_ms, step.begun_at_ms);
    assert_int_equal(open.steps[0].ended_at_ms, 0);
    assert_int_equal(value_find_integer(open.steps[0].note, "action", 0), 99);
    assert_int_equal(open.handler_count, 1);
    assert_string_equal(open.handlers[0].script, "systemctl reload caddy");

    transaction = transaction_new(database);
    journal_finish(transaction, step.id, RECORD_DONE, NULL);
    journal_clear(transaction, "host/app", "reload caddy");
    fixture_commit(fixture, transaction);
    open = load(fixture, database);
    assert_int_equal(open.step_count, 0);
    assert_int_equal(open.handler_count, 0);
    database_close(database);
}

static void an_uncertain_step_stays_open_until_resolved(void **state)
{
    struct fixture *fixture = *state;
    struct record_step *steps = NULL;
    size_t count = 0;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    struct record_step step =
        intend(fixture, database, begin(fixture, database), "app:package/git");
    struct transaction *transaction = transaction_new(database);
    journal_finish(transaction, step.id, RECORD_UNCERTAIN, "no answer in 60 s");
    fixture_commit(fixture, transaction);
    struct journal_open open = load(fixture, database);
    assert_int_equal(open.step_count, 1);
    assert_int_equal(open.steps[0].outcome, RECORD_UNCERTAIN);
    assert_string_equal(open.steps[0].failure, "no answer in 60 s");
    transaction = transaction_new(database);
    journal_finish(transaction, step.id, RECORD_RESOLVED, NULL);
    fixture_commit(fixture, transaction);
    assert_int_equal(load(fixture, database).step_count, 0);
    fixture_expect(fixture, journal_load_steps(database, &fixture->arena, step.run,
                                               &steps, &count, &fixture->fault));
    assert_int_equal(count, 1);
    assert_int_equal(steps[0].outcome, RECORD_RESOLVED);
    assert_true(steps[0].ended_at_ms > 0);
    database_close(database);
}

static void a_saved_plan_is_used_once_or_resumed(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    struct record_run first = {.verb = "apply", .plan = "p1", .who = "anna@laptop"};
    struct record_run again = first;
    struct record_run *runs = NULL;
    size_t count = 0;
    int64_t run = -1, used_at_ms = -1;
    fixture_expect(fixture,
                   journal_find_plan(database, "p1", &run, &used_at_ms, &fixture->fault));
    assert_int_equal(run, 0);
    fixture_expect(fixture, journal_begin_run(database, &first, &fixture->fault));
    fixture_expect(fixture,
                   journal_find_plan(database, "p1", &run, &used_at_ms, &fixture->fault));
    assert_int_equal(run, first.id);
    assert_int_equal(used_at_ms, first.begun_at_ms);
    assert_false(journal_begin_run(database, &again, &fixture->fault));
    fixture_expect(fixture, journal_load_runs(database, &fixture->arena, 0, &runs, &count,
                                              &fixture->fault));
    assert_int_equal(count, 1);
    assert_string_equal(runs[0].who, "anna@laptop");
    assert_string_equal(runs[0].plan, "p1");
    again.resumes = true;
    fixture_expect(fixture, journal_begin_run(database, &again, &fixture->fault));
    fixture_expect(fixture,
                   journal_find_plan(database, "p1", &run, &used_at_ms, &fixture->fault));
    assert_int_equal(run, again.id);
    database_close(database);
}

static void a_step_keeps_what_was_before(void **state)
{
    struct fixture *fixture = *state;
    struct arena *arena = &fixture->arena;
    struct record_step *steps = NULL;
    size_t count = 0;
    struct value_entry old = {"size", value_integer(arena, 1)};
    struct value_entry new = {"size", value_integer(arena, 2)};
    struct value_entry row = {"protect", value_bool(true)};
    struct value_entry field = {"size", value_bool(false)};
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    struct record_step step = {.run = begin(fixture, database),
                               .address = "hetzner.volume/data",
                               .type = "hetzner.volume",
                               .action = "update",
                               .label = "r1s1",
                               .before = value_map(arena, &old, 1),
                               .wanted_before = value_map(arena, &old, 1),
                               .after = value_map(arena, &new, 1),
                               .row_before = value_map(arena, &row, 1),
                               .fields = value_map(arena, &field, 1),
                               .price = "4.99 EUR"};
    struct transaction *transaction = transaction_new(database);
    journal_intend(transaction, NULL, &step);
    fixture_commit(fixture, transaction);
    fixture_expect(fixture, journal_load_steps_of(database, arena, step.address, &steps,
                                                  &count, &fixture->fault));
    assert_int_equal(count, 1);
    assert_int_equal(value_find_integer(steps[0].before, "size", 0), 1);
    assert_int_equal(value_find_integer(steps[0].wanted_before, "size", 0), 1);
    assert_int_equal(value_find_integer(steps[0].after, "size", 0), 2);
    assert_true(value_find_bool(steps[0].row_before, "protect", false));
    assert_false(value_find_bool(steps[0].fields, "size", true));
    assert_string_equal(steps[0].price, "4.99 EUR");
    fixture_expect(fixture, journal_load_steps_after(database, arena, step.run - 1,
                                                     &steps, &count, &fixture->fault));
    assert_int_equal(count, 1);
    fixture_expect(fixture, journal_load_steps_after(database, arena, step.run, &steps,
                                                     &count, &fixture->fault));
    assert_int_equal(count, 0);
    database_close(database);
}

static void ids_are_never_used_again(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    struct record_step first =
        intend(fixture, database, begin(fixture, database), "app:package/a");
    database_close(database);
    fixture_sql(fixture->state, "DELETE FROM step; DELETE FROM run");
    database = fixture_open(fixture, DATABASE_WRITE);
    struct record_step second =
        intend(fixture, database, begin(fixture, database), "app:package/b");
    assert_true(second.id > first.id);
    assert_true(second.run > first.run);
    database_close(database);
}

static void runs_are_listed_newest_first(void **state)
{
    struct fixture *fixture = *state;
    struct arena *arena = &fixture->arena;
    struct record_run *runs = NULL;
    size_t count = 0;
    int64_t first_ms = -1;
    const struct value_entry entry = {"created", value_integer(arena, 3)};
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    struct record_run end = {.id = begin(fixture, database),
                             .outcome = "done",
                             .cost_before = "0 EUR",
                             .cost_after = "4.99 EUR",
                             .summary = value_map(arena, &entry, 1)};
    struct transaction *transaction = transaction_new(database);
    journal_end_run(transaction, &end);
    fixture_commit(fixture, transaction);
    int64_t second = begin(fixture, database);
    fixture_expect(fixture,
                   journal_load_runs(database, arena, 0, &runs, &count, &fixture->fault));
    assert_int_equal(count, 2);
    assert_int_equal(runs[0].id, second);
    assert_string_equal(runs[0].outcome, "open");
    assert_string_equal(runs[1].outcome, "done");
    assert_string_equal(runs[1].cost_after, "4.99 EUR");
    assert_int_equal(value_find_integer(runs[1].summary, "created", 0), 3);
    assert_true(runs[1].ended_at_ms > 0);
    fixture_expect(fixture,
                   journal_load_first(database, arena, &first_ms, &fixture->fault));
    assert_int_equal(first_ms, runs[1].begun_at_ms);
    fixture_expect(fixture, journal_load_first(NULL, arena, &first_ms, &fixture->fault));
    assert_int_equal(first_ms, 0);
    fixture_expect(fixture,
                   journal_load_runs(database, arena, 1, &runs, &count, &fixture->fault));
    assert_int_equal(count, 1);
    database_close(database);
}

static void a_handler_is_owed_once(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    int64_t run = begin(fixture, database);
    intend(fixture, database, run, "app:file/a");
    intend(fixture, database, run, "app:file/b");
    struct journal_open open = load(fixture, database);
    assert_int_equal(open.step_count, 2);
    assert_true(open.steps[0].id < open.steps[1].id);
    assert_int_equal(open.handler_count, 1);
    assert_string_equal(open.handlers[0].cause, "app:file/b");
    database_close(database);
}

// Killed at a commit: what was promised before is there, what came after is not.
static void crash_at(struct fixture *fixture, const char *point)
{
    pid_t child = fork();
    if (child == 0) {
        struct database *database = fixture_open(fixture, DATABASE_WRITE);
        int64_t run = begin(fixture, database);
        setenv("PIPSTER_CRASH_AT", point, 1);
        struct record_step step = intend(fixture, database, run, "app:package/git");
        struct transaction *transaction = transaction_new(database);
        const struct record record = {.address = step.address, .type = step.type};
        journal_finish(transaction, step.id, RECORD_DONE, NULL);
        state_put(transaction, NULL, &record);
        fixture_commit(fixture, transaction);
        _exit(1);
    }
    assert_true(fixture_was_killed(child));
}

// What the next start finds after that.
static void expect_after_crash(struct fixture *fixture, const char *point, size_t steps,
                               size_t handlers, size_t rows_wanted)
{
    struct state_rows rows;
    crash_at(fixture, point);
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    assert_int_equal(load(fixture, database).step_count, steps);
    assert_int_equal(load(fixture, database).handler_count, handlers);
    fixture_expect(fixture,
                   state_load(database, &fixture->arena, &rows, &fixture->fault));
    assert_int_equal(rows.count, rows_wanted);
    database_close(database);
}

static void a_crash_before_the_intent(void **state)
{
    expect_after_crash(*state, "intent-committing", 0, 0, 0);
}

static void a_crash_after_the_intent(void **state)
{
    expect_after_crash(*state, "intent-committed", 1, 1, 0);
}

static void a_crash_before_the_result(void **state)
{
    expect_after_crash(*state, "result-committing", 1, 1, 0);
}

static void a_crash_after_the_result(void **state)
{
    expect_after_crash(*state, "result-committed", 0, 1, 1);
}

static void without_a_database_nothing_is_open(void **state)
{
    struct fixture *fixture = *state;
    struct record_run *runs = NULL;
    size_t count = 1;
    assert_int_equal(load(fixture, NULL).step_count, 0);
    fixture_expect(fixture, journal_load_runs(NULL, &fixture->arena, 0, &runs, &count,
                                              &fixture->fault));
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(an_intent_is_open_until_its_result),
        fixture_test(an_uncertain_step_stays_open_until_resolved),
        fixture_test(a_saved_plan_is_used_once_or_resumed),
        fixture_test(a_step_keeps_what_was_before),
        fixture_test(ids_are_never_used_again),
        fixture_test(runs_are_listed_newest_first),
        fixture_test(a_handler_is_owed_once),
        fixture_test(a_crash_before_the_intent),
        fixture_test(a_crash_after_the_intent),
        fixture_test(a_crash_before_the_result),
        fixture_test(a_crash_after_the_result),
        fixture_test(without_a_database_nothing_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
