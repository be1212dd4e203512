// SPDX-License-Identifier: MIT
#include "command/cost_set.h"

#include <string.h>

#include "base/clock.h"
#include "engine/paid.h"

bool cost_set_is_asked(const struct options *options)
{
    return options->word_count > 0 && (strcmp(options->words[0], "set") == 0 ||
                                       strcmp(options->words[0], "unset") == 0);
}

static bool check(const struct workbench *bench, bool sets, struct fault *fault)
{
    const struct options *options = bench->options;
    if (options->word_count != (sets ? 3 : 2)) {
        fault_set(fault, FAULT_USAGE, "pipster cost %s wants an address%s",
                  options->words[0], sets ? " and a price" : "");
        return fault_next(fault, "pipster cost set hetzner.server/app \"4.15 €\"");
    }
    if (state_find(&bench->recorded, options->words[1]) != NULL)
        return true;
    fault_set(fault, FAULT_USAGE, "nothing is recorded as %s", options->words[1]);
    return fault_next(fault, "pipster state list");
}

bool cost_set(struct workbench *bench, struct fault *fault)
{
    const struct options *options = bench->options;
    bool sets = strcmp(options->words[0], "set") == 0;
    struct money monthly = money_zero("");
    char text[MONEY_TEXT_SIZE];
    if (!check(bench, sets, fault) ||
        (sets && !money_parse_budget(options->words[2], &monthly, fault)))
        return false;
    struct transaction *transaction = transaction_new(bench->database);
    paid_put(transaction, &bench->arena, options->words[1], sets ? &monthly : NULL,
             clock_now_ms());
    if (!transaction_commit(transaction, fault))
        return fault_while(fault, "keeping what %s costs", options->words[1]);
    if (sets)
        terminal_print(&bench->out, TERMINAL_PLAIN, "%s: %s/month is paid.\n",
                       options->words[1], money_format(monthly, text));
    else
        terminal_print(&bench->out, TERMINAL_PLAIN,
                       "%s: what was asked when it was made counts again.\n",
                       options->words[1]);
    return true;
}
