// SPDX-License-Identifier: MIT
#include "command/state_verb.h"
#include "command/workbench.h"
#include "store/rename.h"

#include <string.h>

static bool move(struct workbench *bench, const char *from, const char *to,
                 struct fault *fault)
{
    struct state_rows renamed;
    // Refused before anything is written, also for what would be there twice.
    if (!rename_rows(&bench->arena, &bench->recorded, from, to, &renamed, fault))
        return false;
    const struct rename_move moved = {from, to};
    struct transaction *transaction = transaction_new(bench->database);
    if (!rename_write(transaction, bench->vault, &bench->recorded, from, to, fault) ||
        !rename_steps(transaction, &moved, 1, fault)) {
        transaction_free(transaction);
        return false;
    }
    return transaction_commit(transaction, fault);
}

static size_t count_followers(const struct state_rows *rows, const char *from)
{
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++)
        count += rows->rows[i].host && strcmp(rows->rows[i].host, from) == 0;
    return count;
}

int state_move_run(const struct options *options, struct fault *fault)
{
    struct workbench bench;
    const char *from = options->words[1], *to = options->words[2];
    if (workbench_open(&bench, options, WORKBENCH_WRITE, fault) &&
        move(&bench, from, to, fault)) {
        size_t followers = count_followers(&bench.recorded, from);
        terminal_print(&bench.out, TERMINAL_PLAIN, "%s is %s from now on", from, to);
        if (followers > 0)
            terminal_print(&bench.out, TERMINAL_PLAIN, ", and %zu thing%s on it %s",
                           followers, followers == 1 ? "" : "s",
                           followers == 1 ? "follows" : "follow");
        terminal_print(&bench.out, TERMINAL_PLAIN, ".\n");
        terminal_print(&bench.err, TERMINAL_DIM,
                       "Declare it by that name before the next run, or that would "
                       "remove it.\n");
    }
    workbench_close(&bench);
    return 0;
}
