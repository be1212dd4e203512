// SPDX-License-Identifier: MIT
//
// The program in two sentences. A plan: every resource is checked, ordered, read,
// compared, decided, priced and judged. A run: what was planned is carried out, N at
// once.
#include "engine/engine.h"

#include "engine/apply.h"
#include "engine/cost.h"
#include "engine/depose.h"
#include "engine/graph.h"
#include "engine/guard.h"
#include "engine/planner.h"
#include "engine/refresh.h"
#include "engine/select.h"
#include "engine/share.h"
#include "engine/stage.h"

// The machine under a host is decided before the host is asked, and so on up.
static bool refresh_and_decide(struct planner *planner, struct fault *fault)
{
    bool more = true;
    if (!refresh_cloud(planner, fault))
        return false;
    while (more) {
        if (!plan_decide(planner->plan, fault) || !stage_judge(planner, fault) ||
            !refresh_hosts(planner, &more, fault))
            return false;
    }
    return true;
}

bool engine_check(const struct resource_set *set, struct fault *fault)
{
    struct graph graph;
    fault_clear(fault);
    graph_init(&graph, set->count);
    bool sound = resource_check(set, fault) && graph_order(&graph, set, 0, fault);
    graph_clear(&graph);
    return sound;
}

bool engine_plan(struct engine *engine, const struct resource_set *wanted,
                 const struct engine_options *options, struct plan **plan,
                 struct fault *fault)
{
    fault_clear(fault);
    *plan = plan_new(wanted, options != NULL && options->destroy);
    (*plan)->undoes = options != NULL ? options->undoes : 0;
    if (!planner_new(engine, wanted, options, *plan, fault))
        goto out;
    struct planner *planner = (*plan)->planner;
    if (planner->options->warning != NULL)
        planner_warn(planner, "%s", planner->options->warning);
    if (engine->reminder != NULL)
        planner_warn(planner, "%s", engine->reminder);
    if (engine->revenue != NULL && engine->revenue->warning != NULL)
        planner_warn(planner, "%s", engine->revenue->warning);
    if (!resource_check(planner->wanted, fault) ||
        !graph_order(&planner->graph, planner->wanted, planner->removed_count, fault))
        goto out;
    guard_keep(planner);
    if (!select_mark(planner, fault) || !refresh_and_decide(planner, fault))
        goto out;
    select_hold(planner);
    if (!depose_plan(planner, fault))
        goto out;
    if (!plan_arrange(*plan, fault) || !cost_sum(engine, *plan, fault))
        goto out;
    share_take(engine, *plan);
    if (cost_stale(engine, *plan) != NULL)
        planner_warn(planner, "%s", cost_stale(engine, *plan));
    // A plan that may not be carried out is still there to be shown.
    return guard_judge(planner, fault);
out:
    // Answers may still come for a plan that was cut short: it is left to the process.
    if ((*plan)->planner == NULL || (*plan)->planner->asked == 0)
        plan_free(*plan);
    *plan = NULL;
    return false;
}

bool engine_apply(struct engine *engine, struct plan *plan, const struct engine_run *run,
                  struct engine_result *result, struct fault *fault)
{
    fault_clear(fault);
    *result = (struct engine_result){0};
    plan->planner->engine = engine;
    return apply_plan(engine, plan, run, result, fault);
}
