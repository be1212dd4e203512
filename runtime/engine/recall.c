// SPDX-License-Identifier: MIT
#include "engine/recall.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "engine/graph.h"
#include "value/address.h"

struct recalling {
    struct arena *arena;
    const struct engine *engine;
    const struct record *rows;
    size_t count;
    struct recall *recall;
    struct map places; // address → its place among the rows + 1
    struct fault *fault;
    bool failed;
};

static size_t place_of(const struct recalling *recalling, const char *address)
{
    return (size_t) map_find(&recalling->places, address);
}

// Whether it is a row that is made into a declaration.
static bool is_there(const struct recalling *recalling, const char *address)
{
    const struct provider *provider = recalling->engine->provider;
    size_t place = place_of(recalling, address);
    const struct record *row = place != 0 ? &recalling->rows[place - 1] : NULL;
    return row != NULL && provider->schema(provider->context, row->type) != NULL &&
           (row->host == NULL || is_there(recalling, row->host));
}

// Secrets

static bool is_digest(const struct value *value)
{
    return value->kind == VALUE_MAP && value_find(value, "$secret") != NULL;
}

// The secret that a digest stands for, when it is sealed under its own name; else NULL.
static const struct value *open_digest(struct recalling *recalling,
                                       const struct value *digest)
{
    const struct engine *engine = recalling->engine;
    const char *label = value_find_text(digest, "$secret", NULL);
    const struct value *secret = NULL;
    if (label == NULL || engine->vault == NULL || recalling->failed)
        return NULL;
    recalling->failed = !secret_load(engine->database, engine->vault, recalling->arena,
                                     label, &secret, recalling->fault);
    bool same = !recalling->failed && secret != NULL &&
                vault_digest_matches(engine->vault, digest, secret);
    return same ? secret : NULL;
}

static const struct value *revive(struct recalling *recalling, const struct value *value);

static const struct value *revive_items(struct recalling *recalling,
                                        const struct value *list)
{
    size_t count = list->list.count;
    const struct value **items =
        arena_alloc(recalling->arena, (count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++) {
        items[i] = revive(recalling, list->list.items[i]);
        if (items[i] == NULL)
            return NULL;
    }
    return list->kind == VALUE_TEMPLATE ? value_template(recalling->arena, items, count)
                                        : value_list(recalling->arena, items, count);
}

static const struct value *revive_entries(struct recalling *recalling,
                                          const struct value *map)
{
    size_t count = map->map.count;
    struct value_entry *entries =
        arena_alloc(recalling->arena, (count + 1) * sizeof *entries);
    for (size_t i = 0; i < count; i++) {
        entries[i].key = map->map.entries[i].key;
        entries[i].value = revive(recalling, map->map.entries[i].value);
        if (entries[i].value == NULL)
            return NULL;
    }
    return value_map(recalling->arena, entries, count);
}

// With secrets in the place of their digests; NULL when one of them is not kept. An
// unknown is a label that was written without its digest.
static const struct value *revive(struct recalling *recalling, const struct value *value)
{
    switch (value->kind) {
    case VALUE_UNKNOWN:
        return NULL;
    case VALUE_REFERENCE:
        return is_there(recalling, value->reference.address) ? value : NULL;
    case VALUE_LIST:
    case VALUE_TEMPLATE:
        return revive_items(recalling, value);
    case VALUE_MAP:
        return is_digest(value) ? open_digest(recalling, value)
                                : revive_entries(recalling, value);
    default:
        return value;
    }
}

static void lose(struct recalling *recalling, const char *address, const char *attribute)
{
    struct recall *recall = recalling->recall;
    struct recall_lost *grown =
        arena_alloc(recalling->arena, (recall->lost_count + 1) * sizeof *grown);
    if (recall->lost_count > 0)
        memcpy(grown, recall->lost, recall->lost_count * sizeof *grown);
    grown[recall->lost_count++] = (struct recall_lost){address, attribute};
    recall->lost = grown;
}

static const struct value *attributes_of(struct recalling *recalling,
                                         const struct record *row)
{
    const struct value *wanted = row->wanted;
    size_t count = wanted != NULL && wanted->kind == VALUE_MAP ? wanted->map.count : 0,
           kept = 0;
    struct value_entry *entries =
        arena_alloc(recalling->arena, (count + 1) * sizeof *entries);
    for (size_t i = 0; i < count; i++) {
        const struct value_entry *entry = &wanted->map.entries[i];
        const struct value *value = revive(recalling, entry->value);
        if (value != NULL)
            entries[kept++] = (struct value_entry){entry->key, value};
        else
            lose(recalling, row->address, entry->key);
    }
    return value_map(recalling->arena, entries, kept);
}

// Order

struct linking {
    const struct recalling *recalling;
    struct graph *graph;
    size_t place;
};

static void link_to(const struct linking *linking, const char *address)
{
    size_t found = place_of(linking->recalling, address);
    if (found != 0 && found - 1 != linking->place)
        graph_add_edge(linking->graph, found - 1, linking->place, GRAPH_SOFT);
}

static void link_reference(void *context, const struct value *value)
{
    if (value->kind == VALUE_REFERENCE)
        link_to(context, value->reference.address);
}

// What state recorded at different times may contradict itself: no edge is firm.
static void sort_rows(const struct recalling *recalling, struct graph *graph)
{
    size_t *cycle = NULL, cycle_count = 0;
    for (size_t i = 0; i < recalling->count; i++) {
        const struct record *row = &recalling->rows[i];
        struct linking linking = {recalling, graph, i};
        for (size_t k = 0; k < row->need_count; k++)
            link_to(&linking, row->needs[k]);
        if (row->host != NULL)
            link_to(&linking, row->host);
        if (row->wanted != NULL)
            value_walk(row->wanted, link_reference, &linking);
    }
    if (!graph_sort(graph, &cycle, &cycle_count))
        abort();
}

// On one host the order says it already.
static void add_after(const struct recalling *recalling, const struct graph *graph,
                      struct resource *resource, const struct record *row)
{
    const char **after =
        arena_alloc(recalling->arena, (row->need_count + 1) * sizeof *after);
    size_t own = graph->position[place_of(recalling, row->address) - 1];
    for (size_t i = 0; i < row->need_count; i++) {
        size_t found = place_of(recalling, row->needs[i]);
        const struct record *needed = found != 0 ? &recalling->rows[found - 1] : NULL;
        bool beside = needed != NULL && needed->host != NULL && row->host != NULL &&
                      strcmp(needed->host, row->host) == 0;
        if (needed != NULL && !beside && is_there(recalling, needed->address) &&
            graph->position[found - 1] < own)
            after[resource->after_count++] = needed->address;
    }
    resource->after = after;
}

static void add_resource(struct recalling *recalling, const struct graph *graph,
                         const struct record *row)
{
    const struct provider *provider = recalling->engine->provider;
    const struct schema *schema = provider->schema(provider->context, row->type);
    struct resource_set *set = &recalling->recall->set;
    struct resource *resource = &set->items[set->count];
    struct address address;
    struct fault ignored;
    if (!is_there(recalling, row->address))
        return;
    *resource = (struct resource){
        .address = row->address,
        .type = row->type,
        .host = row->host,
        .playbook = row->playbook,
        .stage = row->stage,
        .tags = row->tags,
        .phase = row->phase,
        .order = set->count++,
        .schema = schema,
        .attributes = attributes_of(recalling, row),
        .protect = row->protect,
        .ignore = row->ignore,
        .restarts = row->restarts,
        .reloads = row->reloads,
    };
    if (address_parse(recalling->arena, row->address, &address, &ignored))
        resource->name = address.name;
    add_after(recalling, graph, resource, row);
}

bool recall_rows(struct arena *arena, const struct engine *engine,
                 const struct record *rows, size_t count, struct recall *recall,
                 struct fault *fault)
{
    struct recalling recalling = {.arena = arena,
                                  .engine = engine,
                                  .rows = rows,
                                  .count = count,
                                  .recall = recall,
                                  .fault = fault};
    struct graph graph;
    *recall = (struct recall){0};
    recall->set.items = arena_alloc(arena, (count + 1) * sizeof *recall->set.items);
    map_init(&recalling.places);
    graph_init(&graph, count);
    for (size_t i = 0; i < count; i++)
        map_put(&recalling.places, rows[i].address, (void *) (i + 1));
    sort_rows(&recalling, &graph);
    for (size_t i = 0; i < count && !recalling.failed; i++)
        add_resource(&recalling, &graph, &rows[graph.order[i]]);
    graph_clear(&graph);
    map_clear(&recalling.places);
    return !recalling.failed || fault_while(fault, "recalling what was declared");
}
