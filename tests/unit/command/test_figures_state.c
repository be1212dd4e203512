// SPDX-License-Identifier: MIT
#include "store/fixture.h"

#include "base/calendar.h"
#include "command/figures_state.h"
#include "store/journal.h"
#include "value/json.h"

#define DAY_MS CALENDAR_DAY_MS
#define NOW_MS (400 * CALENDAR_DAY_MS)

// Of those rows and that database; NULL: none.
static struct figures_state read_state(struct fixture *fixture, const struct record *rows,
                                       size_t count, struct database *database)
{
    struct figures_state state;
    struct workbench bench = {
        .database = database,
        .recorded = {.rows = (struct record *) rows, .count = count}};
    arena_init(&bench.arena, 0);
    fixture_expect(fixture, figures_state_read(&bench, NOW_MS, &state, &fixture->fault));
    arena_clear(&bench.arena);
    return state;
}

static void expect_units(const struct figures_state *state, const char *name,
                         int64_t units)
{
    const struct rule_figure *figure = figures_state_find(state, name);
    if (figure == NULL || !figure->is_known || figure->value != units ||
        figure->lowest != units || figure->highest != units)
        fail_msg("%s is not %lld", name, (long long) units);
}

static void expect_unknown(const struct figures_state *state, const char *name)
{
    const struct rule_figure *figure = figures_state_find(state, name);
    if (figure == NULL || figure->is_known || figure->unknown == NULL)
        fail_msg("%s is known, or says not why it is not", name);
}

static void of_nothing_the_counts_are_known(void **state)
{
    struct figures_state found = read_state(*state, NULL, 0, NULL);
    expect_units(&found, "servers", 0);
    expect_units(&found, "alerts", 0);
    expect_unknown(&found, "stale_hosts");
    expect_unknown(&found, "failed_checks");
    expect_unknown(&found, "failed_urls");
    expect_unknown(&found, "secrets_due");
    assert_null(figures_state_find(&found, "revenue"));
}

static void things_are_counted_by_their_whole_type(void **state)
{
    const struct record rows[] = {
        {.address = "hetzner.server/app", .type = "hetzner.server"},
        {.address = "hetzner.server_x/app", .type = "hetzner.server_x"},
        {.address = "app:alert.cpu/a", .type = "alert.cpu", .host = "host/app"},
        {.address = "app:alert.disk/a", .type = "alert.disk", .host = "host/app"},
        {.address = "monitor.http/a", .type = "monitor.http"},
        {.address = "app:caddy.site/a", .type = "caddy.site", .host = "host/app"},
    };
    struct figures_state found = read_state(*state, rows, 6, NULL);
    expect_units(&found, "servers", MONEY_UNIT);
    expect_units(&found, "alerts", 2 * MONEY_UNIT);
    expect_units(&found, "monitors", MONEY_UNIT);
    expect_units(&found, "sites", MONEY_UNIT);
    expect_units(&found, "hosts", 0);
}

static void a_host_is_stale_that_nothing_keeps_up_to_date(void **state)
{
    const struct record rows[] = {
        {.address = "host/a", .type = "host"},
        {.address = "host/b", .type = "host"},
        {.address = "host/c", .type = "host"},
        {.address = "a:unattended_upgrades/x",
         .type = "unattended_upgrades",
         .host = "host/a"},
        {.address = "b:upgrade/x",
         .type = "upgrade",
         .host = "host/b",
         .changed_at_ms = NOW_MS - 92 * DAY_MS},
        {.address = "c:upgrade/x",
         .type = "upgrade",
         .host = "host/c",
         .changed_at_ms = NOW_MS - 92 * DAY_MS - 1},
    };
    struct figures_state found = read_state(*state, rows, 6, NULL);
    expect_units(&found, "hosts", 3 * MONEY_UNIT);
    expect_units(&found, "stale_hosts", MONEY_UNIT);
}

static void judge(struct fixture *fixture, struct database *database, const char *json)
{
    struct record_run run = {.playbook = "shop", .verb = "run", .begun_at_ms = 1};
    fixture_expect(fixture, journal_begin_run(database, &run, &fixture->fault));
    fixture_expect(fixture, json_read(&fixture->arena, json, strlen(json), &run.summary,
                                      &fixture->fault));
    run.outcome = "done";
    struct transaction *transaction = transaction_new(database);
    journal_end_run(transaction, &run);
    fixture_commit(fixture, transaction);
}

static void the_newest_run_that_judged_counts(void **state)
{
    struct fixture *fixture = *state;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    judge(fixture, database,
          "{\"checks_failed\":3,\"checks\":[{\"address\":\"check.http/a\"},"
          "{\"address\":\"check.http/b\",\"passed\":true},"
          "{\"address\":\"app:check.usage/c\"},{\"address\":\"check.http/d\"}]}");
    judge(fixture, database, "{\"changes\":0}");
    struct figures_state found = read_state(fixture, NULL, 0, database);
    expect_units(&found, "failed_checks", 3 * MONEY_UNIT);
    expect_units(&found, "failed_urls", 2 * MONEY_UNIT);
    judge(fixture, database, "{\"checks_failed\":0,\"checks\":[]}");
    found = read_state(fixture, NULL, 0, database);
    expect_units(&found, "failed_checks", 0);
    expect_units(&found, "failed_urls", 0);
    database_close(database);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(of_nothing_the_counts_are_known),
        fixture_test(things_are_counted_by_their_whole_type),
        fixture_test(a_host_is_stale_that_nothing_keeps_up_to_date),
        fixture_test(the_newest_run_that_judged_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
