// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "command/command.h"
#include "command/project.h"
#include "store/journal.h"
#include "store/lock.h"
#include "store/measurement.h"
#include "view/baseline_view.h"
#include "view/history_view.h"
#include "view/json_view.h"

struct looking {
    struct arena arena;
    struct project project;
    struct database *database;
    const struct options *options;
    struct terminal terminal;
};

static bool open_journal(struct looking *looking, struct fault *fault)
{
    arena_init(&looking->arena, 0);
    terminal_init(&looking->terminal, stdout, !looking->options->no_color);
    return project_open(&looking->project, &looking->arena, looking->options, fault) &&
           database_open(&looking->database, looking->project.database_path,
                         DATABASE_READ, fault);
}

static void close_journal(struct looking *looking)
{
    if (looking->database)
        database_close(looking->database);
    project_close(&looking->project);
    arena_clear(&looking->arena);
}

// The next run would put it down: until then an open run of nobody was killed.
static void tell_killed(const struct looking *looking, struct record_run *runs,
                        size_t count)
{
    bool at_work = lock_is_held(looking->project.lock_path);
    for (size_t i = 0; i < count; i++)
        if (strcmp(runs[i].outcome, "open") == 0)
            runs[i].outcome = at_work && i == 0 ? "running" : "killed";
}

static bool list_runs(struct looking *looking, struct fault *fault)
{
    struct record_run *runs = NULL;
    size_t count = 0;
    if (!journal_load_runs(looking->database, &looking->arena, looking->options->limit,
                           &runs, &count, fault))
        return false;
    tell_killed(looking, runs, count);
    if (looking->options->json)
        history_view_json_runs(stdout, runs, count);
    else if (count == 0)
        terminal_print(&looking->terminal, TERMINAL_PLAIN, "Nothing was run yet.\n");
    else
        history_view_runs(&looking->terminal, runs, count);
    return true;
}

// NULL and a fault when there is none of this number.
static struct record_run *find_run(struct looking *looking, const char *word,
                                   struct fault *fault)
{
    struct record_run *runs = NULL;
    size_t count = 0, digits = strspn(word, "0123456789");
    int64_t id = digits > 0 && digits < 16 && word[digits] == '\0' ? atoll(word) : 0;
    if (!journal_load_runs(looking->database, &looking->arena, 0, &runs, &count, fault))
        return NULL;
    tell_killed(looking, runs, count);
    for (size_t i = 0; i < count; i++)
        if (runs[i].id == id)
            return &runs[i];
    fault_set(fault, FAULT_USAGE, "there is no run %s", word);
    fault_next(fault, "pipster history");
    return NULL;
}

// Of the handlers that are owed, those of this run are moved to the front.
static size_t keep_owed(struct journal_open *open, int64_t run)
{
    size_t kept = 0;
    for (size_t i = 0; i < open->handler_count; i++)
        if (open->handlers[i].run == run)
            open->handlers[kept++] = open->handlers[i];
    return kept;
}

static bool show_run(struct looking *looking, const char *word, struct fault *fault)
{
    struct history_run whole = {0};
    const struct record_run *run = find_run(looking, word, fault);
    struct record_step *steps = NULL;
    struct journal_open open;
    if (run == NULL ||
        !journal_load_steps(looking->database, &looking->arena, run->id, &steps,
                            &whole.step_count, fault) ||
        !journal_load_open(looking->database, &looking->arena, &open, fault) ||
        !measurement_load_run(looking->database, &looking->arena, run->id,
                              &whole.measured, fault))
        return false;
    whole.run = run;
    whole.steps = steps;
    whole.owed = open.handlers;
    whole.owed_count = keep_owed(&open, run->id);
    if (looking->options->json)
        history_view_json_run(stdout, &whole);
    else
        history_view_run(&looking->terminal, &whole);
    return true;
}

static bool show_baseline(struct looking *looking, struct fault *fault)
{
    struct record_measurements measured;
    if (!measurement_load_newest(looking->database, &looking->arena, 2, NULL, &measured,
                                 fault))
        return false;
    if (looking->options->json)
        baseline_view_json(stdout, &measured);
    else if (measured.count == 0)
        terminal_print(&looking->terminal, TERMINAL_PLAIN,
                       "Nothing was measured yet: check.load, check.usage, check.http "
                       "with `under`.\n");
    else
        baseline_view_print(&looking->terminal, &measured);
    return true;
}

static bool look(struct looking *looking, struct fault *fault)
{
    const struct options *options = looking->options;
    if (options->baseline)
        return show_baseline(looking, fault);
    return options->word_count == 1 ? show_run(looking, options->words[0], fault)
                                    : list_runs(looking, fault);
}

static int run(const struct options *options, struct fault *fault)
{
    struct looking looking = {.options = options};
    bool done = options->word_count <= (options->baseline ? 0 : 1);
    if (!done)
        fault_set(fault, FAULT_USAGE, options->baseline
                                          ? "pipster history --baseline takes no run"
                                          : "pipster history takes one run");
    if (done && options->json)
        json_view_version(stdout);
    if (done && open_journal(&looking, fault))
        done = look(&looking, fault);
    close_journal(&looking);
    return done ? 0 : 1;
}

const struct command cmd_history = {
    .name = "history",
    .summary = "the runs: when, who, what came of them; of one run, what it changed",
    .usage =
        "pipster history [--limit N] [--json]\n"
        "pipster history RUN [--json]\n"
        "pipster history --baseline [--json]\n"
        "\n"
        "Newest first. Of one run: its steps in order, with the attributes that each\n"
        "changed, its handlers and its checks.\n"
        "\n"
        "  --limit N   the newest N only\n"
        "  --baseline  what checks measured the last time, beside the time before\n",
    .run = run,
};
