// SPDX-License-Identifier: MIT
//
// What must happen before what. Nodes are numbers; the smaller number goes first where no
// edge says otherwise, so that order is stable by declaration.
#pragma once

#include "engine/resource.h"

enum graph_edge_kind {
    GRAPH_NEED,  // before, and when it fails the later one is skipped
    GRAPH_ORDER, // before, whatever becomes of it
    GRAPH_SOFT,  // like GRAPH_NEED, given up where it would close a cycle
};

struct graph_edge {
    size_t from; // happens first
    size_t to;
    enum graph_edge_kind kind;
};

struct graph {
    size_t node_count;
    struct graph_edge *edges;
    size_t edge_count, edge_capacity;
    size_t *order;    // after graph_sort: nodes, first to last
    size_t *position; // its inverse
};

void graph_init(struct graph *graph, size_t node_count);
void graph_clear(struct graph *graph);
void graph_add_edge(struct graph *graph, size_t from, size_t to,
                    enum graph_edge_kind kind);

// Adds the edges of declarations; resource i is node `offset` + i. From references,
// `after`, host membership, declaration order on one host; checks follow all that their
// playbook declared before them. The set has passed resource_check.
void graph_add_declared(struct graph *graph, const struct resource_set *set,
                        size_t offset);

// Fills order and position; edges then lie in the order of the nodes they lead to, except
// soft ones that were given up. On a cycle false; `cycle` is then an array (free()) of
// the nodes on it, each needing the next and the last the first.
bool graph_sort(struct graph *graph, size_t **cycle, size_t *cycle_count) FAULT_CHECKED;

// The same for a set alone: the fault shows the cycle as a path with file and line.
bool graph_order(struct graph *graph, const struct resource_set *set, size_t offset,
                 struct fault *fault) FAULT_CHECKED;
