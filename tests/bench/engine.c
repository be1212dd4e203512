// SPDX-License-Identifier: MIT
//
// The engine alone, over the world in memory that its tests use: N resources, each by
// itself or each referring to the one before. Usage:
//     engine N flat|chain FOLDER [plans]
// makes them, then plans `plans` times (1) what is already as wanted. Prints one line of
// JSON: {"apply_ms", "plan_ms", "peak_kb"}; plan_ms is the quickest of the plans.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "engine/engine.h"
#include "engine/fake_provider.h"

struct bench {
    struct arena arena;
    struct fake fake;
    struct engine engine;
    struct resource_set set;
    struct fault fault;
};

static void end_with(const struct fault *fault)
{
    fprintf(stderr, "%s: %s\n", fault->what, fault->why);
    exit(1);
}

static const struct value *attributes_of(struct bench *bench, size_t index, bool chain)
{
    struct arena *arena = &bench->arena;
    struct value_entry entries[2] = {{"size", value_integer(arena, (int64_t) index)}};
    size_t count = 1;
    if (chain && index > 0) {
        const char *before = arena_format(arena, "cloud.thing/t%zu", index - 1);
        entries[0].key = "link";
        entries[0].value = value_reference(arena, before, "ip", false);
        entries[1] = (struct value_entry){"size", value_integer(arena, 1)};
        count = 2;
    }
    return value_map(arena, entries, count);
}

static void declare(struct bench *bench, size_t count, bool chain)
{
    struct arena *arena = &bench->arena;
    struct resource *items = arena_alloc(arena, (count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++) {
        struct resource *resource = &items[i];
        resource->type = "cloud.thing";
        resource->schema = fake_schema(NULL, resource->type);
        resource->name = arena_format(arena, "t%zu", i);
        resource->address = arena_format(arena, "cloud.thing/%s", resource->name);
        resource->playbook = "playbooks/bench.lua";
        resource->line = (int) i;
        resource->order = i;
        if (!schema_check(resource->schema, arena, "bench", resource->address,
                          attributes_of(bench, i, chain), &resource->attributes,
                          &bench->fault))
            end_with(&bench->fault);
    }
    bench->set = (struct resource_set){
        .items = items, .count = count, .playbook = "playbooks/bench.lua"};
}

static void open_store(struct bench *bench, const char *folder)
{
    struct engine *engine = &bench->engine;
    setenv("XDG_CONFIG_HOME", folder, 1);
    if (!database_open(&engine->database,
                       arena_format(&bench->arena, "%s/bench.db", folder), DATABASE_WRITE,
                       &bench->fault) ||
        !vault_open(&engine->vault, engine->database, true, &bench->fault))
        end_with(&bench->fault);
    engine->provider = &bench->fake.provider;
    engine->parallel = 10;
    engine->currency = "EUR";
}

static int64_t time_apply(struct bench *bench)
{
    const struct engine_run run = {.verb = "run"};
    struct plan *plan = NULL;
    struct engine_result result;
    int64_t begun = clock_monotonic_ms();
    if (!engine_plan(&bench->engine, &bench->set, NULL, &plan, &bench->fault) ||
        !engine_apply(&bench->engine, plan, &run, &result, &bench->fault))
        end_with(&bench->fault);
    plan_free(plan);
    if (result.done_count != bench->set.count) {
        fprintf(stderr, "%zu of %zu done\n", result.done_count, bench->set.count);
        exit(1);
    }
    return clock_monotonic_ms() - begun;
}

static int64_t time_plan(struct bench *bench)
{
    struct plan *plan = NULL;
    int64_t begun = clock_monotonic_ms();
    if (!engine_plan(&bench->engine, &bench->set, NULL, &plan, &bench->fault))
        end_with(&bench->fault);
    int64_t ms = clock_monotonic_ms() - begun;
    if (!plan_is_empty(plan)) {
        fprintf(stderr, "the plan is not empty\n");
        exit(1);
    }
    plan_free(plan);
    return ms;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: engine N flat|chain FOLDER [plans]\n");
        return 64;
    }
    static struct bench bench;
    size_t count = strtoul(argv[1], NULL, 10);
    long plans = argc > 4 ? strtol(argv[4], NULL, 10) : 1;
    arena_init(&bench.arena, 0);
    fake_init(&bench.fake, 1);
    bench.fake.stable_ids = true; // found by address, without a search
    open_store(&bench, argv[3]);
    declare(&bench, count, strcmp(argv[2], "chain") == 0);
    int64_t apply_ms = time_apply(&bench), plan_ms = -1;
    for (long i = 0; i < plans; i++) {
        int64_t ms = time_plan(&bench);
        plan_ms = plan_ms < 0 || ms < plan_ms ? ms : plan_ms;
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"apply_ms\":%lld,\"plan_ms\":%lld,\"peak_kb\":%ld}\n", (long long) apply_ms,
           (long long) plan_ms, usage.ru_maxrss);
    vault_close(bench.engine.vault);
    database_close(bench.engine.database);
    fake_clear(&bench.fake);
    arena_clear(&bench.arena);
    return 0;
}
