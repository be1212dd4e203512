// SPDX-License-Identifier: MIT
//
// The row goes, the thing stays. What is on a forgotten host is forgotten with it; what
// was open or owed for it is settled.
#include "base/map.h"
#include "command/state_verb.h"
#include "command/workbench.h"
#include "store/journal.h"
#include "value/address.h"

#include <inttypes.h>
#include <string.h>

struct forgetting {
    struct workbench bench;
    struct map addresses; // → the row, or the forgetting itself for an open step
    struct journal_open open;
};

static bool is_on(const struct forgetting *forgetting, const char *host)
{
    return host && map_has(&forgetting->addresses, host);
}

static size_t add_matches(struct forgetting *forgetting, const char *word)
{
    const struct state_rows *rows = &forgetting->bench.recorded;
    const struct journal_open *open = &forgetting->open;
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++) {
        if (!address_matches(rows->rows[i].address, word))
            continue;
        map_put(&forgetting->addresses, rows->rows[i].address, (void *) &rows->rows[i]);
        count++;
    }
    for (size_t i = 0; i < open->step_count; i++) {
        if (!address_matches(open->steps[i].address, word))
            continue;
        if (!map_has(&forgetting->addresses, open->steps[i].address))
            map_put(&forgetting->addresses, open->steps[i].address, forgetting);
        count++;
    }
    return count;
}

static bool choose(struct forgetting *forgetting, struct fault *fault)
{
    const struct options *options = forgetting->bench.options;
    const struct state_rows *rows = &forgetting->bench.recorded;
    for (size_t i = 1; i < options->word_count; i++) {
        if (add_matches(forgetting, options->words[i]) > 0)
            continue;
        fault_set(fault, FAULT_USAGE, "%s is not in the state", options->words[i]);
        fault_where(fault, "%s", forgetting->bench.project.database_path);
        return fault_next(fault, "pipster state list");
    }
    for (size_t i = 0; i < rows->count; i++)
        if (is_on(forgetting, rows->rows[i].host))
            map_put(&forgetting->addresses, rows->rows[i].address,
                    (void *) &rows->rows[i]);
    return true;
}

static void tell(struct forgetting *forgetting)
{
    struct workbench *bench = &forgetting->bench;
    terminal_print(&bench->err, TERMINAL_BOLD, "To be forgotten:\n");
    for (size_t i = 0; i < forgetting->addresses.count; i++) {
        const struct map_entry *entry = &forgetting->addresses.entries[i];
        const struct record *record = entry->value != forgetting ? entry->value : NULL;
        const struct value *id = value_find(record ? record->attributes : NULL, "id");
        terminal_print(&bench->err, TERMINAL_PLAIN, "  %s", entry->key);
        if (!record)
            terminal_print(&bench->err, TERMINAL_DIM, "  an unfinished step");
        else if (strcmp(record->type, "secret") == 0)
            terminal_print(&bench->err, TERMINAL_YELLOW, "  its value is gone for good");
        else if (id && id->kind == VALUE_INTEGER)
            terminal_print(&bench->err, TERMINAL_DIM,
                           "  back with: pipster import %s %" PRId64, entry->key,
                           id->integer);
        terminal_print(&bench->err, TERMINAL_PLAIN, "\n");
    }
    terminal_print(
        &bench->err, TERMINAL_PLAIN,
        "Nothing is removed: all of it stays as it is, and goes on costing what "
        "it costs.\n");
}

static void settle(struct forgetting *forgetting, struct transaction *transaction)
{
    const struct journal_open *open = &forgetting->open;
    for (size_t i = 0; i < open->step_count; i++) {
        const struct record_step *step = &open->steps[i];
        if (map_has(&forgetting->addresses, step->address) ||
            is_on(forgetting, step->host))
            journal_finish(transaction, step->id, RECORD_RESOLVED, NULL);
    }
    for (size_t i = 0; i < open->handler_count; i++) {
        const struct record_handler *handler = &open->handlers[i];
        if (is_on(forgetting, handler->host) ||
            map_has(&forgetting->addresses, handler->cause))
            journal_clear(transaction, handler->host, handler->name);
    }
}

static bool forget(struct forgetting *forgetting, struct fault *fault)
{
    struct transaction *transaction = transaction_new(forgetting->bench.database);
    for (size_t i = 0; i < forgetting->addresses.count; i++) {
        const struct map_entry *entry = &forgetting->addresses.entries[i];
        const struct record *record = entry->value != forgetting ? entry->value : NULL;
        state_remove(transaction, entry->key);
        if (record && strcmp(record->type, "secret") == 0)
            secret_remove(transaction, record->address);
    }
    settle(forgetting, transaction);
    return transaction_commit(transaction, fault);
}

int state_forget_run(const struct options *options, struct fault *fault)
{
    struct forgetting forgetting = {0};
    struct workbench *bench = &forgetting.bench;
    bool agreed = false;
    map_init(&forgetting.addresses);
    if (workbench_open(bench, options, WORKBENCH_WRITE, fault) &&
        journal_load_open(bench->database, &bench->arena, &forgetting.open, fault) &&
        choose(&forgetting, fault)) {
        tell(&forgetting);
        if (workbench_ask(bench, "Forget this?", "yes", &agreed, fault) && agreed &&
            forget(&forgetting, fault))
            terminal_print(&bench->out, TERMINAL_PLAIN, "Forgotten: %zu.\n",
                           forgetting.addresses.count);
    }
    map_clear(&forgetting.addresses);
    workbench_close(bench);
    return 0;
}
