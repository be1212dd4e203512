// SPDX-License-Identifier: MIT
#include "command/rule_notes.h"

#include "base/clock.h"
#include "command/judging.h"
#include "command/rule_telling.h"

static bool judge(struct workbench *bench, const struct plan *plan,
                  struct judging *judging, struct fault *fault)
{
    *judging = (struct judging){.bench = bench};
    if (bench->engine.rule_count == 0 || plan->is_destroy || plan->undoes != 0)
        return true;
    return judging_make(bench, plan->cost_is_known ? &plan->cost_after : NULL,
                        clock_now_ms(), judging, fault);
}

void rule_notes_print(struct workbench *bench, const struct plan *plan)
{
    struct judging judging;
    struct fault fault = {0};
    rule_telling_missed(bench, bench->wanted.missed.items, bench->wanted.missed.count);
    if (!judge(bench, plan, &judging, &fault)) {
        terminal_print(&bench->err, TERMINAL_YELLOW, "The rules are not judged: %s\n",
                       fault.what);
        return;
    }
    for (size_t i = 0; i < judging.count; i++) {
        const char *note = rule_view_note(&judging.rules[i], &bench->arena);
        if (note != NULL && bench->options->json)
            rule_view_json(stdout, &judging.rules[i]);
        else if (note != NULL)
            terminal_print(&bench->out, TERMINAL_YELLOW, "Note: %s\n", note);
    }
}

bool rule_notes_store(struct workbench *bench, const struct plan *plan,
                      struct fault *fault)
{
    struct judging judging;
    return judge(bench, plan, &judging, fault) &&
           judging_store(&judging, bench->run, fault);
}
