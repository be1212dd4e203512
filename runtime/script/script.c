// SPDX-License-Identifier: MIT
#include "script/script.h"

#include "base/clock.h"
#include "script/bind.h"
#include "script/convert.h"
#include "script/handle.h"
#include "script/kind.h"
#include "script/library.h"
#include "script/lint.h"
#include "script/lua_provider.h"
#include "script/machine.h"
#include "script/operation.h"
#include "script/playbook.h"
#include "script/raise.h"
#include "script/reference.h"
#include "script/sandbox.h"
#include "script/stage.h"
#include "script/task.h"
#include "script/word.h"

#include <lauxlib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct script *script_of(lua_State *lua)
{
    return task_script(lua);
}

bool script_call(struct script *script, int arguments, int results, struct fault *fault)
{
    lua_State *lua = script->lua;
    int base = lua_gettop(lua) - arguments; // of the function
    lua_pushcfunction(lua, raise_handler);
    lua_insert(lua, base);
    guard_enter(&script->guard);
    int status = lua_pcall(lua, arguments, results, base);
    guard_leave(&script->guard);
    lua_remove(lua, base);
    if (status == LUA_OK)
        return true;
    raise_take(lua, status, fault);
    return false;
}

bool script_protect(struct script *script, lua_CFunction function, void *context,
                    struct fault *fault)
{
    lua_pushcfunction(script->lua, function);
    lua_pushlightuserdata(script->lua, context);
    return script_call(script, 1, 0, fault);
}

static void add_module(lua_State *lua, const char *name, lua_CFunction opener)
{
    lua_pushcfunction(lua, opener);
    library_add(lua, name);
}

static int open_all(lua_State *lua)
{
    sandbox_open(lua);
    operation_open(lua);
    reference_open(lua);
    handle_open(lua);
    word_open(lua);
    add_module(lua, "unknown", reference_open_unknown);
    add_module(lua, "handle", handle_open_module);
    // Opened at once: its metatable is needed by every error.
    raise_open(lua);
    lua_setfield(lua, LUA_REGISTRYINDEX, "pipster.fault.module");
    for (const struct bind_module *module = bind_modules; module->name != NULL; module++)
        add_module(lua, module->name, module->opener);
    lua_pushcfunction(lua, library_require);
    sandbox_set_stdlib(lua, "require");
    lua_pushcfunction(lua, playbook_declare);
    sandbox_set_stdlib(lua, "declare");
    bind_log_crash(lua);
    sandbox_set_stdlib(lua, "crash");
    guard_watch(lua, false);
    return 0;
}

// Errors out of a protected call cannot be: this names the bug before the process ends.
static int panic(lua_State *lua)
{
    const char *message = lua_tostring(lua, -1);
    fprintf(stderr, "internal error: an unprotected Lua error: %s\n",
            message != NULL ? message : "?");
    return 0;
}

bool script_open(struct script **opened, const struct script_options *options,
                 struct fault *fault)
{
    struct script *script = calloc(1, sizeof *script);
    *opened = NULL;
    if (script == NULL)
        return fault_set(fault, FAULT_INTERNAL, "out of memory");
    script->options = *options;
    if (script->options.now_ms == 0)
        script->options.now_ms = clock_now_ms();
    arena_init(&script->arena, 0);
    map_init(&script->kinds);
    map_init(&script->sources);
    map_init(&script->learned);
    map_init(&script->code);
    map_init(&script->asked);
    map_init(&script->prices);
    text_init(&script->price_key, 0);
    guard_init(&script->guard, options);
    script->lua = lua_newstate(guard_allocate, &script->guard);
    int stack = options->shallow ? REFERENCE_STACK_TASK : REFERENCE_STACK_MAIN;
    if (script->lua == NULL || !task_open(script) ||
        !lua_checkstack(script->lua, stack)) {
        script_close(script);
        return fault_set(fault, FAULT_INTERNAL, "out of memory");
    }
    lua_atpanic(script->lua, panic);
    guard_start(&script->guard);
    if (!script_protect(script, open_all, NULL, fault) ||
        !lua_provider_open(script, fault)) {
        script_close(script);
        return false;
    }
    *opened = script;
    return true;
}

void script_close(struct script *script)
{
    if (script == NULL)
        return;
    if (script->lua != NULL)
        lua_close(script->lua);
    task_close(script);
    lua_provider_close(script);
    guard_clear(&script->guard);
    map_clear(&script->kinds);
    map_clear(&script->sources);
    map_clear(&script->learned);
    map_clear(&script->code);
    map_clear(&script->asked);
    map_clear(&script->prices);
    text_clear(&script->price_key);
    arena_clear(&script->arena);
    free(script);
}

void script_set_hang_exit(struct script *script, int exit_code)
{
    atomic_store(&script->guard.hang_exit, exit_code);
}

void script_add_module(struct script *script, const char *name,
                       int (*opener)(lua_State *))
{
    add_module(script->lua, name, opener);
}

const struct provider *script_provider(struct script *script)
{
    return lua_provider_get(script);
}

bool script_run_playbook(struct script *script, const char *path, struct arena *arena,
                         struct resource_set *set, struct fault *fault)
{
    return playbook_run(script, path, arena, set, fault);
}

void script_learn(struct script *script, const struct value *reference,
                  const struct value *now)
{
    stage_learn(script, reference, now);
}

void script_unlearn(struct script *script)
{
    map_clear(&script->learned);
    map_init(&script->learned);
}

void script_set_amendments(struct script *script,
                           const struct script_amendment *amendments, size_t count)
{
    script->amendments = amendments;
    script->amendment_count = count;
}

void script_set_clock(struct script *script, int64_t now_ms)
{
    script->options.now_ms = now_ms;
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(((const struct script_text *) left)->name,
                  ((const struct script_text *) right)->name);
}

static struct script_text *sort_texts(struct script_text *texts, size_t count)
{
    if (count > 1)
        qsort(texts, count, sizeof *texts, compare_texts);
    return texts;
}

const struct script_text *script_list_code(struct script *script, struct arena *arena,
                                           size_t *count)
{
    struct script_text *texts =
        arena_alloc(arena, (script->code.count + 1) * sizeof *texts);
    *count = script->code.count;
    for (size_t i = 0; i < *count; i++) {
        const struct library_source *source = script->code.entries[i].value;
        texts[i] = (struct script_text){source->path, source->bytes, source->length};
    }
    return sort_texts(texts, *count);
}

const struct script_text *script_list_stdlib(struct script *script, struct arena *arena,
                                             size_t *count)
{
    size_t total;
    const char *const *paths = library_list(script, "stdlib/", &total);
    struct script_text *texts = arena_alloc(arena, (total + 1) * sizeof *texts);
    *count = 0;
    for (size_t i = 0; i < total; i++) {
        struct library_source source;
        if (library_find(script, paths[i], &source))
            texts[(*count)++] =
                (struct script_text){paths[i], source.bytes, source.length};
    }
    return texts;
}

const struct script_text *script_list_inputs(struct script *script, struct arena *arena,
                                             size_t *count)
{
    struct script_text *texts =
        arena_alloc(arena, (script->asked.count + 1) * sizeof *texts);
    *count = script->asked.count;
    for (size_t i = 0; i < *count; i++) {
        const char *given = script->asked.entries[i].value;
        texts[i] = (struct script_text){arena_text(arena, script->asked.entries[i].key),
                                        given, given != NULL ? strlen(given) : 0};
    }
    return sort_texts(texts, *count);
}

void script_lint(struct script *script, const struct resource_set *set,
                 struct arena *arena, struct script_warnings *warnings)
{
    struct library_source source;
    *warnings = (struct script_warnings){0};
    for (size_t i = 0; i < set->playbook_count; i++)
        if (library_find_playbook(script, set->playbooks[i], NULL, &source))
            lint_playbook(set->playbooks[i], source.bytes, source.length, set, arena,
                          warnings);
}

struct load {
    struct arena *arena;
    const struct schema **schemas;
    size_t count;
};

// "stdlib/hetzner/server.lua" → "hetzner.server"; NULL for what is no type's place.
static const char *type_name(struct arena *arena, const char *path)
{
    const char *folder = path + strlen("stdlib/");
    const char *slash = strchr(folder, '/');
    if (slash == NULL || strchr(slash + 1, '/') != NULL ||
        strncmp(folder, "lab/", 4) == 0)
        return NULL;
    int stem = (int) strlen(slash + 1) - 4;
    if (strncmp(folder, "host/", 5) == 0 || strcmp(folder, "check/manual.lua") == 0)
        return arena_format(arena, "%.*s", stem, slash + 1);
    return arena_format(arena, "%.*s.%.*s", (int) (slash - folder), folder, stem,
                        slash + 1);
}

static int compare_schemas(const void *left, const void *right)
{
    return strcmp((*(const struct schema *const *) left)->type,
                  (*(const struct schema *const *) right)->type);
}

static int load_types(lua_State *lua)
{
    struct load *load = lua_touserdata(lua, 1);
    size_t count;
    const char *const *paths = library_list(script_of(lua), "stdlib/", &count);
    load->schemas = arena_alloc(load->arena, (count + 1) * sizeof *load->schemas);
    for (size_t i = 0; i < count; i++) {
        const char *name = type_name(load->arena, paths[i]);
        const struct kind *kind = name != NULL ? kind_find(lua, name) : NULL;
        if (kind != NULL)
            load->schemas[load->count++] = kind->schema;
    }
    qsort(load->schemas, load->count, sizeof *load->schemas, compare_schemas);
    return 0;
}

bool script_load_types(struct script *script, struct arena *arena,
                       const struct schema ***schemas, size_t *count, struct fault *fault)
{
    struct load load = {.arena = arena};
    bool done = script_protect(script, load_types, &load, fault);
    *schemas = load.schemas;
    *count = load.count;
    return done;
}

struct start {
    struct arena arena;
    const char *module;
    const char *function;
    const struct value *argument;
    const struct value *result;
    script_done_fn done;
    void *context;
};

static int start_end(lua_State *lua, int status, lua_KContext context)
{
    struct start *start = (struct start *) context;
    (void) status;
    start->result = convert_find(lua, -1, &start->arena);
    return 0;
}

static int start_call(lua_State *lua, int status, lua_KContext context)
{
    struct start *start = (struct start *) context;
    (void) status;
    lua_getfield(lua, -1, start->function);
    convert_push(lua, start->argument, CONVERT_NULL_IS_NIL);
    lua_callk(lua, 1, 1, context, start_end);
    return start_end(lua, LUA_OK, context);
}

static int start_body(lua_State *lua)
{
    struct start *start = lua_touserdata(lua, 1);
    lua_pushcfunction(lua, library_require);
    lua_pushstring(lua, start->module);
    lua_callk(lua, 1, 1, (lua_KContext) start, start_call);
    return start_call(lua, LUA_OK, (lua_KContext) start);
}

static void start_done(void *context, const struct fault *fault)
{
    struct start *start = context;
    if (fault != NULL)
        start->done(start->context, start->result, fault);
    arena_clear(&start->arena);
    free(start);
}

void script_start(struct script *script, const char *module, const char *function,
                  const struct value *argument, script_done_fn done, void *context)
{
    struct start *start = calloc(1, sizeof *start);
    if (start == NULL)
        abort();
    arena_init(&start->arena, 0);
    start->module = arena_text(&start->arena, module);
    start->function = arena_text(&start->arena, function);
    start->argument = argument != NULL ? value_copy(&start->arena, argument) : NULL;
    start->done = done;
    start->context = context;
    task_start(script, start_body, start, start_done);
}
