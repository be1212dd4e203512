// SPDX-License-Identifier: MIT
#include "command/planning.h"

#include "base/clock.h"
#include "command/tip.h"

// Each time something else was found: more often than that it does not settle.
#define MOST_TRIES 16

static void on_moved(void *context, const struct value *reference,
                     const struct value *now)
{
    struct workbench *bench = context;
    bench->moved_count++;
    script_learn(bench->script, reference, now);
}

// A plan of another playbook is only looked at; a run of it is refused.
static bool ask_tip(struct workbench *bench, struct engine_options *options,
                    struct fault *fault)
{
    struct fault refusal;
    options->warning = NULL;
    if (bench->round > 1 || bench->options->move_tip || tip_allows(bench, &refusal))
        return true;
    if (bench->lock != NULL) {
        *fault = refusal;
        return false;
    }
    options->warning = arena_format(&bench->arena, "a run would be refused: %s; next: %s",
                                    refusal.what, refusal.next);
    return true;
}

bool planning_make(struct workbench *bench, const struct engine_options *asked,
                   struct plan **plan, struct fault *fault)
{
    struct engine_options options = *asked;
    options.moved = on_moved;
    options.moved_context = bench;
    bool planned = false;
    *plan = NULL;
    script_unlearn(bench->script);
    for (int tries = 0; tries < MOST_TRIES; tries++) {
        bench->moved_count = 0;
        if (!workbench_evaluate(bench, fault) || !ask_tip(bench, &options, fault))
            return false;
        planned = engine_plan(&bench->engine, &bench->wanted, &options, plan, fault);
        if (bench->moved_count == 0)
            break;
    }
    bench->planned_ms = clock_monotonic_ms() - bench->begun_ms;
    return planned;
}
