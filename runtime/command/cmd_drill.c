// SPDX-License-Identifier: MIT
//
// Restore drills outside of any plan: what a timer of the host does too, run now, on all
// hosts at once. Kept in the history, as a change of nothing that is declared.
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "command/command.h"
#include "command/fleet.h"
#include "store/journal.h"
#include "store/measurement.h"
#include "value/address.h"
#include "view/drill_view.h"
#include "view/host_view.h"
#include "view/json_view.h"

#define AT_ONCE 20

struct drill {
    struct workbench bench;
    struct fleet fleet;
    const struct value *backups; // { host, name } each
    const struct value *passed;  // { address, seconds, bytes, rows } each, or NULL
    size_t done_count, failed_count;
    int worst;
};

static bool is_backup(const struct record *row)
{
    return strcmp(row->type, "backup.postgres") == 0 && row->host && row->attributes;
}

static bool is_meant(const struct record *row, const struct address *address,
                     const struct options *options)
{
    bool meant = options->word_count == 1;
    for (size_t i = 1; i < options->word_count; i++)
        meant = meant || strcmp(options->words[i], address->name) == 0 ||
                address_matches(row->address, options->words[i]);
    return meant;
}

static bool refuse_none(const struct options *options, struct fault *fault)
{
    if (options->word_count > 1)
        fault_set(fault, FAULT_USAGE, "no backup of the state is called \"%s\"",
                  options->words[1]);
    else
        fault_set(fault, FAULT_USAGE, "there is no backup in the state");
    fault_why(fault, "one counts once a run has set it up");
    return fault_next(fault, "pipster state list \"*backup.postgres/*\"");
}

// The backups that are meant, and the hosts that they are on.
static bool choose(struct drill *drill, struct fault *fault)
{
    struct arena *arena = &drill->bench.arena;
    const struct state_rows *rows = &drill->bench.recorded;
    const struct value **items = arena_alloc(arena, (rows->count + 1) * sizeof *items);
    size_t count = 0;
    struct text hosts;
    struct fault ignored = {0};
    text_init(&hosts, 0);
    for (size_t i = 0; i < rows->count; i++) {
        const struct record *row = &rows->rows[i];
        struct address address;
        if (!is_backup(row) || !address_parse(arena, row->address, &address, &ignored) ||
            !is_meant(row, &address, drill->bench.options))
            continue;
        const char *host = row->host + strlen("host/");
        const struct value_entry entries[] = {{"host", value_text(arena, host)},
                                              {"name", value_text(arena, address.name)}};
        items[count++] = value_map(arena, entries, 2);
        text_format(&hosts, "%s%s", hosts.length > 0 ? "," : "", host);
    }
    drill->backups = value_list(arena, items, count);
    bool chosen = count > 0 ? fleet_choose(arena, rows, hosts.bytes, &drill->fleet, fault)
                            : refuse_none(drill->bench.options, fault);
    text_clear(&hosts);
    return chosen;
}

// Kept with the end of the run: what status and the review tell of drills.
static void keep_passed(struct drill *drill, const char *host, const struct value *found)
{
    struct arena *arena = &drill->bench.arena;
    const char *address = arena_format(arena, "%s:backup.postgres/%s", host,
                                       value_find_text(found, "name", "?"));
    const struct value *kept =
        value_with(arena, found, "address", value_text(arena, address));
    size_t count = drill->passed ? drill->passed->list.count : 0;
    const struct value **items = arena_alloc(arena, (count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = drill->passed->list.items[i];
    items[count] = kept;
    drill->passed = value_list(arena, items, count + 1);
}

static void end_host(void *context, const struct fleet_host *host)
{
    struct drill *drill = context;
    struct workbench *bench = &drill->bench;
    if (host->fault) {
        struct host_view view;
        int code = fault_exit_code(host->fault->kind);
        drill->worst = code > drill->worst ? code : drill->worst;
        drill->failed_count++;
        if (bench->options->json)
            json_view_fault(stdout, host->fault);
        host_view_init(&view, &bench->out, &bench->err);
        host_view_fault(&view, host->name, host->fault);
        return;
    }
    const struct value *list = value_find(host->answer, "drills");
    for (size_t i = 0; list && i < list->list.count; i++) {
        const struct value *found = list->list.items[i];
        bool passed = value_find_bool(found, "passed", false);
        drill->done_count += passed;
        if (passed)
            keep_passed(drill, host->name, found);
        drill->failed_count += !passed;
        drill->worst = passed || drill->worst > 1 ? drill->worst : 1;
        if (bench->options->json)
            json_view_line(stdout, "drill",
                           value_with(&bench->arena, found, "host",
                                      value_text(&bench->arena, host->name)));
        else
            drill_view_print(&bench->out, host->name, found);
    }
}

static void measure(struct transaction *transaction, int64_t run,
                    const struct value *found)
{
    const struct record_measurement rows[] = {
        {.name = "drill_age", .unit = "s"},
        {.name = "drill_minutes",
         .value = (double) value_find_integer(found, "seconds", 0) / 60,
         .unit = "min"},
        {.name = "drill_bytes",
         .value = (double) value_find_integer(found, "bytes", 0),
         .unit = "bytes"},
        {.name = "drill_rows",
         .value = (double) value_find_integer(found, "rows", 0),
         .unit = "rows"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct record_measurement measured = rows[i];
        measured.run = run;
        measured.address = value_find_text(found, "address", "");
        measured.at_ms = clock_now_ms();
        measurement_put(transaction, &measured);
    }
}

static bool end_run(struct drill *drill, struct record_run *run, bool whole,
                    struct fault *fault)
{
    struct arena *arena = &drill->bench.arena;
    struct fault own = {0};
    const struct value_entry entries[] = {
        {"done", value_integer(arena, (int64_t) drill->done_count)},
        {"failed", value_integer(arena, (int64_t) drill->failed_count)},
    };
    run->summary = value_map(arena, entries, 2);
    run->outcome = !whole ? "interrupted" : drill->failed_count == 0 ? "done" : "failed";
    struct transaction *transaction = transaction_new(drill->bench.database);
    journal_end_run(transaction, run);
    for (size_t i = 0; drill->passed && i < drill->passed->list.count; i++)
        measure(transaction, run->id, drill->passed->list.items[i]);
    if (transaction_commit(transaction, &own))
        return true;
    if (!fault_is_set(fault))
        *fault = own;
    return false;
}

static bool carry_out(struct drill *drill, struct fault *fault)
{
    struct arena *arena = &drill->bench.arena;
    const struct value_entry asked = {"backups", drill->backups};
    const struct fleet_errand errand = {
        .module = "drill",
        .function = "restore",
        .asked = value_map(arena, &asked, 1),
        .at_once = AT_ONCE,
        .ended = end_host,
        .context = drill,
    };
    struct record_run run = {.verb = "drill",
                             .who = workbench_who(&drill->bench),
                             .options = value_map(arena, &asked, 1)};
    if (!journal_begin_run(drill->bench.database, &run, fault))
        return false;
    bool whole = fleet_run(&drill->bench, &drill->fleet, &errand, fault);
    return end_run(drill, &run, whole, fault) && whole;
}

static int run(const struct options *options, struct fault *fault)
{
    struct drill drill = {0};
    if (options->word_count < 1 || strcmp(options->words[0], "restore") != 0) {
        fault_set(fault, FAULT_USAGE, "pipster drill wants to know what is drilled");
        fault_next(fault, "pipster drill restore");
        return 64;
    }
    if (options->json)
        json_view_version(stdout);
    if (workbench_open(&drill.bench, options, WORKBENCH_WRITE, fault) &&
        fleet_redact(&drill.bench, fault) && choose(&drill, fault) &&
        carry_out(&drill, fault))
        workbench_print_timing(&drill.bench);
    workbench_close(&drill.bench);
    return drill.worst;
}

const struct command cmd_drill = {
    .name = "drill",
    .summary = "restores the newest backups for trial, now",
    .usage =
        "pipster drill restore [NAME|ADDRESS…] [--json]\n"
        "\n"
        "The newest backup (from elsewhere, where there is a copy) is restored into a\n"
        "database that is thrown away, and asked its check query, on the host of each\n"
        "backup.postgres of the state, or of those that are named. Printed are file, "
        "time,\n"
        "bytes and rows; check.backup and plans know of them. 1 where the newest is "
        "refused:\n"
        "then the last good one is named, and the contacts of the backup are told; or\n"
        "where a drill could not be done, which says nothing of the backup.\n"
        "A drill on a rented server (backup.drill) is done by pipster run when it is "
        "due.\n",
    .run = run,
};
