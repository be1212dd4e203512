// SPDX-License-Identifier: MIT
#include "command/state_verb.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/redact.h"
#include "command/project.h"
#include "engine/paid.h"
#include "store/file.h"
#include "store/state_text.h"
#include "view/terminal.h"

// The newest so many of each figure: what rules look at goes along.
#define MEASURED 200

// Beside, then renamed: the one before stays whole when the disk is full.
static bool write_file(struct arena *arena, const char *path, const struct text *text,
                       struct fault *fault)
{
    const char *beside = arena_format(arena, "%s.pipster-new", path);
    int file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0)
        return file_fail(fault, "create", path);
    ssize_t written = write(file, text->bytes, text->length);
    bool whole = written == (ssize_t) text->length;
    if (!whole)
        file_fail(fault, "write", path);
    if (close(file) != 0 && whole)
        whole = file_fail(fault, "write", path);
    if (!whole) {
        unlink(beside);
        return false;
    }
    return file_publish(beside, path, NULL, fault);
}

// Of the rows that are there.
static bool load_prices(struct arena *arena, struct database *database,
                        struct state_text *state, struct fault *fault)
{
    const struct state_rows *rows = &state->rows;
    struct value_entry *entries = arena_alloc(arena, (rows->count + 1) * sizeof *entries);
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++) {
        const char *text = NULL;
        if (!paid_said(database, arena, rows->rows[i].address, &text, fault))
            return false;
        if (text)
            entries[count++] =
                (struct value_entry){rows->rows[i].address, value_text(arena, text)};
    }
    state->prices = count > 0 ? value_map(arena, entries, count) : NULL;
    return true;
}

bool state_export_write(struct arena *arena, struct database *database, struct text *out,
                        struct fault *fault)
{
    struct state_text state = {.project_id = database_project_id(database)};
    if (!state_load(database, arena, &state.rows, fault) ||
        !state_setting(database, arena, "tip", &state.tip, fault) ||
        !state_setting(database, arena, "tip_base", &state.tip_base, fault) ||
        !measurement_load_newest(database, arena, MEASURED, NULL, &state.measured,
                                 fault) ||
        !load_prices(arena, database, &state, fault) ||
        !state_business_load(database, arena, &state.business, fault))
        return false;
    state_text_write(out, &state);
    return true;
}

static bool export(struct arena *arena, const struct project *project,
                   struct database *database, const char *path, struct fault *fault)
{
    struct text text;
    text_init(&text, 0);
    bool done = state_export_write(arena, database, &text, fault);
    if (!done)
        fault_while(fault, "exporting %s", project->database_path);
    else if (path)
        done = write_file(arena, path, &text, fault);
    else
        redact_write(stdout, text.bytes, text.length);
    text_clear(&text);
    return done;
}

int state_export_run(const struct options *options, struct fault *fault)
{
    struct arena arena;
    struct project project = {0};
    struct database *database = NULL;
    arena_init(&arena, 0);
    bool opened = project_open(&project, &arena, options, fault) &&
                  database_open(&database, project.database_path, DATABASE_READ, fault);
    if (opened && !database) {
        fault_set(fault, FAULT_ERROR, "there is no state to export");
        fault_where(fault, "%s", project.database_path);
        fault_next(fault, "run a playbook first, or name another environment: --env");
    } else if (opened &&
               export(&arena, &project, database,
                      options->word_count > 1 ? options->words[1] : NULL, fault) &&
               options->word_count > 1) {
        struct terminal terminal;
        terminal_init(&terminal, stderr, !options->no_color);
        terminal_print(&terminal, TERMINAL_DIM,
                       "The secrets' values are not in it: pipster secrets export\n");
    }
    if (database)
        database_close(database);
    project_close(&project);
    arena_clear(&arena);
    return 0;
}
