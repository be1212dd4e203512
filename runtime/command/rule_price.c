// SPDX-License-Identifier: MIT
#include "command/rule_price.h"

#include <string.h>

#include "command/accepted.h"
#include "command/planning.h"
#include "store/rule.h"

bool rule_price_open(struct rule_price *price, struct workbench *bench,
                     struct fault *fault)
{
    *price = (struct rule_price){.bench = bench};
    map_init(&price->kept);
    if (!workbench_evaluate(bench, fault))
        return false;
    price->declared = bench->wanted;
    return true;
}

void rule_price_close(struct rule_price *price)
{
    map_clear(&price->kept);
}

static bool is_declared(const struct resource_set *wanted, const char *address)
{
    for (size_t i = 0; i < wanted->count; i++)
        if (strcmp(wanted->items[i].address, address) == 0)
            return true;
    return false;
}

// Without the playbook only what is declared already can be amended.
static bool can_amend(const struct rule_price *price, const char *address,
                      bool is_included)
{
    return is_included || is_declared(&price->declared, address);
}

// What a rule proposes, behind what there is. False: not all of it is there: a playbook,
// or what a stage has yet to declare.
static bool add_proposal(const struct rule_price *price, const struct rule *rule,
                         struct script_amendment *amendments, size_t *count)
{
    struct arena *arena = &price->bench->arena;
    const char *where = arena_format(arena, "%s (rule \"%s\")", rule->where, rule->name);
    const char *path = NULL;
    struct fault ignored = {0};
    bool is_there =
        rule->include == NULL ||
        project_playbook(&price->bench->project, arena, rule->include, &path, &ignored);
    if (path != NULL)
        amendments[(*count)++] =
            (struct script_amendment){.include = path, .where = where};
    if (rule->asks)
        amendments[(*count)++] =
            (struct script_amendment){.proposes = rule->name, .where = where};
    for (size_t i = 0; rule->amend != NULL && i < rule->amend->map.count; i++) {
        const struct value_entry *entry = &rule->amend->map.entries[i];
        bool can = can_amend(price, entry->key, path != NULL);
        is_there = is_there && can;
        if (can && !rule->asks)
            amendments[(*count)++] = (struct script_amendment){
                .address = entry->key, .attributes = entry->value, .where = where};
    }
    return is_there;
}

static size_t most_amendments(const struct rule_price *price)
{
    size_t most = 1;
    for (size_t i = 0; i < price->bench->accepted.count; i++)
        most += accepted_room(&price->bench->accepted.rows[i]);
    for (size_t i = 0; i < price->declared.rule_count; i++) {
        const struct rule *rule = &price->declared.rules[i];
        most += 2 + (rule->amend != NULL ? rule->amend->map.count : 0);
    }
    return most;
}

// What a guard forbids has its price all the same.
static bool plan(struct workbench *bench, struct forecast_price *monthly,
                 struct fault *fault)
{
    const struct engine_options asked = {.leave_unreached = true};
    struct plan *made = NULL;
    bool done = planning_make(bench, &asked, &made, fault);
    if (!done && made != NULL && fault->kind == FAULT_BLOCKED) {
        *fault = (struct fault){0};
        done = true;
    }
    if (done)
        *monthly = (struct forecast_price){made->cost_after, made->cost_is_known};
    plan_free(made);
    return done;
}

// What was accepted, but of rules that are not to be in force. The playbook may not say
// its rule any more.
static void add_accepted(const struct rule_price *price, const bool *in_force,
                         struct script_amendment *amendments, size_t *count)
{
    const struct record_amendments *accepted = &price->bench->accepted;
    for (size_t i = 0; i < accepted->count; i++) {
        bool counts = true;
        for (size_t k = 0; k < price->declared.rule_count; k++) {
            const struct rule *rule = &price->declared.rules[k];
            if (rule_find_amendment(accepted, rule->file, rule->name) ==
                &accepted->rows[i])
                counts = in_force[k];
        }
        if (counts)
            accepted_add(price->bench, &accepted->rows[i], amendments, count);
    }
}

static bool is_accepted(const struct rule_price *price, const struct rule *rule)
{
    return rule_find_amendment(&price->bench->accepted, rule->file, rule->name) != NULL;
}

static bool price_anew(struct rule_price *price, const bool *in_force,
                       struct forecast_price *monthly, struct fault *fault)
{
    struct workbench *bench = price->bench;
    struct script_amendment *amendments =
        arena_alloc(&bench->arena, most_amendments(price) * sizeof *amendments);
    size_t count = 0;
    bool is_whole = true;
    add_accepted(price, in_force, amendments, &count);
    for (size_t i = 0; i < price->declared.rule_count; i++)
        if (in_force[i] && !is_accepted(price, &price->declared.rules[i]) &&
            !add_proposal(price, &price->declared.rules[i], amendments, &count))
            is_whole = false;
    script_set_amendments(bench->script, amendments, count);
    bool done = plan(bench, monthly, fault);
    accepted_lay(bench);
    monthly->is_whole = monthly->is_whole && is_whole;
    return done;
}

bool rule_price_ask(struct rule_price *price, const bool *in_force,
                    struct forecast_price *monthly, struct fault *fault)
{
    struct arena *arena = &price->bench->arena;
    char *key = arena_alloc(arena, price->declared.rule_count + 2);
    key[0] = '=';
    for (size_t i = 0; i < price->declared.rule_count; i++)
        key[i + 1] = in_force[i] ? '1' : '0';
    const struct forecast_price *known = map_find(&price->kept, key);
    if (known != NULL) {
        *monthly = *known;
        return true;
    }
    struct forecast_price *made = arena_alloc(arena, sizeof *made);
    if (!price_anew(price, in_force, made, fault))
        return false;
    map_put(&price->kept, key, made);
    *monthly = *made;
    return true;
}

bool rule_price_of(void *context, const bool *in_force, struct forecast_price *monthly,
                   struct fault *fault)
{
    return rule_price_ask(context, in_force, monthly, fault);
}
