// SPDX-License-Identifier: MIT
#include "engine/plan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/arrange.h"
#include "engine/decide.h"
#include "engine/planner.h"
#include "engine/resolve.h"
#include "engine/settle.h"
#include "engine/wave.h"

struct plan *plan_new(const struct resource_set *wanted, bool is_destroy)
{
    struct plan *plan = calloc(1, sizeof *plan);
    if (plan == NULL)
        abort();
    arena_init(&plan->arena, 0);
    plan->is_destroy = is_destroy;
    if (wanted != NULL) {
        plan->playbook = arena_text(&plan->arena, wanted->playbook);
        plan->phase = wanted->phase;
        plan->phase_title = arena_text(&plan->arena, wanted->phase_title);
    }
    return plan;
}

void plan_free(struct plan *plan)
{
    if (plan == NULL)
        return;
    if (plan->planner != NULL)
        planner_free(plan->planner);
    arena_clear(&plan->arena);
    free(plan);
}

bool plan_does(const struct change *change)
{
    return change->action != CHANGE_NONE && change->action != CHANGE_CHECK;
}

const char *plan_action_name(enum change_action action)
{
    switch (action) {
    case CHANGE_NONE:
        return "none";
    case CHANGE_CREATE:
        return "create";
    case CHANGE_UPDATE:
        return "update";
    case CHANGE_REPLACE:
        return "replace";
    case CHANGE_DELETE:
        return "delete";
    case CHANGE_FORGET:
        return "forget";
    case CHANGE_CHECK:
        return "check";
    }
    return "none";
}

bool plan_is_empty(const struct plan *plan)
{
    for (size_t i = 0; i < plan->change_count; i++)
        if (plan_does(&plan->changes[i]) || plan->changes[i].moved_from != NULL)
            return false;
    return plan->handler_count == 0;
}

bool plan_is_whole(const struct plan *plan, struct fault *fault)
{
    struct text others;
    if (plan->unreached_count == 0)
        return true;
    const struct fault *first = plan->unreached[0].fault;
    text_init(&others, 0);
    for (size_t i = 1; i < plan->unreached_count; i++)
        text_format(&others, "%s%s", i > 1 ? ", " : "; nor did ",
                    plan->unreached[i].host);
    *fault = *first;
    fault_while(fault, "reading %s%s", plan->unreached[0].host, others.bytes);
    if (first->next[0] == '\0')
        fault_next(fault, "what is on it was left out: run again when it answers");
    text_clear(&others);
    return false;
}

const struct change *plan_find(const struct plan *plan, const char *address)
{
    const struct draft *draft =
        plan->planner != NULL ? planner_find(plan->planner, address) : NULL;
    return draft != NULL ? draft->change : NULL;
}

// What must wait: it was not observed yet, or something before it must wait. Edges lie in
// the order of what they lead to, so that one pass is enough.
static bool *find_held(const struct planner *planner)
{
    const struct graph *graph = &planner->graph;
    bool *held = calloc(planner->draft_count + 1, sizeof *held);
    if (held == NULL)
        abort();
    for (size_t i = 0; i < planner->draft_count; i++)
        held[i] = !planner->drafts[i].decided && !planner->drafts[i].observed;
    for (size_t i = 0; i < graph->edge_count; i++)
        if (held[graph->edges[i].from])
            held[graph->edges[i].to] = true;
    return held;
}

bool plan_decide(struct plan *plan, struct fault *fault)
{
    struct planner *planner = plan->planner;
    bool *held = find_held(planner);
    bool ok = true;
    for (size_t i = 0; i < planner->draft_count && ok; i++) {
        struct draft *draft = &planner->drafts[planner->graph.order[i]];
        if (!draft->decided && !held[draft->node])
            ok = decide_draft(planner, draft, fault);
    }
    free(held);
    return ok;
}

static void swap_changes(struct draft *one, struct draft *other)
{
    struct change change = *one->change, *place = one->change;
    *one->change = *other->change;
    *other->change = change;
    one->change = other->change;
    other->change = place;
}

// The changes of the drafts become those of the plan, where they lie.
static void order_changes(struct plan *plan, const struct graph *graph)
{
    struct planner *planner = plan->planner;
    size_t count = planner->draft_count;
    struct draft **at = arena_alloc(&plan->arena, (count + 1) * sizeof(struct draft *));
    plan->change_count = count;
    plan->changes = planner->changes;
    planner->in_order = at;
    for (size_t i = 0; i < count; i++)
        at[i] = &planner->drafts[i];
    for (size_t i = 0; i < count; i++) {
        struct draft *draft = &planner->drafts[graph->order[i]];
        if (draft == at[i])
            continue;
        at[draft->change - plan->changes] = at[i];
        swap_changes(draft, at[i]);
        at[i] = draft;
    }
}

// The same edge may come from several references; a need outweighs an order.
static void add_need(const struct graph *graph, struct draft *draft,
                     const struct graph_edge *edge)
{
    struct change *change = draft->change;
    size_t from = graph->position[edge->from];
    bool is_order = edge->kind == GRAPH_ORDER;
    if (from >= graph->position[edge->to])
        return; // a soft one that was given up
    for (size_t i = change->need_count; i-- > 0 && i + 8 > change->need_count;) {
        if (change->needs[i] == from) {
            draft->need_is_order[i] = draft->need_is_order[i] && is_order;
            return;
        }
    }
    change->needs[change->need_count] = from;
    draft->need_is_order[change->need_count++] = is_order;
}

static void copy_needs(struct plan *plan, const struct graph *graph)
{
    struct planner *planner = plan->planner;
    size_t *counts = calloc(planner->draft_count + 1, sizeof *counts);
    if (counts == NULL)
        abort();
    for (size_t i = 0; i < graph->edge_count; i++)
        counts[graph->edges[i].to]++;
    for (size_t i = 0; i < planner->draft_count; i++) {
        struct draft *draft = &planner->drafts[i];
        if (counts[i] == 0)
            continue;
        draft->change->needs =
            arena_alloc(&plan->arena, (counts[i] + 1) * sizeof(size_t));
        draft->need_is_order = arena_alloc(&plan->arena, (counts[i] + 1) * sizeof(bool));
    }
    for (size_t i = 0; i < graph->edge_count; i++)
        add_need(graph, &planner->drafts[graph->edges[i].to], &graph->edges[i]);
    free(counts);
}

static void count_changes(struct plan *plan)
{
    for (size_t i = 0; i < plan->change_count; i++) {
        const struct change *change = &plan->changes[i];
        bool replaces = change->action == CHANGE_REPLACE;
        bool counted = replaces || change->action == CHANGE_CREATE ||
                       change->action == CHANGE_UPDATE || change->action == CHANGE_DELETE;
        plan->add_count += change->action == CHANGE_CREATE || replaces;
        plan->destroy_count +=
            (change->action == CHANGE_DELETE && !change->is_half) || replaces;
        plan->change_count_in_place += change->action == CHANGE_UPDATE;
        plan->check_count += change->action == CHANGE_CHECK;
        plan->moved_count += change->moved_from != NULL;
        plan->forgotten_count += change->stays;
        plan->may_count += counted && change->verdict == VERDICT_MAY;
        plan->skipped_count +=
            change->skipped != NULL && change->skipped_action != CHANGE_CHECK;
    }
}

static struct plan_handler *find_handler(struct plan *plan, const char *host,
                                         const char *name)
{
    for (size_t i = 0; i < plan->handler_count; i++) {
        struct plan_handler *handler = &plan->handlers[i];
        if (strcmp(handler->host, host) == 0 && strcmp(handler->name, name) == 0)
            return handler;
    }
    return NULL;
}

static struct plan_handler *add_handler(struct plan *plan, const char *host,
                                        const char *name, const char *script)
{
    struct plan_handler *handler = find_handler(plan, host, name);
    if (handler == NULL) {
        handler = &plan->handlers[plan->handler_count++];
        handler->host = host;
        handler->name = name;
        handler->causes =
            arena_alloc(&plan->arena, (plan->change_count + 1) * sizeof(size_t));
    }
    handler->script = script;
    return handler;
}

static bool host_goes(const struct plan *plan, const char *address)
{
    const struct draft *host = planner_find(plan->planner, address);
    return host == NULL || host->goes_with != NULL;
}

static bool voids(const struct change *change, const char *host, const char *handler)
{
    const struct preview *preview = change->preview;
    if (strcmp(change->host, host) != 0)
        return false;
    for (size_t i = 0; i < preview->void_count; i++)
        if (strcmp(preview->voids[i], handler) == 0)
            return true;
    return false;
}

// What a change owes without what nothing is left for.
static void take_back(struct plan *plan, struct change *change,
                      const struct change *const *voiding, size_t count)
{
    const struct preview *told = change->preview;
    struct preview *kept = arena_alloc(&plan->arena, sizeof *kept);
    *kept = *told;
    kept->handler_count = 0;
    kept->handlers =
        arena_alloc(&plan->arena, (told->handler_count + 1) * sizeof *kept->handlers);
    kept->handler_scripts = arena_alloc(&plan->arena, (told->handler_count + 1) *
                                                          sizeof *kept->handler_scripts);
    for (size_t i = 0; i < told->handler_count; i++) {
        bool is_void = false;
        for (size_t k = 0; k < count && !is_void; k++)
            is_void = voids(voiding[k], change->host, told->handlers[i]);
        if (is_void)
            continue;
        kept->handlers[kept->handler_count] = told->handlers[i];
        kept->handler_scripts[kept->handler_count++] = told->handler_scripts[i];
    }
    change->preview = kept;
}

// A service that is removed is not restarted for what changes with it.
static void void_handlers(struct plan *plan)
{
    const struct change **voiding =
        arena_alloc(&plan->arena, (plan->change_count + 1) * sizeof *voiding);
    size_t count = 0;
    for (size_t i = 0; i < plan->change_count; i++) {
        const struct change *change = &plan->changes[i];
        if (change->action == CHANGE_DELETE && change->host != NULL &&
            change->preview->void_count > 0)
            voiding[count++] = change;
    }
    for (size_t i = 0; i < plan->change_count && count > 0; i++) {
        struct change *change = &plan->changes[i];
        if (change->host != NULL && change->preview->handler_count > 0)
            take_back(plan, change, voiding, count);
    }
}

static void list_handlers(struct plan *plan)
{
    const struct journal_open *open = &plan->planner->open;
    size_t most = open->handler_count;
    for (size_t i = 0; i < plan->change_count; i++)
        most += plan->changes[i].preview->handler_count;
    plan->handlers = arena_alloc(&plan->arena, (most + 1) * sizeof *plan->handlers);
    for (size_t i = 0; i < open->handler_count; i++) {
        const struct record_handler *owed = &open->handlers[i];
        if (!host_goes(plan, owed->host))
            add_handler(plan, owed->host, owed->name, owed->script)->owed_since_run =
                owed->run;
    }
    for (size_t i = 0; i < plan->change_count; i++) {
        const struct change *change = &plan->changes[i];
        const struct preview *preview = change->preview;
        if (change->host == NULL || !plan_does(change))
            continue;
        for (size_t k = 0; k < preview->handler_count; k++) {
            struct plan_handler *handler = add_handler(
                plan, change->host, preview->handlers[k], preview->handler_scripts[k]);
            handler->causes[handler->cause_count++] = i;
        }
    }
}

static bool list_outputs(struct plan *plan, struct fault *fault)
{
    const struct resource_set *wanted = plan->planner->wanted;
    plan->output_count = wanted->output_count;
    plan->outputs =
        arena_alloc(&plan->arena, (wanted->output_count + 1) * sizeof *plan->outputs);
    for (size_t i = 0; i < wanted->output_count; i++) {
        plan->outputs[i].name = wanted->outputs[i].name;
        if (!resolve_value(plan->planner, wanted->outputs[i].value,
                           &plan->outputs[i].value, fault))
            return fault_while(fault, "working out the output %s",
                               wanted->outputs[i].name);
    }
    return true;
}

static bool is_foreign(const struct planner *planner, size_t index)
{
    const struct draft *draft = &planner->drafts[index];
    return planner_is_foreign(planner, draft) && draft->change->deferred == NULL;
}

#define MOST_NAMED 5

// What one other playbook declared, by address.
static void warn_of_playbook(struct planner *planner, size_t first)
{
    const char *playbook = planner->drafts[first].change->record->playbook;
    struct text names;
    size_t count = 0;
    text_init(&names, 0);
    for (size_t i = first; i < planner->removed_count; i++) {
        const struct change *change = planner->drafts[i].change;
        if (!is_foreign(planner, i) || strcmp(change->record->playbook, playbook) != 0)
            continue;
        if (count++ < MOST_NAMED)
            text_format(&names, "%s%s", count > 1 ? ", " : "", change->address);
    }
    if (count > MOST_NAMED)
        text_format(&names, " and %zu more", count - MOST_NAMED);
    planner_warn(planner, "left alone, of %s, which is not included: %s", playbook,
                 names.bytes);
    text_clear(&names);
}

static void warn_of_left_alone(struct plan *plan)
{
    struct planner *planner = plan->planner;
    struct map told;
    map_init(&told);
    for (size_t i = 0; i < planner->removed_count; i++) {
        const struct change *change = planner->drafts[i].change;
        if (change->blocked_by_protection && plan->is_destroy)
            planner_warn(planner, "%s is kept: %s", change->address, change->reason);
        if (!is_foreign(planner, i) || map_has(&told, change->record->playbook))
            continue;
        map_put(&told, change->record->playbook, planner);
        warn_of_playbook(planner, i);
    }
    map_clear(&told);
}

bool plan_arrange(struct plan *plan, struct fault *fault)
{
    struct planner *planner = plan->planner;
    struct graph *graph = &planner->graph;
    size_t *cycle = NULL, cycle_count = 0;
    for (size_t i = 0; i < planner->draft_count; i++)
        assert(planner->drafts[i].decided);
    arrange_removals(planner, graph);
    wave_arrange(planner, graph);
    if (!graph_sort(graph, &cycle, &cycle_count)) {
        fault_set(fault, FAULT_INTERNAL, "the removals could not be put in order");
        (void) wave_refuse(planner, cycle, cycle_count, fault);
        free(cycle);
        return false;
    }
    order_changes(plan, graph);
    copy_needs(plan, graph);
    count_changes(plan);
    void_handlers(plan);
    list_handlers(plan);
    warn_of_left_alone(plan);
    settle_tell(planner);
    plan->rollings = planner->wanted->rollings;
    plan->rolling_count = planner->wanted->rolling_count;
    plan->deferrals = planner->wanted->deferrals;
    plan->deferral_count = planner->wanted->deferral_count;
    return list_outputs(plan, fault);
}
