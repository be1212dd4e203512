// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "command/command.h"
#include "command/project.h"
#include "command/state_verb.h"
#include "engine/planfile.h"
#include "engine/schema.h"
#include "store/state.h"
#include "value/json.h"
#include "value/address.h"
#include "view/json_view.h"
#include "view/planfile_view.h"
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

static int look(const struct options *options, struct fault *fault)
{
    struct reading reading;
    bool shows = options->word_count > 0 && strcmp(options->words[0], "show") == 0;
    int code = 0;
    if (open_state(&reading, options, fault))
        code = shows ? show(&reading, options, options->words[1], fault)
                     : list(&reading, options);
    close_state(&reading);
    return code;
}

struct verb {
    const char *name;
    size_t fewest, most; // words behind it
    int (*run)(const struct options *options, struct fault *fault);
};

static const struct verb verbs[] = {
    {"list", 0, 1, look},
    {"show", 1, 1, look},
    {"mv", 2, 2, state_move_run},
    {"rm", 1, SIZE_MAX, state_forget_run},
    {"export", 0, 1, state_export_run},
    {"import", 1, 1, state_import_run},
    {"recover", 1, 1, state_recover_run},
};
#define VERB_COUNT (sizeof verbs / sizeof *verbs)

static int run(const struct options *options, struct fault *fault)
{
    const char *name = options->word_count > 0 ? options->words[0] : "list";
    size_t words = options->word_count > 0 ? options->word_count - 1 : 0;
    const char *names[VERB_COUNT];
    for (size_t i = 0; i < VERB_COUNT; i++) {
        names[i] = verbs[i].name;
        if (strcmp(verbs[i].name, name) != 0)
            continue;
        if (words >= verbs[i].fewest && words <= verbs[i].most)
            return verbs[i].run(options, fault);
        fault_set(fault, FAULT_USAGE, "pipster state %s wants %s", name,
                  words < verbs[i].fewest ? "more than that" : "less than that");
        fault_next(fault, "pipster help state");
        return 1;
    }
    const char *nearest = schema_nearest(name, names, VERB_COUNT);
    fault_set(fault, FAULT_USAGE, "pipster state has no \"%s\"", name);
    if (nearest)
        fault_next(fault, "did you mean pipster state %s?", nearest);
    else
        fault_next(fault, "pipster help state");
    return 1;
}

const struct command cmd_state = {
    .name = "state",
    .summary = "what is remembered of every resource; move, forget, export, import it",
    .usage =
        "pipster state list [GLOB] [--json]\n"
        "pipster state show ADDRESS [--json]\n"
        "pipster state mv OLD NEW            another address; nothing else changes\n"
        "pipster state rm ADDRESS… [--yes]   forget it: the thing stays, and its costs\n"
        "pipster state export [FILE]         text fit for git, without a secret\n"
        "pipster state import FILE [--yes]   the same back, into an empty environment;\n"
        "                                    in place of what is there if you agree\n"
        "pipster state recover PLAYBOOK [--project-id ID] [--accept-new]\n"
        "                                    a lost state, from what the world knows\n"
        "\n"
        "After mv, declare it by the new name before the next run. A glob is an address\n"
        "with * and ?.\n",
    .run = run,
};

static bool is_file(const char *word)
{
    struct stat status;
    return stat(word, &status) == 0 && S_ISREG(status.st_mode);
}

// Without its project too: whoever approves it may have nothing but the file.
static int show_plan(const struct options *options, const char *path, struct fault *fault)
{
    struct arena arena;
    struct planfile file;
    struct terminal terminal;
    arena_init(&arena, 0);
    terminal_init(&terminal, stdout, !options->no_color);
    if (planfile_read(&arena, path, &file, fault)) {
        if (options->json)
            json_view_version(stdout);
        if (options->json)
            planfile_view_json(stdout, &file);
        else
            planfile_view_print(&terminal, &file, options->verbose);
    }
    arena_clear(&arena);
    return 0;
}

static int run_show(const struct options *options, struct fault *fault)
{
    struct reading reading;
    int code = 0;
    struct terminal terminal;
    terminal_init(&terminal, stdout, !options->no_color);
    if (options->word_count == 1 && is_file(options->words[0]))
        return show_plan(options, options->words[0], fault);
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
    .summary = "everything that was made, with its attributes; or a saved plan",
    .usage =
        "pipster show [ADDRESS] [--json]\n"
        "pipster show FILE [-v] [--json]\n"
        "\n"
        "FILE is a plan that --out of plan, undo or destroy made. It is shown for ever:\n"
        "also when it was used or is stale, also where its project is not.\n",
    .run = run_show,
};
