// SPDX-License-Identifier: MIT
#include "command/figures_state.h"

#include <string.h>

#include "base/calendar.h"
#include "base/duration.h"
#include "store/journal.h"
#include "store/secret.h"

#define RUNS        500
#define QUARTER_MS  (92 * CALENDAR_DAY_MS)
#define NEVER_CHECK "nothing was checked yet; pipster run does it"

struct reading {
    struct workbench *bench;
    struct figures_state *state;
    int64_t now_ms;
    struct record_run *runs; // newest first
    size_t run_count;
};

static struct rule_figure *add(struct reading *reading, const char *name)
{
    struct rule_figure *figure = &reading->state->items[reading->state->count++];
    *figure = (struct rule_figure){.name = name, .as_of_ms = reading->now_ms};
    return figure;
}

static void add_unknown(struct reading *reading, const char *name, const char *why)
{
    add(reading, name)->unknown = why;
}

static void add_units(struct reading *reading, const char *name, int64_t units)
{
    struct rule_figure *figure = add(reading, name);
    figure->is_known = true;
    figure->value = figure->lowest = figure->highest = units;
}

static void add_count(struct reading *reading, const char *name, size_t count)
{
    add_units(reading, name, (int64_t) count * MONEY_UNIT);
}

static bool is_of(const struct record *row, const char *type)
{
    size_t length = strlen(type);
    return strncmp(row->type, type, length) == 0 &&
           (type[length - 1] == '.' || row->type[length] == '\0');
}

static size_t count_of(const struct reading *reading, const char *type)
{
    const struct state_rows *rows = &reading->bench->recorded;
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++)
        count += is_of(&rows->rows[i], type);
    return count;
}

// Whether its packages are kept up to date, or were brought up to date this quarter.
static bool is_current(const struct reading *reading, const char *host)
{
    const struct state_rows *rows = &reading->bench->recorded;
    for (size_t i = 0; i < rows->count; i++) {
        const struct record *row = &rows->rows[i];
        if (row->host == NULL || strcmp(row->host, host) != 0)
            continue;
        if (is_of(row, "unattended_upgrades") ||
            (is_of(row, "upgrade") && reading->now_ms - row->changed_at_ms <= QUARTER_MS))
            return true;
    }
    return false;
}

static void add_hosts(struct reading *reading)
{
    const struct state_rows *rows = &reading->bench->recorded;
    size_t stale = 0;
    for (size_t i = 0; i < rows->count; i++)
        stale +=
            is_of(&rows->rows[i], "host") && !is_current(reading, rows->rows[i].address);
    if (count_of(reading, "host") == 0)
        add_unknown(reading, "stale_hosts", "no host was set up yet");
    else
        add_count(reading, "stale_hosts", stale);
}

static void add_checks(struct reading *reading)
{
    size_t at = 0, urls = 0;
    while (at < reading->run_count &&
           value_find(reading->runs[at].summary, "checks") == NULL)
        at++;
    if (at == reading->run_count) {
        bool is_exported = reading->bench->engine.is_exported;
        const char *why =
            is_exported ? "an exported state has no runs in it" : NEVER_CHECK;
        add_unknown(reading, "failed_checks", why);
        add_unknown(reading, "failed_urls", why);
        return;
    }
    const struct value *summary = reading->runs[at].summary;
    const struct value *checks = value_find(summary, "checks");
    for (size_t i = 0; checks->kind == VALUE_LIST && i < checks->list.count; i++) {
        const struct value *check = checks->list.items[i];
        urls += strncmp(value_find_text(check, "address", ""), "check.http/", 11) == 0 &&
                !value_find_bool(check, "passed", false);
    }
    add_count(reading, "failed_checks",
              (size_t) value_find_integer(summary, "checks_failed", 0));
    add_count(reading, "failed_urls", urls);
}

static bool add_secrets(struct reading *reading, struct fault *fault)
{
    struct secret_row *rows = NULL;
    size_t count = 0, due = 0;
    int64_t oldest_ms = reading->now_ms;
    struct workbench *bench = reading->bench;
    if (!secret_list(bench->database, &bench->arena, &rows, &count, fault))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct record *record = state_find(&bench->recorded, rows[i].label);
        const char *every =
            record == NULL ? NULL : value_find_text(record->wanted, "rotate_every", NULL);
        int64_t made = rows[i].made_at_ms, period = 0;
        made = made == 0 && record != NULL ? record->changed_at_ms : made;
        if (every != NULL && !duration_parse(every, &period, fault))
            return false;
        due += period > 0 && reading->now_ms - made > period;
        oldest_ms = made < oldest_ms ? made : oldest_ms;
    }
    if (count == 0) {
        add_unknown(reading, "secrets_due", "there is no secret in the state");
        add_unknown(reading, "secret_days", "there is no secret in the state");
        return true;
    }
    add_count(reading, "secrets_due", due);
    // The tenth of a day is exact enough, and in no danger of being too large.
    int64_t tenths = (reading->now_ms - oldest_ms) / (CALENDAR_DAY_MS / 10);
    add_units(reading, "secret_days", tenths * (MONEY_UNIT / 10));
    return true;
}

static void add_counts(struct reading *reading)
{
    static const char *const counted[][2] = {{"alerts", "alert."},
                                             {"hosts", "host"},
                                             {"monitors", "monitor.http"},
                                             {"servers", "hetzner.server"},
                                             {"sites", "caddy.site"}};
    for (size_t i = 0; i < sizeof counted / sizeof *counted; i++)
        add_count(reading, counted[i][0], count_of(reading, counted[i][1]));
}

bool figures_state_read(struct workbench *bench, int64_t now_ms,
                        struct figures_state *state, struct fault *fault)
{
    struct reading reading = {.bench = bench, .state = state, .now_ms = now_ms};
    *state = (struct figures_state){0};
    if (!journal_load_runs(bench->database, &bench->arena, RUNS, &reading.runs,
                           &reading.run_count, fault) ||
        !add_secrets(&reading, fault))
        return fault_while(fault, "reading what the state shows");
    add_hosts(&reading);
    add_checks(&reading);
    add_counts(&reading);
    return true;
}

const struct rule_figure *figures_state_find(const struct figures_state *state,
                                             const char *name)
{
    for (size_t i = 0; i < state->count; i++)
        if (strcmp(state->items[i].name, name) == 0)
            return &state->items[i];
    return NULL;
}
