// SPDX-License-Identifier: MIT
#include "script/playbook.h"

#include "base/clock.h"
#include "script/agree.h"
#include "script/amendment.h"
#include "script/convert.h"
#include "script/declare.h"
#include "script/group_word.h"
#include "script/handle.h"
#include "script/library.h"
#include "script/life_word.h"
#include "script/machine.h"
#include "script/policy_word.h"
#include "script/raise.h"
#include "script/reference.h"
#include "script/revenue_word.h"
#include "script/review_word.h"
#include "script/rolling_word.h"
#include "script/rule_word.h"
#include "script/sandbox.h"
#include "script/secret_word.h"
#include "script/stage.h"
#include "script/word.h"

#include <lauxlib.h>

#include <stdlib.h>
#include <string.h>

static int l_phase(lua_State *lua)
{
    struct declare *declare = declare_check(lua);
    lua_Integer number = luaL_checkinteger(lua, 1);
    const char *title = luaL_optstring(lua, 2, "");
    const char *file = declare->files.items[declare->files.count - 1];
    map_put(&declare->phases, file, (void *) (intptr_t) number);
    // What is included may have a phase of its own: the outermost one counts.
    if (declare->files.count == 1) {
        declare->phase = (int) number;
        declare->phase_title = arena_text(declare->arena, title);
    }
    return 0;
}

// The field of the table at `index`, or nil; pushed.
static int option(lua_State *lua, int index, const char *name)
{
    if (lua_istable(lua, index))
        return lua_getfield(lua, index, name);
    lua_pushnil(lua);
    return LUA_TNIL;
}

static int refuse_input(lua_State *lua, const char *name, const char *text,
                        const char *expected)
{
    struct fault fault = {0};
    const char *file;
    int line;
    fault_set(&fault, FAULT_USAGE, "input \"%s\" must be %s, not \"%s\"", name, expected,
              text);
    if (raise_place(lua, 1, &file, &line))
        fault_where(&fault, "%s:%d", file, line);
    fault_next(&fault, "pipster … --var %s=…", name);
    return raise_fault(lua, &fault);
}

// "a, b" → { "a", "b" }
static void push_split(lua_State *lua, const char *text)
{
    lua_newtable(lua);
    for (const char *at = text + strspn(text, ", "); *at != '\0';
         at += strspn(at, ", ")) {
        size_t length = strcspn(at, ",");
        size_t kept = length;
        while (kept > 0 && at[kept - 1] == ' ')
            kept--;
        lua_pushlstring(lua, at, kept);
        lua_rawseti(lua, -2, (lua_Integer) lua_rawlen(lua, -2) + 1);
        at += length;
    }
}

// What came from the command line is text; the type says what it means.
static int push_given(lua_State *lua, const char *name, const char *text,
                      const char *type)
{
    if (strcmp(type, "string") == 0) {
        lua_pushstring(lua, text);
    } else if (strcmp(type, "integer") == 0 || strcmp(type, "number") == 0) {
        bool number = lua_stringtonumber(lua, text) != 0;
        if (!number || (type[0] == 'i' && !lua_isinteger(lua, -1))) {
            return refuse_input(lua, name, text,
                                type[0] == 'i' ? "a whole number" : "a number");
        }
    } else if (strcmp(type, "boolean") == 0) {
        bool yes = strcmp(text, "true") == 0, no = strcmp(text, "false") == 0;
        if (!yes && !no)
            return refuse_input(lua, name, text, "true or false");
        lua_pushboolean(lua, yes);
    } else if (strcmp(type, "list") == 0) {
        push_split(lua, text);
    }
    return 1;
}

static void check_input_type(lua_State *lua, const char *name, const char *type)
{
    static const char *const types[] = {"string", "integer", "number", "boolean", "list"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(type, types[i]) == 0)
            return;
    raise_error(
        lua, "input \"%s\": type is one of string, integer, number, boolean, list", name);
}

static const char *type_of_default(lua_State *lua, int index)
{
    switch (lua_type(lua, index)) {
    case LUA_TBOOLEAN:
        return "boolean";
    case LUA_TTABLE:
        return "list";
    case LUA_TNUMBER:
        return lua_isinteger(lua, index) ? "integer" : "number";
    default:
        return "string";
    }
}

static int l_input(lua_State *lua)
{
    struct script *script = script_of(lua);
    const char *name = convert_check_word(lua, 1, "the name of an input");
    lua_settop(lua, 2);
    option(lua, 2, "default"); // 3
    option(lua, 2, "type");    // 4
    const char *type = luaL_optstring(lua, 4, type_of_default(lua, 3));
    check_input_type(lua, name, type);
    const char *given =
        script->options.inputs != NULL ? map_find(script->options.inputs, name) : NULL;
    map_put(&script->asked, name, (void *) given);
    if (given != NULL)
        return push_given(lua, name, given, type);
    if (!lua_isnil(lua, 3)) {
        lua_pushvalue(lua, 3);
        return 1;
    }
    struct fault fault = {0};
    const char *file;
    int line;
    fault_set(&fault, FAULT_USAGE, "input \"%s\" has no value", name);
    if (raise_place(lua, 1, &file, &line))
        fault_where(&fault, "%s:%d", file, line);
    fault_next(&fault, "pipster … --var %s=…, or set PIPSTER_VAR_%s", name, name);
    return raise_fault(lua, &fault);
}

static void add_output(struct declare *declare, const char *name,
                       const struct value *value)
{
    struct resource_output *output = arena_alloc(declare->arena, sizeof *output);
    output->name = name;
    output->value = value;
    for (size_t i = 0; i < declare->outputs.count; i++) {
        const struct resource_output *known = declare->outputs.items[i];
        if (strcmp(known->name, name) == 0) {
            declare->outputs.items[i] = output; // an includer overrides what it includes
            return;
        }
    }
    array_add(&declare->outputs, output);
}

static int l_output(lua_State *lua)
{
    struct declare *declare = declare_check(lua);
    luaL_checktype(lua, 1, LUA_TTABLE);
    const struct value *outputs = convert_check(lua, 1, declare->arena);
    if (outputs->kind != VALUE_MAP)
        return raise_error(lua, "output { name = value, … } takes names");
    for (size_t i = 0; i < outputs->map.count; i++)
        add_output(declare, outputs->map.entries[i].key, outputs->map.entries[i].value);
    return 0;
}

// Pushes the compiled playbook; its environment is fresh.
static void load(lua_State *lua, const struct library_source *source)
{
    sandbox_push_playbook(lua);
    playbook_add_words(lua);
    library_load(lua, source);
}

static void note_code(struct script *script, const struct library_source *source)
{
    struct library_source *known = arena_alloc(&script->arena, sizeof *known);
    *known = *source;
    map_put(&script->code, source->path, known);
}

static void check_cycle(lua_State *lua, const struct declare *declare, const char *path)
{
    for (size_t i = 0; i < declare->files.count; i++)
        if (strcmp(declare->files.items[i], path) == 0)
            raise_error(lua, "%s includes itself", path);
}

// Evaluates the playbook once and pushes what it returned.
static void evaluate(lua_State *lua, struct declare *declare, const char *name,
                     const char *from)
{
    struct library_source source;
    if (declare->proposes)
        raise_error(lua, "propose gives back include = \"%s\", and includes nothing",
                    name);
    if (!library_find_playbook(declare->script, name, from, &source)) {
        struct fault fault = {0};
        const char *file;
        int line;
        fault_set(&fault, FAULT_USAGE, "there is no playbook %s", name);
        if (raise_place(lua, 1, &file, &line))
            fault_where(&fault, "%s:%d", file, line);
        raise_fault(lua, &fault);
    }
    check_cycle(lua, declare, source.path);
    if (declare->files.count > 0)
        agree_add_include(declare, agree_file(declare), source.path);
    const void *known = map_find(&declare->included, source.path);
    if (known != NULL) {
        lua_rawgeti(lua, LUA_REGISTRYINDEX, (int) (intptr_t) known - 1);
        return;
    }
    array_add(&declare->files, (void *) source.path);
    note_code(declare->script, &source);
    load(lua, &source);
    lua_call(lua, 0, 1);
    array_remove(&declare->files, declare->files.count - 1);
    if (lua_isnil(lua, -1)) {
        lua_pop(lua, 1);
        lua_newtable(lua);
    }
    lua_pushvalue(lua, -1);
    int reference = luaL_ref(lua, LUA_REGISTRYINDEX);
    map_put(&declare->included, source.path, (void *) (intptr_t) (reference + 1));
}

static int l_include(lua_State *lua)
{
    struct declare *declare = declare_check(lua);
    const char *name = convert_check_word(lua, 1, "a playbook");
    evaluate(lua, declare, name, declare->files.items[declare->files.count - 1]);
    return 1;
}

// The playbook last applied that does not call tip() itself: include(tip()).
static int l_tip(lua_State *lua)
{
    struct declare *declare = declare_check(lua);
    const char *tip = declare->script->options.tip;
    declare->calls_tip = true;
    if (tip == NULL) {
        struct fault fault = {0};
        const char *file;
        int line;
        fault_set(&fault, FAULT_USAGE, "tip(): no playbook was applied yet");
        if (raise_place(lua, 1, &file, &line))
            fault_where(&fault, "%s:%d", file, line);
        fault_next(&fault, "pipster run playbooks/phase1.lua, then this one");
        return raise_fault(lua, &fault);
    }
    lua_pushstring(lua, tip);
    return 1;
}

// A namespace of the stdlib, or a module of the project.
static int l_require(lua_State *lua)
{
    struct declare *declare = declare_check(lua);
    const char *name = convert_check_word(lua, 1, "a module");
    size_t count;
    library_list(declare->script, lua_pushfstring(lua, "stdlib/%s/", name), &count);
    if (count > 0 && strcmp(name, "lab") != 0) {
        word_push_namespace(lua, name);
        return 1;
    }
    struct library_source source;
    const char *from = declare->files.items[declare->files.count - 1];
    if (!library_find_playbook(declare->script, name, from, &source)) {
        return raise_error(
            lua,
            "there is no module \"%s\", neither in the stdlib nor beside the playbook",
            name);
    }
    evaluate(lua, declare, name, from);
    return 1;
}

int playbook_declare(lua_State *lua)
{
    const struct kind *kind = kind_check(lua, luaL_checkstring(lua, 1));
    const char *name = luaL_optstring(lua, 2, NULL);
    luaL_checktype(lua, 3, LUA_TTABLE);
    declare_resource(lua, kind, NULL, name, 3);
    return 1;
}

static int l_now(lua_State *lua)
{
    lua_pushinteger(lua, script_of(lua)->options.now_ms / 1000);
    return 1;
}

static int l_clock_text(lua_State *lua)
{
    char text[CLOCK_TEXT_SIZE];
    int64_t now = script_of(lua)->options.now_ms / 1000;
    lua_pushstring(lua, clock_format(luaL_optinteger(lua, 1, now) * 1000, text));
    return 1;
}

static const luaL_Reg words[] = {{"include", l_include},
                                 {"input", l_input},
                                 {"output", l_output},
                                 {"phase", l_phase},
                                 {"require", l_require},
                                 {"secret", secret_word_call},
                                 {"stage", stage_word},
                                 {"text", reference_text},
                                 {"tip", l_tip},
                                 {"value", stage_value},
                                 {NULL, NULL}};

static const luaL_Reg clocks[] = {{"now", l_now}, {"text", l_clock_text}, {NULL, NULL}};

void playbook_add_words(lua_State *lua)
{
    luaL_setfuncs(lua, words, 0);
    life_word_push(lua);
    rolling_word_push(lua);
    rule_word_push(lua);
    review_word_push(lua);
    group_word_push(lua);
    policy_word_push(lua);
    lua_setfield(lua, -2, "guard");
    revenue_word_push(lua);
    lua_setfield(lua, -2, "revenue");
    luaL_newlib(lua, clocks);
    lua_setfield(lua, -2, "clock");
    const char *types[] = {"host", "manual"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        word_push_type(lua, types[i]);
        lua_setfield(lua, -2, types[i]);
    }
}

static const char *last_evaluated(const struct declare *declare)
{
    return declare->included.entries[declare->included.count - 1].key;
}

// On behalf of `root`, which is evaluated by then: what is included may include it.
static void include_behind(lua_State *lua, struct declare *declare, const char *root,
                           const char *name)
{
    int phase = declare->phase;
    const char *title = declare->phase_title;
    evaluate(lua, declare, name, NULL);
    lua_pop(lua, 1);
    declare->phase = phase;
    declare->phase_title = title;
    if (!agree_related(declare, root, last_evaluated(declare)))
        agree_add_include(declare, root, last_evaluated(declare));
}

static int run(lua_State *lua)
{
    const char *path = lua_touserdata(lua, 1);
    struct declare *declare = script_of(lua)->declare;
    guard_watch(lua, true);
    evaluate(lua, declare, path, NULL);
    amendment_lay(lua, declare, last_evaluated(declare), include_behind);
    return 0;
}

static void open_declare(struct declare *declare, struct script *script,
                         struct arena *arena)
{

    *declare = (struct declare){.script = script, .arena = arena};
    declare->number = ++script->evaluations;
    array_init(&declare->declarations);
    array_init(&declare->pending);
    array_init(&declare->outputs);
    array_init(&declare->budgets);
    array_init(&declare->sources);
    array_init(&declare->guards);
    array_init(&declare->rollings);
    array_init(&declare->rules);
    array_init(&declare->reviews);
    array_init(&declare->groups);
    array_init(&declare->moves);
    array_init(&declare->missed);
    array_init(&declare->removals);
    array_init(&declare->files);
    array_init(&declare->includes);
    array_init(&declare->deferrals);
    array_init(&declare->answers);
    map_init(&declare->stages);
    map_init(&declare->by_address);
    map_init(&declare->included);
    map_init(&declare->phases);
}

static void close_declare(struct declare *declare)
{
    lua_State *lua = declare->script->lua;
    for (size_t i = 0; i < declare->included.count; i++) {
        int reference = (int) (intptr_t) declare->included.entries[i].value - 1;
        luaL_unref(lua, LUA_REGISTRYINDEX, reference);
    }
    array_clear(&declare->declarations);
    array_clear(&declare->pending);
    array_clear(&declare->outputs);
    array_clear(&declare->budgets);
    array_clear(&declare->sources);
    array_clear(&declare->guards);
    array_clear(&declare->rollings);
    array_clear(&declare->rules);
    array_clear(&declare->reviews);
    array_clear(&declare->groups);
    array_clear(&declare->moves);
    array_clear(&declare->missed);
    array_clear(&declare->removals);
    array_clear(&declare->files);
    array_clear(&declare->includes);
    array_clear(&declare->deferrals);
    array_clear(&declare->answers);
    map_clear(&declare->stages);
    map_clear(&declare->by_address);
    map_clear(&declare->phases);
    map_clear(&declare->included);
}

bool playbook_run(struct script *script, const char *path, struct arena *arena,
                  struct resource_set *set, struct fault *fault)
{
    struct declare declare;
    open_declare(&declare, script, arena);
    script->declare = &declare;
    bool done = script_protect(script, run, (void *) path, fault) &&
                declare_finish(&declare, path, set, fault);
    guard_watch(script->lua, false);
    declare_forget(script->lua);
    script->declare = NULL;
    close_declare(&declare);
    return done;
}
