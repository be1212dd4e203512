// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>

#include "command/command.h"
#include "command/project.h"
#include "store/state.h"
#include "value/json.h"
#include "value/address.h"
#include "view/state_view.h"

struct reading {
    struct arena arena;
    struct project project;
    struct database *database;
    struct state_rows rows;
};

static bool open_state(struct reading *reading, const struct options *options,
                       struct fault *fault)
{
    arena_init(&reading->arena, 0);
    reading->database = NULL;
    return project_open(&reading->project, &reading->arena, options, fault) &&
           database_open(&reading->database, reading->project.database_path,
                         DATABASE_READ, fault) &&
           state_load(reading->database, &reading->arena, &reading->rows, fault);
}

static void close_state(struct reading *reading)
{
    if (reading->database)
        database_close(reading->database);
    project_close(&reading->project);
    arena_clear(&reading->arena);
}

static int list(const struct reading *reading, const struct options *options)
{
    const char *pattern = options->word_count > 1 ? options->words[1] : "*";
    struct terminal terminal;
    terminal_init(&terminal, stdout, !options->no_color);
    for (size_t i = 0; i < reading->rows.count; i++) {
        const struct record *record = &reading->rows.rows[i];
        if (!address_matches(record->address, pattern))
            continue;
        if (options->json)
            state_view_json(stdout, record);
        else
            terminal_print(&terminal, TERMINAL_PLAIN, "%s\n", record->address);
    }
    return 0;
}

static int show(const struct reading *reading, const struct options *options,
                const char *address, struct fault *fault)
{
    const struct record *record = state_find(&reading->rows, address);
    if (!record) {
        fault_set(fault, FAULT_USAGE, "%s is not in the state", address);
        fault_where(fault, "%s", reading->project.database_path);
        fault_next(fault, "pipster state list");
        return 1;
    }
    struct terminal terminal;
    terminal_init(&terminal, stdout, !options->no_color);
    if (options->json)
        state_view_json(stdout, record);
    else
        state_view_print(&terminal, record);
    return 0;
}

static int run(const struct options *options, struct fault *fault)
{
    const char *verb = options->word_count > 0 ? options->words[0] : "list";
    struct reading reading;
    int code = 0;
    if (open_state(&reading, options, fault)) {
        if (strcmp(verb, "list") == 0) {
            code = list(&reading, options);
        } else if (strcmp(verb, "show") == 0 && options->word_count == 2) {
            code = show(&reading, options, options->words[1], fault);
        } else {
            fault_set(fault, FAULT_USAGE, "pipster state has no \"%s\"", verb);
            fault_next(fault, "pipster help state");
        }
    }
    close_state(&reading);
    return code;
}

const struct command cmd_state = {
    .name = "state",
    .summary = "what is remembered of every resource",
    .usage = "pipster state list [GLOB] [--json]\n"
             "pipster state show ADDRESS [--json]\n",
    .run = run,
};

static int run_show(const struct options *options, struct fault *fault)
{
    struct reading reading;
    int code = 0;
    struct terminal terminal;
    terminal_init(&terminal, stdout, !options->no_color);
    if (open_state(&reading, options, fault)) {
        if (options->word_count == 1)
            code = show(&reading, options, options->words[0], fault);
        for (size_t i = 0; options->word_count == 0 && i < reading.rows.count; i++) {
            if (options->json)
                state_view_json(stdout, &reading.rows.rows[i]);
            else
                state_view_print(&terminal, &reading.rows.rows[i]);
        }
    }
    close_state(&reading);
    return code;
}

const struct command cmd_show = {
    .name = "show",
    .summary = "everything that was made, with its attributes",
    .usage = "pipster show [ADDRESS] [--json]\n",
    .run = run_show,
};
