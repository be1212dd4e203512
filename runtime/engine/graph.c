// SPDX-License-Identifier: MIT
#include "engine/graph.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"

static void *take_memory(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);
    if (memory == NULL)
        abort();
    return memory;
}

void graph_init(struct graph *graph, size_t node_count)
{
    *graph = (struct graph){.node_count = node_count};
}

void graph_clear(struct graph *graph)
{
    free(graph->edges);
    free(graph->order);
    free(graph->position);
    *graph = (struct graph){0};
}

void graph_add_edge(struct graph *graph, size_t from, size_t to,
                    enum graph_edge_kind kind)
{
    assert(from < graph->node_count && to < graph->node_count);
    if (graph->edge_count == graph->edge_capacity) {
        graph->edge_capacity = graph->edge_capacity * 2 + 64;
        graph->edges = realloc(graph->edges, graph->edge_capacity * sizeof *graph->edges);
        if (graph->edges == NULL)
            abort();
    }
    graph->edges[graph->edge_count++] = (struct graph_edge){from, to, kind};
}

// The declarations of a set on their way into the graph.
struct declaring {
    struct graph *graph;
    const struct resource_set *set;
    size_t offset;
    struct map nodes; // address → node + 1; empty until one is asked for
    struct map last;  // host → the last thing declared on it, + 1
    struct map firm;  // host → the last one whose failure stops the host, + 1
    size_t node;      // of the resource at hand
};

static size_t find_node(const struct map *map, const char *key)
{
    return (size_t) map_find(map, key);
}

static void fill_nodes(struct declaring *declaring)
{
    const struct resource_set *set = declaring->set;
    for (size_t i = 0; i < set->count; i++)
        map_add_lent(&declaring->nodes, set->items[i].address,
                     (void *) (declaring->offset + i + 1));
}

static void need(struct declaring *declaring, const char *address)
{
    if (declaring->nodes.count == 0)
        fill_nodes(declaring);
    size_t found = find_node(&declaring->nodes, address);
    if (found != 0)
        graph_add_edge(declaring->graph, found - 1, declaring->node, GRAPH_NEED);
}

static void need_reference(void *context, const struct value *value)
{
    if (value->kind == VALUE_REFERENCE)
        need(context, value->reference.address);
}

static enum graph_edge_kind kind_after(const struct resource *resource)
{
    return resource->keep_going ? GRAPH_ORDER : GRAPH_NEED;
}

static void follow_host(struct declaring *declaring, const struct resource *resource)
{
    size_t last = find_node(&declaring->last, resource->host);
    size_t firm = find_node(&declaring->firm, resource->host);
    need(declaring, resource->host);
    // One that may fail is only waited for: the last firm one before it decides.
    if (last != 0 && last != firm)
        graph_add_edge(declaring->graph, last - 1, declaring->node, GRAPH_ORDER);
    if (firm != 0)
        graph_add_edge(declaring->graph, firm - 1, declaring->node, GRAPH_NEED);
    if (resource->schema != NULL && resource->schema->is_check)
        return;
    map_put(&declaring->last, resource->host, (void *) (declaring->node + 1));
    if (!resource->keep_going)
        map_put(&declaring->firm, resource->host, (void *) (declaring->node + 1));
}

static bool same_playbook(const struct resource *left, const struct resource *right)
{
    if (left->playbook == NULL || right->playbook == NULL)
        return left->playbook == right->playbook;
    return strcmp(left->playbook, right->playbook) == 0;
}

static void follow_playbook(struct declaring *declaring, size_t index)
{
    const struct resource *check = &declaring->set->items[index];
    for (size_t i = 0; i < index; i++) {
        const struct resource *earlier = &declaring->set->items[i];
        bool is_check = earlier->schema != NULL && earlier->schema->is_check;
        if (!is_check && same_playbook(earlier, check))
            graph_add_edge(declaring->graph, declaring->offset + i, declaring->node,
                           kind_after(earlier));
    }
}

void graph_add_declared(struct graph *graph, const struct resource_set *set,
                        size_t offset)
{
    struct declaring declaring = {.graph = graph, .set = set, .offset = offset};
    map_init(&declaring.nodes);
    map_init(&declaring.last);
    map_init(&declaring.firm);
    for (size_t i = 0; i < set->count; i++) {
        const struct resource *resource = &set->items[i];
        declaring.node = offset + i;
        if (resource->attributes != NULL)
            value_walk(resource->attributes, need_reference, &declaring);
        for (size_t k = 0; k < resource->after_count; k++)
            need(&declaring, resource->after[k]);
        if (resource->host != NULL)
            follow_host(&declaring, resource);
        if (resource->schema != NULL && resource->schema->is_check)
            follow_playbook(&declaring, i);
    }
    map_clear(&declaring.firm);
    map_clear(&declaring.last);
    map_clear(&declaring.nodes);
}

// Sorting: Kahn's way with a heap, so that the smallest ready node is always next.
struct sorting {
    const struct graph *graph;
    size_t *starts;  // of a node's edges in `targets`
    size_t *targets; // indexes of edges
    size_t *waiting; // predecessors not placed yet
    size_t *firm;    // those of them that are not soft
    size_t *heap;
    size_t heap_count;
    bool *placed;
};

static void heap_push(struct sorting *sorting, size_t node)
{
    size_t i = sorting->heap_count++;
    while (i > 0 && sorting->heap[(i - 1) / 2] > node) {
        sorting->heap[i] = sorting->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    sorting->heap[i] = node;
}

static size_t heap_pop(struct sorting *sorting)
{
    size_t top = sorting->heap[0], node = sorting->heap[--sorting->heap_count], i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= sorting->heap_count)
            break;
        if (child + 1 < sorting->heap_count &&
            sorting->heap[child + 1] < sorting->heap[child])
            child++;
        if (sorting->heap[child] >= node)
            break;
        sorting->heap[i] = sorting->heap[child];
        i = child;
    }
    sorting->heap[i] = node;
    return top;
}

static void sorting_init(struct sorting *sorting, const struct graph *graph)
{
    size_t count = graph->node_count;
    *sorting = (struct sorting){.graph = graph};
    sorting->starts = take_memory(count + 1, sizeof(size_t));
    sorting->targets = take_memory(graph->edge_count, sizeof(size_t));
    sorting->waiting = take_memory(count, sizeof(size_t));
    sorting->firm = take_memory(count, sizeof(size_t));
    sorting->heap = take_memory(count, sizeof(size_t));
    sorting->placed = take_memory(count, sizeof(bool));
    for (size_t i = 0; i < graph->edge_count; i++) {
        const struct graph_edge *edge = &graph->edges[i];
        sorting->starts[edge->from + 1]++;
        sorting->waiting[edge->to]++;
        sorting->firm[edge->to] += edge->kind != GRAPH_SOFT;
    }
    for (size_t i = 0; i < count; i++)
        sorting->starts[i + 1] += sorting->starts[i];
    size_t *filled = take_memory(count, sizeof(size_t));
    for (size_t i = 0; i < graph->edge_count; i++) {
        size_t from = graph->edges[i].from;
        sorting->targets[sorting->starts[from] + filled[from]++] = i;
    }
    free(filled);
}

static void sorting_clear(struct sorting *sorting)
{
    free(sorting->starts);
    free(sorting->targets);
    free(sorting->waiting);
    free(sorting->firm);
    free(sorting->heap);
    free(sorting->placed);
}

static void place(struct sorting *sorting, size_t node)
{
    sorting->placed[node] = true;
    for (size_t i = sorting->starts[node]; i < sorting->starts[node + 1]; i++) {
        const struct graph_edge *edge = &sorting->graph->edges[sorting->targets[i]];
        sorting->firm[edge->to] -= edge->kind != GRAPH_SOFT;
        if (--sorting->waiting[edge->to] == 0 && !sorting->placed[edge->to])
            heap_push(sorting, edge->to);
    }
}

// Nothing is ready: the first node that only soft edges hold back.
static bool find_soft(const struct sorting *sorting, size_t *node)
{
    for (size_t i = 0; i < sorting->graph->node_count; i++) {
        if (!sorting->placed[i] && sorting->firm[i] == 0) {
            *node = i;
            return true;
        }
    }
    return false;
}

// Every node left needs another one left: walking needs must come round.
static void find_cycle(const struct sorting *sorting, size_t **cycle, size_t *count)
{
    size_t nodes = sorting->graph->node_count, at = 0, length = 0;
    size_t *needs = take_memory(nodes, sizeof(size_t)); // node → one it needs
    size_t *seen = take_memory(nodes, sizeof(size_t));  // node → place in path + 1
    size_t *path = take_memory(nodes, sizeof(size_t));
    for (size_t i = sorting->graph->edge_count; i-- > 0;) {
        const struct graph_edge *edge = &sorting->graph->edges[i];
        bool left = !sorting->placed[edge->from] && !sorting->placed[edge->to];
        if (left && edge->kind != GRAPH_SOFT)
            needs[edge->to] = edge->from;
    }
    while (sorting->placed[at])
        at++;
    while (seen[at] == 0) {
        path[length++] = at;
        seen[at] = length;
        at = needs[at];
    }
    size_t begin = seen[at] - 1, smallest = begin;
    for (size_t i = begin; i < length; i++)
        if (path[i] < path[smallest])
            smallest = i;
    *count = length - begin;
    *cycle = take_memory(*count, sizeof(size_t));
    for (size_t i = 0; i < *count; i++)
        (*cycle)[i] = path[begin + (smallest - begin + i) % *count];
    free(needs);
    free(seen);
    free(path);
}

static void order_edges(struct graph *graph)
{
    size_t *starts = take_memory(graph->node_count + 1, sizeof(size_t));
    struct graph_edge *edges = take_memory(graph->edge_count, sizeof *edges);
    for (size_t i = 0; i < graph->edge_count; i++)
        starts[graph->position[graph->edges[i].to] + 1]++;
    for (size_t i = 0; i < graph->node_count; i++)
        starts[i + 1] += starts[i];
    for (size_t i = 0; i < graph->edge_count; i++)
        edges[starts[graph->position[graph->edges[i].to]]++] = graph->edges[i];
    free(starts);
    free(graph->edges);
    graph->edges = edges;
    graph->edge_capacity = graph->edge_count;
}

bool graph_sort(struct graph *graph, size_t **cycle, size_t *cycle_count)
{
    struct sorting sorting;
    size_t done = 0;
    sorting_init(&sorting, graph);
    free(graph->order);
    free(graph->position);
    graph->order = take_memory(graph->node_count, sizeof(size_t));
    graph->position = take_memory(graph->node_count, sizeof(size_t));
    for (size_t i = 0; i < graph->node_count; i++)
        if (sorting.waiting[i] == 0)
            heap_push(&sorting, i);
    while (done < graph->node_count) {
        size_t node;
        if (sorting.heap_count > 0)
            node = heap_pop(&sorting);
        else if (!find_soft(&sorting, &node))
            break;
        graph->position[node] = done;
        graph->order[done++] = node;
        place(&sorting, node);
    }
    bool sorted = done == graph->node_count;
    if (!sorted)
        find_cycle(&sorting, cycle, cycle_count);
    sorting_clear(&sorting);
    if (sorted)
        order_edges(graph);
    return sorted;
}

bool graph_order(struct graph *graph, const struct resource_set *set, size_t offset,
                 struct fault *fault)
{
    size_t *cycle = NULL, count = 0;
    graph_add_declared(graph, set, offset);
    if (graph_sort(graph, &cycle, &count))
        return true;
    struct text path;
    text_init(&path, 1500);
    const struct resource *first = &set->items[cycle[0] - offset];
    for (size_t i = 0; i < count; i++) {
        const struct resource *resource = &set->items[cycle[i] - offset];
        text_format(&path, "%s (%s:%d) → ", resource->address, resource->playbook,
                    resource->line);
    }
    fault_set(fault, FAULT_ERROR, "these wait for each other: %s%s", path.bytes,
              first->address);
    fault_where(fault, "%s:%d", first->playbook, first->line);
    fault_why(fault, "each arrow reads: needs, or is declared after on the same host");
    fault_next(fault, "take out one of these references, or move a declaration");
    text_clear(&path);
    free(cycle);
    return false;
}
