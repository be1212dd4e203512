// SPDX-License-Identifier: MIT
//
// The sources of the revenue that a project declares: those of pipster.lua and those of a
// playbook are one list.
#pragma once

#include "command/workbench.h"

struct revenue_source {
    const char *kind; // "csv"
    const char *where;
    const char *of; // what tells its declaration from another, without its contents
    const struct value *settings;
    int64_t max_age_ms;
    // It is looked at each time: no request is made, and no command run.
    bool is_local;
};

struct revenue_sources {
    struct revenue_source *items;
    size_t count;
};

// `wanted` NULL: of pipster.lua alone. What is declared twice counts once.
bool revenue_source_list(const struct project *project, const struct resource_set *wanted,
                         struct arena *arena, struct revenue_sources *sources,
                         struct fault *fault) FAULT_CHECKED;

// Requests that it takes; -1: as many as there are pages.
int64_t revenue_source_requests(const struct revenue_source *source);
// The name of the variable that holds its key, or NULL.
const char *revenue_source_variable(const struct revenue_source *source);
// Its key is put below http, for its own address only. In a plan no command is run for
// it that is not declared safe.
bool revenue_source_lend(struct workbench *bench, const struct revenue_source *source,
                         bool in_plan, struct fault *fault) FAULT_CHECKED;
