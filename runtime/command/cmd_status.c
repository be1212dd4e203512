// SPDX-License-Identifier: MIT
#include <string.h>

#include "command/command.h"
#include "command/status.h"
#include "view/json_view.h"
#include "view/terminal.h"

static enum terminal_style style_of(enum status_tone tone)
{
    static const enum terminal_style styles[] = {
        [STATUS_FINE] = TERMINAL_GREEN,
        [STATUS_PLAIN] = TERMINAL_PLAIN,
        [STATUS_WARN] = TERMINAL_YELLOW,
        [STATUS_BAD] = TERMINAL_RED,
    };
    return styles[tone];
}

// The name of a part stands before its first row.
static void print(const struct status *status)
{
    struct terminal terminal;
    const char *part = "";
    terminal_init(&terminal, stdout, !status->options->no_color);
    for (size_t i = 0; i < status->rows.count; i++) {
        const struct status_row *row = status->rows.items[i];
        bool same = strcmp(part, row->part) == 0;
        terminal_print(&terminal, TERMINAL_BOLD, "%-10s", same ? "" : row->part);
        terminal_print(&terminal, style_of(row->tone), "%s\n", row->text);
        part = row->part;
    }
}

static void print_json(const struct status *status)
{
    static const char *const tones[] = {
        [STATUS_FINE] = "fine",
        [STATUS_PLAIN] = "plain",
        [STATUS_WARN] = "warn",
        [STATUS_BAD] = "bad",
    };
    for (size_t i = 0; i < status->rows.count; i++) {
        const struct status_row *row = status->rows.items[i];
        const struct value_entry entries[] = {
            {"part", value_text(status->arena, row->part)},
            {"tone", value_text(status->arena, tones[row->tone])},
            {"text", value_text(status->arena, row->text)},
            {"data", row->data},
        };
        json_view_line(stdout, "status", value_map(status->arena, entries, 4));
    }
}

static bool wants_attention(const struct status *status)
{
    for (size_t i = 0; i < status->rows.count; i++) {
        const struct status_row *row = status->rows.items[i];
        if (row->tone == STATUS_WARN || row->tone == STATUS_BAD)
            return true;
    }
    return false;
}

static bool look(struct status *status, struct fault *fault)
{
    const struct options *options = status->options;
    if (!status_read(status, fault))
        return false;
    if (options->json)
        print_json(status);
    else
        print(status);
    return true;
}

static int run(const struct options *options, struct fault *fault)
{
    struct arena arena;
    struct project project = {0};
    struct status status = {.arena = &arena, .options = options, .project = &project};
    arena_init(&arena, 0);
    if (options->json)
        json_view_version(stdout);
    bool looked = project_open(&project, &arena, options, fault) &&
                  database_open(&status.database, project.database_path, DATABASE_READ,
                                fault) &&
                  look(&status, fault);
    int code = looked && options->detailed_exitcode && wants_attention(&status) ? 2 : 0;
    status_clear(&status);
    if (status.database != NULL)
        database_close(status.database);
    project_close(&project);
    arena_clear(&arena);
    return code;
}

const struct command cmd_status = {
    .name = "status",
    .summary = "one screen of what is known: phases, hosts, cost, runs, checks, secrets",
    .usage =
        "pipster status [--detailed-exitcode] [--json]\n"
        "\n"
        "Read from what was recorded: no host and no API is asked. What changed outside\n"
        "since is told by pipster drift.\n"
        "\n"
        "  --detailed-exitcode  2 when something is to be looked at: a failed or\n"
        "                       warning check, an open step, an owed handler, a secret\n"
        "                       to be rotated\n",
    .reads_export = true,
    .run = run,
};
