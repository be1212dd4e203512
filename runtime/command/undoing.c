// SPDX-License-Identifier: MIT
#include "command/undoing.h"

#include <string.h>

#include "base/clock.h"
#include "store/journal.h"
#include "view/undo_view.h"

bool undoing_prepare(struct workbench *bench, int64_t run, struct engine_options *asked,
                     struct undo *undo, struct fault *fault)
{
    if (!undo_prepare(&bench->arena, &bench->engine, run, undo, fault))
        return false;
    if (strcmp(undo->run.verb, "exec") == 0) {
        fault_set(fault, FAULT_USAGE, "run %lld is an exec, which has no inverse",
                  (long long) run);
        return fault_why(fault, "what its command did on the hosts is in no row");
    }
    asked->undoes = run;
    asked->only = undo->addresses;
    asked->only_count = undo->address_count;
    return true;
}

// The run itself could not say that it was the end, and would count as one that changed
// something since.
static bool settle(struct workbench *bench, int64_t undone, struct fault *fault)
{
    struct record_run *runs = NULL;
    size_t count = 0, i = 0;
    if (!journal_load_runs(bench->database, &bench->arena, 0, &runs, &count, fault))
        return false;
    while (i < count && value_find_integer(runs[i].options, "undoes", 0) != undone)
        i++;
    if (i == count || runs[i].id < undone || strcmp(runs[i].outcome, "done") == 0)
        return true;
    runs[i].outcome = "done";
    if (runs[i].ended_at_ms == 0)
        runs[i].ended_at_ms = clock_now_ms();
    struct transaction *transaction = transaction_new(bench->database);
    journal_end_run(transaction, &runs[i]);
    return transaction_commit(transaction, fault);
}

bool undoing_end(struct workbench *bench, const struct undo *undo, struct fault *fault)
{
    const char *tip = NULL;
    if (bench->run == 0)
        return bench->declined || settle(bench, undo->run.id, fault);
    if (!state_setting(bench->database, &bench->arena, "tip", &tip, fault))
        return false;
    if (bench->options->json)
        undo_view_json_end(stdout, undo, bench->run, tip);
    else
        undo_view_end(&bench->err, undo, bench->run, tip);
    return true;
}
