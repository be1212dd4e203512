// SPDX-License-Identifier: MIT
//
// A stage for engine tests: a fake world, a database in a folder of its own, a set that
// is declared line by line in JSON.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "engine/engine.h"
#include "engine/fake_provider.h"
#include "value/address.h"

struct scene {
    struct arena arena;
    char folder[64];
    struct fake fake;
    struct engine engine;
    struct resource_set set;
    struct resource resources[20000];
    struct plan *plan;
    struct engine_result result;
    struct fault fault;
    struct engine_options options;
    bool quiet; // no database
};

static inline const char *scene_path(struct scene *scene, const char *name)
{
    return arena_format(&scene->arena, "%s/%s", scene->folder, name);
}

static inline void scene_open_store(struct scene *scene)
{
    struct engine *engine = &scene->engine;
    setenv("XDG_CONFIG_HOME", scene->folder, 1);
    assert_true(database_open(&engine->database, scene_path(scene, "state.db"),
                              DATABASE_WRITE, &scene->fault));
    assert_true(vault_open(&engine->vault, engine->database, true, &scene->fault));
}

static inline void scene_close_store(struct scene *scene)
{
    if (scene->engine.vault != NULL)
        vault_close(scene->engine.vault);
    if (scene->engine.database != NULL)
        database_close(scene->engine.database);
    scene->engine.vault = NULL;
    scene->engine.database = NULL;
}

static inline struct scene *scene_new(unsigned seed, bool quiet)
{
    struct scene *scene = calloc(1, sizeof *scene);
    arena_init(&scene->arena, 0);
    fake_init(&scene->fake, seed);
    scene->quiet = quiet;
    scene->engine.provider = &scene->fake.provider;
    scene->engine.parallel = 4;
    scene->engine.currency = "EUR";
    scene->set.items = scene->resources;
    scene->set.playbook = "playbooks/test.lua";
    if (quiet)
        return scene;
    const char *fast = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(scene->folder, sizeof scene->folder, "%s/pipster-engine-XXXXXX", fast);
    assert_non_null(mkdtemp(scene->folder));
    scene_open_store(scene);
    return scene;
}

static inline void scene_free(struct scene *scene)
{
    plan_free(scene->plan);
    scene_close_store(scene);
    if (!scene->quiet) {
        char command[128];
        snprintf(command, sizeof command, "rm -rf '%s'", scene->folder);
        assert_int_equal(system(command), 0);
    }
    fake_clear(&scene->fake);
    arena_clear(&scene->arena);
    free(scene);
}

static inline const struct value *scene_value(struct scene *scene, const char *json)
{
    const struct value *value = NULL;
    struct fault fault;
    if (!json_read(&scene->arena, json, strlen(json), &value, &fault))
        fail_msg("%s: %s: %s", json, fault.what, fault.why);
    return value;
}

// `host` is "host/app" or NULL.
static inline struct resource *scene_add(struct scene *scene, const char *type,
                                         const char *name, const char *host,
                                         const char *json)
{
    struct resource *resource = &scene->resources[scene->set.count];
    resource->schema = fake_schema(NULL, type);
    resource->type = type;
    resource->name = arena_text(&scene->arena, name);
    resource->host = arena_text(&scene->arena, host);
    resource->address = address_format(&scene->arena, host != NULL ? host + 5 : NULL,
                                       type, resource->name);
    resource->playbook = scene->set.playbook;
    resource->order = scene->set.count++;
    resource->line = (int) scene->set.count * 10;
    resource->protect = resource->schema->protect;
    if (!schema_check(resource->schema, &scene->arena, "test", resource->address,
                      scene_value(scene, json), &resource->attributes, &scene->fault))
        fail_msg("%s: %s", scene->fault.what, scene->fault.why);
    return resource;
}

static inline void scene_after(struct scene *scene, struct resource *resource,
                               const char *address)
{
    const char **after = arena_alloc(&scene->arena, sizeof *after);
    after[0] = arena_text(&scene->arena, address);
    resource->after = after;
    resource->after_count = 1;
}

// Forgets what was declared: the next lines are another version of the playbook.
static inline void scene_restart(struct scene *scene)
{
    memset(scene->resources, 0, scene->set.count * sizeof *scene->resources);
    scene->set.count = 0;
    scene->set.output_count = scene->set.budget_count = 0;
}

static inline bool scene_try_plan(struct scene *scene)
{
    plan_free(scene->plan);
    scene->plan = NULL;
    return engine_plan(&scene->engine, &scene->set, &scene->options, &scene->plan,
                       &scene->fault);
}

static inline struct plan *scene_plan(struct scene *scene)
{
    if (!scene_try_plan(scene))
        fail_msg("%s: %s", scene->fault.what, scene->fault.why);
    return scene->plan;
}

static inline bool scene_try_apply(struct scene *scene)
{
    const struct engine_run run = {.verb = "run", .who = "anna@laptop"};
    return engine_apply(&scene->engine, scene->plan, &run, &scene->result,
                        &scene->fault);
}

static inline void scene_run(struct scene *scene)
{
    scene_plan(scene);
    if (!scene_try_apply(scene))
        fail_msg("%s: %s", scene->fault.what, scene->fault.why);
}

static inline const struct change *scene_change(struct scene *scene, const char *address)
{
    const struct change *change = plan_find(scene->plan, address);
    if (change == NULL)
        fail_msg("%s is not in the plan", address);
    return change;
}

static inline void scene_expect(struct scene *scene, const char *address,
                                enum change_action action, const char *reason)
{
    const struct change *change = scene_change(scene, address);
    if (change->action != action || strcmp(change->reason, reason) != 0)
        fail_msg("%s: action %d, \"%s\"; expected %d, \"%s\"", address, change->action,
                 change->reason, action, reason);
}

static inline void scene_expect_empty(struct scene *scene)
{
    scene_plan(scene);
    for (size_t i = 0; i < scene->plan->change_count; i++)
        if (plan_does(&scene->plan->changes[i]))
            fail_msg("not empty: %s: %s", scene->plan->changes[i].address,
                     scene->plan->changes[i].reason);
    assert_true(plan_is_empty(scene->plan));
}

// A machine, its host, and files on it that hang together.
static inline void scene_add_host(struct scene *scene)
{
    scene_add(scene, "cloud.thing", "web", NULL, "{\"size\": 1}");
    scene_add(scene, "host", "app", NULL,
              "{\"address\": {\"$reference\": \"cloud.thing/web.ip\"},"
              " \"server_id\": {\"$reference\": \"cloud.thing/web.id\"}}");
}
