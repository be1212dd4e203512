// SPDX-License-Identifier: MIT
//
// Rows of an exported state become those of this environment, in one transaction.
#include "base/clock.h"
#include "command/exported.h"
#include "command/state_verb.h"
#include "command/workbench.h"
#include "store/journal.h"

#include <string.h>

static bool ask_to_replace(struct workbench *bench, const struct state_rows *rows,
                           bool *agreed, struct fault *fault)
{
    *agreed = true;
    if (bench->recorded.count == 0)
        return true;
    const char *question = arena_format(
        &bench->arena, "Put %zu row%s in place of the %zu of this environment?",
        rows->count, rows->count == 1 ? "" : "s", bench->recorded.count);
    return workbench_ask(bench, question, "yes", agreed, fault);
}

// Secrets that are sealed here and still recorded keep their value.
static bool replace(struct workbench *bench, const struct state_text *state,
                    struct fault *fault)
{
    struct journal_open open;
    if (!journal_load_open(bench->database, &bench->arena, &open, fault))
        return false;
    struct state_business there = {0};
    if (!state_business_load(bench->database, &bench->arena, &there, fault))
        return false;
    struct transaction *transaction = transaction_new(bench->database);
    for (size_t i = 0; i < bench->recorded.count; i++) {
        const struct record *record = &bench->recorded.rows[i];
        if (state_find(&state->rows, record->address))
            continue;
        state_remove(transaction, record->address);
        if (strcmp(record->type, "secret") == 0)
            secret_remove(transaction, record->address);
    }
    for (size_t i = 0; i < open.step_count; i++)
        if (!state_find(&state->rows, open.steps[i].address))
            journal_finish(transaction, open.steps[i].id, RECORD_RESOLVED, NULL);
    for (size_t i = 0; i < state->rows.count; i++) {
        struct record record = state->rows.rows[i];
        record.changed_at_ms = clock_now_ms();
        state_put(transaction, bench->vault, &record);
    }
    exported_put(transaction, &bench->arena, state, &there);
    return transaction_commit(transaction, fault);
}

// Without its value a recorded secret counts as gone: the next run would make a new one.
static bool tell_of_secrets(struct workbench *bench, const struct state_rows *rows,
                            struct fault *fault)
{
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++) {
        const struct value *secret = NULL;
        if (strcmp(rows->rows[i].type, "secret") != 0)
            continue;
        if (!secret_load(bench->database, bench->vault, &bench->arena,
                         rows->rows[i].address, &secret, fault))
            return false;
        count += secret == NULL;
    }
    if (count > 0)
        terminal_print(&bench->err, TERMINAL_YELLOW,
                       "%zu secret%s no value here: pipster secrets import FILE, or the "
                       "next run makes new ones.\n",
                       count, count == 1 ? " has" : "s have");
    return true;
}

static bool import(struct workbench *bench, const struct state_text *state,
                   struct fault *fault)
{
    bool agreed = false;
    if (!ask_to_replace(bench, &state->rows, &agreed, fault) || !agreed)
        return !fault_is_set(fault);
    if (!replace(bench, state, fault) || !tell_of_secrets(bench, &state->rows, fault))
        return false;
    terminal_print(&bench->out, TERMINAL_PLAIN, "Imported: %zu row%s of project %s.\n",
                   state->rows.count, state->rows.count == 1 ? "" : "s",
                   state->project_id);
    return true;
}

int state_import_run(const struct options *options, struct fault *fault)
{
    struct arena arena;
    struct text text;
    struct state_text state;
    struct workbench bench = {0};
    struct options named = *options;
    arena_init(&arena, 0);
    if (exported_read(&arena, options->words[1], &text, &state, fault)) {
        named.project_id = state.project_id;
        if (workbench_open(&bench, &named, WORKBENCH_FOUND, fault) &&
            !import(&bench, &state, fault))
            fault_while(fault, "importing %s", options->words[1]);
        workbench_close(&bench);
    }
    text_clear(&text);
    arena_clear(&arena);
    return 0;
}
