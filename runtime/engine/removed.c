// SPDX-License-Identifier: MIT
#include "engine/removed.h"

#include <string.h>

#include "value/address.h"

static const struct resource_removal *find(const struct resource_set *set,
                                           const char *address)
{
    for (size_t i = 0; i < set->removal_count; i++)
        if (address_matches(address, set->removals[i].pattern))
            return &set->removals[i];
    return NULL;
}

bool removed_check(const struct planner *planner, struct fault *fault)
{
    const struct resource_set *set = planner->wanted;
    for (size_t i = 0; set->removal_count > 0 && i < set->count; i++) {
        const struct resource *resource = &set->items[i];
        const struct resource_removal *removal = find(set, resource->address);
        if (removal == NULL)
            continue;
        fault_set(fault, FAULT_ERROR, "removed { \"%s\" }: %s is still declared",
                  removal->pattern, resource->address);
        fault_where(fault, "%s", removal->where);
        fault_why(fault, "it is declared at %s:%d", resource->playbook, resource->line);
        return fault_next(fault, "take out the declaration, or the word removed");
    }
    return true;
}

const struct resource_removal *removed_find(const struct planner *planner,
                                            const struct draft *draft)
{
    const struct resource_set *set = planner->wanted;
    if (set->removal_count == 0 || draft->change->resource != NULL ||
        draft->change->record == NULL)
        return NULL;
    const struct resource_removal *removal = find(set, draft->change->address);
    const struct draft *host = planner_host(planner, draft);
    if (removal == NULL && draft->change->host != NULL)
        removal = find(set, draft->change->host);
    if (removal == NULL && host != NULL) {
        const struct draft *machine = planner_machine(planner, host);
        if (machine != NULL)
            removal = find(set, machine->change->address);
    }
    return removal;
}
