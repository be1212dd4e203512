// SPDX-License-Identifier: MIT
#include "engine/declared_cost.h"

#include "engine/cost.h"
#include "engine/planner.h"
#include "engine/resolve.h"

// Nothing is known of others but what is declared of them.
static bool price(struct planner *planner, struct draft *draft, struct fault *fault)
{
    const struct provider *provider = planner->engine->provider;
    struct change *change = draft->change;
    struct preview *preview = arena_alloc(planner->arena, sizeof *preview);
    if (!resolve_value(planner, change->resource->attributes, &change->wanted, fault))
        return fault_while(fault, "looking at %s", change->address);
    change->action = CHANGE_CREATE;
    change->preview = preview;
    return provider->price(provider->context, change, preview, fault) ||
           fault_while(fault, "pricing %s", change->address);
}

static bool price_all(struct planner *planner, struct fault *fault)
{
    struct plan *plan = planner->plan;
    plan->changes =
        arena_alloc(&plan->arena, (planner->draft_count + 1) * sizeof *plan->changes);
    for (size_t i = 0; i < planner->draft_count; i++) {
        if (!price(planner, &planner->drafts[i], fault))
            return false;
        plan->changes[plan->change_count++] = *planner->drafts[i].change;
    }
    return cost_sum(planner->engine, plan, fault);
}

bool declared_cost_plan(const struct engine *engine, const struct resource_set *wanted,
                        struct plan **plan, struct fault *fault)
{
    fault_clear(fault);
    *plan = plan_new(wanted, false);
    // What is recorded is none of it.
    struct engine *blank = arena_alloc(&(*plan)->arena, sizeof *blank);
    *blank = *engine;
    blank->database = NULL;
    blank->recorded = NULL;
    if (planner_new(blank, wanted, NULL, *plan, fault) && resource_check(wanted, fault) &&
        price_all((*plan)->planner, fault))
        return true;
    plan_free(*plan);
    *plan = NULL;
    return false;
}
