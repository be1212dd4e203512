// SPDX-License-Identifier: MIT
#include "command/standing_guards.h"

static bool refuse(struct fault *fault, const char *tip)
{
    struct fault cause = *fault;
    fault_while(fault, "reading the guards of %s", tip);
    return fault_next(fault, "%s%sto go on without its guards: --override REASON",
                      cause.next, cause.next[0] != '\0' ? "; or, " : "");
}

// Whoever said why goes on without them, and is told so.
static bool evaluate(struct workbench *bench, const char *override, struct fault *fault)
{
    bench->playbook = bench->tip;
    if (workbench_evaluate(bench, fault))
        return true;
    bench->wanted = (struct resource_set){0};
    workbench_add_budget(bench);
    if (override == NULL)
        return refuse(fault, bench->tip);
    terminal_print(&bench->err, TERMINAL_YELLOW,
                   "The guards of %s are not judged (%s): overridden, \"%s\"\n",
                   bench->tip, fault->what, override);
    fault_clear(fault);
    return true;
}

bool standing_guards_take(struct workbench *bench, const struct resource_set *wanted,
                          const char *override, struct fault *fault)
{
    struct resource_set taken = *wanted;
    if (bench->tip == NULL)
        workbench_add_budget(bench);
    else if (!evaluate(bench, override, fault))
        return false;
    taken.budgets = bench->wanted.budgets;
    taken.budget_count = bench->wanted.budget_count;
    taken.guards = bench->wanted.guards;
    taken.guard_count = bench->wanted.guard_count;
    bench->wanted = taken;
    return true;
}
