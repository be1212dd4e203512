// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/array.h"
#include "command/command.h"
#include "command/planning.h"
#include "view/explain_view.h"
#include "view/json_view.h"

struct explaining {
    struct workbench bench;
    struct options options; // of the plan: what stands behind the address
    struct plan *plan;
    struct fault no_plan;
    struct explanation told;
};

// What hangs together

struct seeking {
    struct arena *arena;
    const char *from;    // whose needs these are
    struct array *found; // addresses
};

static void add_address(const struct seeking *seeking, const char *address)
{
    if (address == NULL || strcmp(address, seeking->from) == 0)
        return;
    for (size_t i = 0; i < seeking->found->count; i++)
        if (strcmp(seeking->found->items[i], address) == 0)
            return;
    array_add(seeking->found, arena_text(seeking->arena, address));
}

static void add_reference(void *context, const struct value *value)
{
    if (value->kind == VALUE_REFERENCE)
        add_address(context, value->reference.address);
}

// What one thing refers to, comes after or is on.
static void seek_needs(struct seeking *seeking, const struct resource *resource,
                       const struct record *record)
{
    const struct value *declared =
        resource != NULL ? resource->attributes : record->wanted;
    add_address(seeking, resource != NULL ? resource->host : record->host);
    for (size_t i = 0; resource != NULL && i < resource->after_count; i++)
        add_address(seeking, resource->after[i]);
    if (declared != NULL)
        value_walk(declared, add_reference, seeking);
}

static const char *const *take(struct arena *arena, struct array *found, size_t *count)
{
    const char **list = arena_alloc(arena, (found->count + 1) * sizeof *list);
    for (size_t i = 0; i < found->count; i++)
        list[i] = found->items[i];
    *count = found->count;
    array_clear(found);
    return list;
}

static void find_needed_by(struct explaining *explaining)
{
    struct arena *arena = &explaining->bench.arena;
    const struct resource_set *set = &explaining->bench.wanted;
    const struct state_rows *rows = &explaining->bench.recorded;
    struct array users, needs;
    array_init(&users);
    array_init(&needs);
    for (size_t i = 0; i < set->count + rows->count; i++) {
        const struct resource *resource = i < set->count ? &set->items[i] : NULL;
        const struct record *record =
            resource == NULL ? &rows->rows[i - set->count] : NULL;
        const char *address = resource != NULL ? resource->address : record->address;
        struct seeking seeking = {arena, address, &needs};
        if (record != NULL && resource_find(set, address) != NULL)
            continue;
        needs.count = 0;
        seek_needs(&seeking, resource, record);
        for (size_t k = 0; k < needs.count; k++)
            if (strcmp(needs.items[k], explaining->told.address) == 0)
                array_add(&users, (void *) address);
    }
    array_clear(&needs);
    explaining->told.needed_by = take(arena, &users, &explaining->told.needed_by_count);
}

static void find_needs(struct explaining *explaining)
{
    struct explanation *told = &explaining->told;
    const struct resource *resource =
        resource_find(&explaining->bench.wanted, told->address);
    struct array needs;
    struct seeking seeking = {&explaining->bench.arena, told->address, &needs};
    array_init(&needs);
    if (resource != NULL || told->record != NULL)
        seek_needs(&seeking, resource, told->record);
    told->needs = take(&explaining->bench.arena, &needs, &told->need_count);
}

// What the journal knows

static bool read_past(struct explaining *explaining, struct fault *fault)
{
    struct workbench *bench = &explaining->bench;
    struct explanation *told = &explaining->told;
    struct record_step *steps = NULL;
    struct journal_open open = {0};
    if (!journal_load_steps_of(bench->database, &bench->arena, told->address, &steps,
                               &told->step_count, fault) ||
        !journal_load_open(bench->database, &bench->arena, &open, fault))
        return false;
    told->steps = steps;
    size_t kept = 0;
    for (size_t i = 0; i < open.handler_count; i++)
        if (strcmp(open.handlers[i].cause, told->address) == 0 ||
            strcmp(open.handlers[i].host, told->address) == 0)
            open.handlers[kept++] = open.handlers[i];
    told->owed = open.handlers;
    told->owed_count = kept;
    return true;
}

static bool refuse_unknown(const struct explaining *explaining, struct fault *fault)
{
    const struct workbench *bench = &explaining->bench;
    const struct resource_set *set = &bench->wanted;
    size_t count = 0;
    const char **names =
        arena_alloc((struct arena *) &bench->arena,
                    (set->count + bench->recorded.count + 1) * sizeof *names);
    for (size_t i = 0; i < set->count; i++)
        names[count++] = set->items[i].address;
    for (size_t i = 0; i < bench->recorded.count; i++)
        names[count++] = bench->recorded.rows[i].address;
    const char *near = schema_nearest(explaining->told.address, names, count);
    fault_set(fault, FAULT_USAGE, "nothing is called %s", explaining->told.address);
    fault_why(fault, "it is not declared, not recorded, and no run ever touched it");
    if (near != NULL)
        return fault_next(fault, "did you mean %s?", near);
    return fault_next(fault, "pipster state list");
}

// A playbook that cannot be planned leaves the verdict open, and the rest is told. One
// that is blocked by a guard is planned all the same.
static void plan_it(struct explaining *explaining)
{
    struct workbench *bench = &explaining->bench;
    const struct engine_options asked = {0};
    bench->options = &explaining->options;
    bool planned = planning_make(bench, &asked, &explaining->plan, &explaining->no_plan);
    if (!planned && explaining->plan == NULL)
        explaining->told.no_plan = &explaining->no_plan;
    else
        explaining->told.change = plan_find(explaining->plan, explaining->told.address);
    explaining->told.playbook = bench->wanted.playbook;
}

static bool explain(struct explaining *explaining, struct fault *fault)
{
    struct workbench *bench = &explaining->bench;
    struct explanation *told = &explaining->told;
    told->record = state_find(&bench->recorded, told->address);
    if (!read_past(explaining, fault))
        return false;
    plan_it(explaining);
    if (told->record == NULL && told->change == NULL && told->step_count == 0)
        return refuse_unknown(explaining, fault);
    find_needs(explaining);
    find_needed_by(explaining);
    if (explaining->options.json)
        explain_view_json(stdout, told);
    else
        explain_view_print(&bench->out, told);
    return true;
}

static int run(const struct options *options, struct fault *fault)
{
    struct explaining explaining = {.options = *options};
    if (options->word_count < 1 || options->word_count > 2) {
        fault_set(fault, FAULT_USAGE, "pipster explain wants an address");
        fault_next(fault, "pipster state list");
        return 0;
    }
    explaining.told.address = options->words[0];
    explaining.options.words++;
    explaining.options.word_count--;
    if (options->json)
        json_view_version(stdout);
    if (workbench_open(&explaining.bench, options, WORKBENCH_READ, fault) &&
        explain(&explaining, fault))
        workbench_print_timing(&explaining.bench);
    plan_free(explaining.plan);
    workbench_close(&explaining.bench);
    return 0;
}

const struct command cmd_explain = {
    .name = "explain",
    .summary =
        "one thing: who declared it, what needs it, its price, its past, its verdict",
    .usage =
        "pipster explain ADDRESS [PLAYBOOK] [--var NAME=VALUE …] [--json]\n"
        "\n"
        "Without a playbook: the one last run. Where that cannot be evaluated or what\n"
        "exists cannot be read, it says so, and tells what state and journal know.\n",
    .run = run,
};
