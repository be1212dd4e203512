// SPDX-License-Identifier: MIT
#include "engine/resource.h"

#include <string.h>

#include "base/map.h"

// The set being looked through, and the first thing wrong with it.
struct search {
    const struct resource_set *set;
    struct map by_address;
    const struct resource *resource; // that holds the value; NULL for an output
    struct fault *fault;
    bool failed;
};

const struct resource *resource_find(const struct resource_set *set, const char *address)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->items[i].address, address) == 0)
            return &set->items[i];
    return NULL;
}

bool resource_stage_covers(const char *outer, const char *inner)
{
    size_t length = strlen(outer);
    return strncmp(outer, inner, length) == 0 &&
           (inner[length] == '\0' || inner[length] == '/');
}

static void set_where(struct search *search)
{
    const struct resource *resource = search->resource;
    if (resource != NULL && resource->playbook != NULL)
        fault_where(search->fault, "%s:%d", resource->playbook, resource->line);
    else if (search->set->playbook != NULL)
        fault_where(search->fault, "%s", search->set->playbook);
}

static const char *holder(const struct search *search)
{
    return search->resource != NULL ? search->resource->address : "an output";
}

static const struct resource *expect(struct search *search, const char *address,
                                     const char *relation)
{
    const struct resource *target = map_find(&search->by_address, address);
    if (target != NULL || search->failed)
        return target;
    search->failed = true;
    fault_set(search->fault, FAULT_ERROR, "%s %s %s, which is not declared",
              holder(search), relation, address);
    set_where(search);
    struct arena arena;
    arena_init(&arena, 0);
    const char **names = arena_alloc(&arena, (search->set->count + 1) * sizeof *names);
    for (size_t i = 0; i < search->set->count; i++)
        names[i] = search->set->items[i].address;
    const char *near = schema_nearest(address, names, search->set->count);
    if (near != NULL)
        fault_next(search->fault, "did you mean %s?", near);
    arena_clear(&arena);
    return NULL;
}

static void check_attribute(struct search *search, const struct resource *target,
                            const char *path)
{
    char name[128];
    size_t length = strcspn(path, ".");
    if (target->schema == NULL || target->schema->is_core || length == 0)
        return;
    if (length >= sizeof name)
        length = sizeof name - 1;
    memcpy(name, path, length);
    name[length] = '\0';
    if (strcmp(name, "name") == 0 || schema_find(target->schema, name) != NULL)
        return;
    search->failed = true;
    fault_set(search->fault, FAULT_ERROR, "%s uses %s.%s, but %s has no attribute \"%s\"",
              holder(search), target->address, path, target->type, name);
    set_where(search);
    struct arena arena;
    arena_init(&arena, 0);
    const char *near = schema_nearest_attribute(target->schema, &arena, name);
    if (near != NULL)
        fault_next(search->fault, "did you mean \"%s\"?", near);
    else
        fault_next(search->fault, "see `pipster types %s`", target->type);
    arena_clear(&arena);
}

static void check_reference(void *context, const struct value *value)
{
    struct search *search = context;
    if (value->kind != VALUE_REFERENCE || search->failed)
        return;
    const struct resource *target = expect(search, value->reference.address, "uses");
    if (target != NULL)
        check_attribute(search, target, value->reference.path);
}

static void check_host(struct search *search, const struct resource *resource)
{
    if (resource->host == NULL || search->failed)
        return;
    const struct resource *host = expect(search, resource->host, "is on");
    if (host == NULL || host->schema == NULL || host->schema->is_host)
        return;
    search->failed = true;
    fault_set(search->fault, FAULT_ERROR, "%s is on %s, which is not a host",
              resource->address, host->address);
    set_where(search);
    fault_next(search->fault, "give it on = the host of that machine");
}

static bool check_twice(struct search *search, struct fault *fault)
{
    for (size_t i = 0; i < search->set->count; i++) {
        const struct resource *resource = &search->set->items[i];
        const struct resource *first =
            map_add_lent(&search->by_address, resource->address, (void *) resource);
        if (first == NULL)
            continue;
        fault_set(fault, FAULT_ERROR, "%s is declared twice", resource->address);
        fault_where(fault, "%s:%d", resource->playbook, resource->line);
        fault_why(fault, "it was declared at %s:%d", first->playbook, first->line);
        return fault_next(fault, "rename one, or amend the first");
    }
    return true;
}

bool resource_check(const struct resource_set *set, struct fault *fault)
{
    struct search search = {.set = set, .fault = fault};
    map_init(&search.by_address);
    search.failed = !check_twice(&search, fault);
    for (size_t i = 0; i < set->count && !search.failed; i++) {
        search.resource = &set->items[i];
        check_host(&search, search.resource);
        for (size_t k = 0; k < search.resource->after_count; k++)
            expect(&search, search.resource->after[k], "comes after");
        if (search.resource->attributes != NULL)
            value_walk(search.resource->attributes, check_reference, &search);
    }
    search.resource = NULL;
    for (size_t i = 0; i < set->output_count && !search.failed; i++)
        if (set->outputs[i].value != NULL)
            value_walk(set->outputs[i].value, check_reference, &search);
    map_clear(&search.by_address);
    return !search.failed;
}
