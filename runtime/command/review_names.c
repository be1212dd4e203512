// SPDX-License-Identifier: MIT
#include "command/review_names.h"

#include <string.h>

bool review_names_has(const struct review_names *names, const char *name)
{
    for (size_t i = 0; i < names->items.count; i++)
        if (strcmp(names->items.items[i], name) == 0)
            return true;
    return false;
}

static void add(struct review_names *names, const char *name)
{
    if (!review_names_has(names, name))
        array_add(&names->items, (void *) name);
}

static void add_condition(struct review_names *names,
                          const struct rule_condition *condition)
{
    for (size_t i = 0; i < condition->count; i++)
        for (size_t k = 0; k < condition->any[i].count; k++)
            if (condition->any[i].items[k].kind == RULE_ANSWER)
                add(names, condition->any[i].items[k].figure);
}

static void add_rules(struct review_names *names, const struct resource_set *set)
{
    for (size_t i = 0; i < set->rule_count; i++) {
        const struct rule *rule = &set->rules[i];
        const struct rule_condition *const conditions[] = {
            &rule->when, &rule->evidence, &rule->release, &rule->fit, &rule->metric};
        for (size_t k = 0; k < 5; k++)
            add_condition(names, conditions[k]);
    }
}

void review_names_list(struct workbench *bench, struct review_names *names)
{
    const struct resource_set kept = bench->wanted;
    const char *playbook = bench->playbook;
    struct fault ignored = {0};
    *names = (struct review_names){0};
    array_init(&names->items);
    for (size_t i = 0; i < kept.reviews.count; i++)
        if (kept.reviews.items[i].ask != NULL)
            add(names, kept.reviews.items[i].name);
    bench->playbook = bench->tip;
    if (bench->tip != NULL && workbench_evaluate(bench, &ignored))
        add_rules(names, &bench->wanted);
    else
        names->unread = bench->tip;
    bench->playbook = playbook;
    bench->wanted = kept;
}

void review_names_clear(struct review_names *names)
{
    array_clear(&names->items);
}
