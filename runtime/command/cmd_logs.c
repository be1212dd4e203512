// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/duration.h"
#include "command/command.h"
#include "command/fleet.h"
#include "value/address.h"
#include "view/host_view.h"
#include "view/json_view.h"

#define USUAL_LINES "100"

struct reading {
    struct workbench bench;
    struct fleet fleet; // of one
    struct fleet_host host;
    struct host_view view;
};

// What is on the host, for the stdlib to find the one that is meant.
static const struct value *list_rows(struct reading *reading, const char *host)
{
    struct arena *arena = &reading->bench.arena;
    const struct state_rows *rows = &reading->bench.recorded;
    const struct value **items = arena_alloc(arena, (rows->count + 1) * sizeof *items);
    struct fault ignored = {0};
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++) {
        const struct record *row = &rows->rows[i];
        struct address address;
        if (!row->host || strcmp(row->host + strlen("host/"), host) != 0 ||
            !row->attributes || !address_parse(arena, row->address, &address, &ignored))
            continue;
        const struct value_entry entries[] = {
            {"type", value_text(arena, row->type)},
            {"name", address.name ? value_text(arena, address.name) : NULL},
            {"attributes", row->attributes},
        };
        items[count++] = value_map(arena, entries, 3);
    }
    return value_list(arena, items, count);
}

static void print_line(void *context, const struct fleet_host *host, const char *bytes,
                       size_t length)
{
    const struct reading *reading = context;
    struct arena arena;
    if (length == 1 && bytes[0] == '\0') // the mark of a log that is followed
        return;
    if (!reading->bench.options->json) {
        host_view_line(&reading->view, host->name, bytes, length);
        return;
    }
    arena_init(&arena, 0);
    const struct value_entry entries[] = {
        {"host", value_text(&arena, host->name)},
        {"line", value_string(&arena, bytes, length)},
    };
    json_view_line(stdout, "log", value_map(&arena, entries, 2));
    arena_clear(&arena);
}

static bool describe(struct reading *reading, const struct value **asked,
                     struct fault *fault)
{
    const struct options *options = reading->bench.options;
    struct arena *arena = &reading->bench.arena;
    const char *lines = options->lines    ? options->lines
                        : !options->since ? USUAL_LINES
                                          : NULL;
    int64_t since_ms = 0;
    if (options->since && !duration_parse(options->since, &since_ms, fault)) {
        fault->kind = FAULT_USAGE;
        return fault_while(fault, "reading --since");
    }
    if (lines && strcmp(lines, "all") != 0 &&
        (!*lines || lines[strspn(lines, "0123456789")])) {
        fault_set(fault, FAULT_USAGE, "-n wants a number, or all, not \"%s\"", lines);
        return false;
    }
    const struct value_entry entries[] = {
        {"target", options->word_count > 1 ? value_text(arena, options->words[1]) : NULL},
        {"since", since_ms > 0 ? value_integer(arena, since_ms / 1000) : NULL},
        {"lines", lines ? value_text(arena, lines) : NULL},
        {"follow", value_bool(options->follow)},
        {"rows", list_rows(reading, reading->host.name)},
    };
    *asked = value_map(arena, entries, sizeof entries / sizeof *entries);
    return true;
}

static bool read_logs(struct reading *reading, struct fault *fault)
{
    struct workbench *bench = &reading->bench;
    struct fleet_host *host = &reading->host;
    struct fleet_errand errand = {
        .module = "logs",
        .function = "read",
        .at_once = 1,
        .line = print_line,
        .context = reading,
    };
    if (!fleet_redact(bench, fault) || !fleet_find(&bench->arena, &bench->recorded,
                                                   bench->options->words[0], host, fault))
        return false;
    reading->fleet = (struct fleet){host, 1};
    host_view_init(&reading->view, &bench->out, &bench->err);
    reading->view.bare = true;
    if (!describe(reading, &errand.asked, fault) ||
        !fleet_run(bench, &reading->fleet, &errand, fault))
        return false;
    const struct value *errors = value_find(host->answer, "errors");
    if (errors && errors->kind == VALUE_STRING)
        host_view_errors(&reading->view, host->name, errors->string.bytes,
                         errors->string.length);
    if (host->fault)
        *fault = *host->fault;
    return !host->fault;
}

// What is followed ends by a signal, always: that is no fault to be told.
static int end_followed(const struct reading *reading, struct fault *fault)
{
    if (!reading->bench.options->follow || !reading->bench.interrupted)
        return 0;
    int code = fault_exit_code(fault->kind);
    fault_clear(fault);
    return code;
}

static int run(const struct options *options, struct fault *fault)
{
    struct reading reading = {0};
    int code = 0;
    if (options->word_count < 1 || options->word_count > 2) {
        fault_set(fault, FAULT_USAGE,
                  "pipster logs wants a host, and perhaps what on it");
        fault_next(fault, "pipster logs app, pipster logs app caddy --since 1h");
        return 64;
    }
    if (options->json)
        json_view_version(stdout);
    if (workbench_open(&reading.bench, options, WORKBENCH_READ, fault) &&
        read_logs(&reading, fault))
        workbench_print_timing(&reading.bench);
    else
        code = end_followed(&reading, fault);
    workbench_close(&reading.bench);
    return code;
}

const struct command cmd_logs = {
    .name = "logs",
    .summary = "the log of a host, or of a unit, a container, a site on it",
    .usage =
        "pipster logs HOST [THING] [--since 1h] [-n N] [--follow] [--json]\n"
        "\n"
        "Without THING the host's journal. THING is what the state knows on that host "
        "by\n"
        "this name, a site also by its domain; else a unit or a container of the host. "
        "Of\n"
        "a site it is the file that its block names by `output file`, or what Caddy's\n"
        "journal says of its domain.\n"
        "\n"
        "  --since 1h    from then on (s, m, h, d, w); not of a file\n"
        "  -n, --lines N the last N lines, or all; without it 100, with --since all\n"
        "  -f, --follow  goes on as more comes; Ctrl-C ends it (130)\n",
    .run = run,
};
