// SPDX-License-Identifier: MIT
#include "script/stage.h"

#include "script/convert.h"
#include "script/declare.h"
#include "script/handle.h"
#include "script/machine.h"
#include "script/raise.h"
#include "script/reference.h"
#include "value/address.h"

#include <lauxlib.h>

#include <stdint.h>
#include <string.h>

// How much was declared when a stage began.
struct mark {
    size_t declarations, pending, budgets, sources, guards, files, includes, included;
    size_t rollings, rules, reviews, groups, deferrals, answers;
    bool calls_tip;
    const char *file; // that the stage is in
    void *file_phase;
    int phase;
    const char *phase_title;
    void **outputs;
    size_t output_count;
};

static struct mark mark(struct declare *declare)
{
    size_t outputs = declare->outputs.count;
    struct mark mark = {
        .declarations = declare->declarations.count,
        .pending = declare->pending.count,
        .budgets = declare->budgets.count,
        .sources = declare->sources.count,
        .guards = declare->guards.count,
        .rollings = declare->rollings.count,
        .rules = declare->rules.count,
        .reviews = declare->reviews.count,
        .groups = declare->groups.count,
        .files = declare->files.count,
        .includes = declare->includes.count,
        .included = declare->included.count,
        .calls_tip = declare->calls_tip,
        .deferrals = declare->deferrals.count,
        .answers = declare->answers.count,
        .file = declare->files.items[declare->files.count - 1],
        .phase = declare->phase,
        .phase_title = declare->phase_title,
        .outputs = arena_alloc(declare->arena, (outputs + 1) * sizeof(void *)),
        .output_count = outputs,
    };
    mark.file_phase = map_find(&declare->phases, mark.file);
    if (outputs > 0)
        memcpy(mark.outputs, declare->outputs.items, outputs * sizeof(void *));
    return mark;
}

// As if the stage had not begun. What its Lua code did to variables outside stays done;
// moved and removed stay said, which keep things from being destroyed.
static void roll_back(lua_State *lua, struct declare *declare, const struct mark *mark)
{
    for (size_t i = mark->declarations; i < declare->declarations.count; i++) {
        const struct declaration *dropped = declare->declarations.items[i];
        map_put(&declare->by_address, dropped->resource.address, NULL);
    }
    for (size_t i = mark->included; i < declare->included.count; i++) {
        struct map_entry *entry = &declare->included.entries[i];
        if (entry->value != NULL)
            luaL_unref(lua, LUA_REGISTRYINDEX, (int) (intptr_t) entry->value - 1);
        entry->value = NULL;
    }
    declare->declarations.count = mark->declarations;
    declare->pending.count = mark->pending;
    declare->budgets.count = mark->budgets;
    declare->sources.count = mark->sources;
    declare->guards.count = mark->guards;
    declare->rollings.count = mark->rollings;
    declare->rules.count = mark->rules;
    declare->reviews.count = mark->reviews;
    declare->groups.count = mark->groups;
    declare->files.count = mark->files;
    declare->includes.count = mark->includes;
    declare->calls_tip = mark->calls_tip;
    declare->deferrals.count = mark->deferrals;
    declare->answers.count = mark->answers;
    declare->outputs.count = mark->output_count;
    if (mark->output_count > 0)
        memcpy(declare->outputs.items, mark->outputs,
               mark->output_count * sizeof(void *));
    map_put(&declare->phases, mark->file, mark->file_phase);
    declare->phase = mark->phase;
    declare->phase_title = mark->phase_title;
}

static void defer(struct declare *declare, const char *stage, const char *where,
                  const char *waits_for)
{
    struct resource_deferral *deferral = arena_alloc(declare->arena, sizeof *deferral);
    deferral->stage = stage;
    deferral->waits_for = waits_for;
    deferral->where = where;
    deferral->order = declare->declarations.count;
    array_add(&declare->deferrals, deferral);
}

// The path of the stage that begins; raises when there is one of that name.
static const char *begin(lua_State *lua, struct declare *declare, const char *name,
                         const char *where)
{
    if (!address_name_is_valid(name)) {
        raise_error(lua,
                    "\"%s\" cannot be the name of a stage: use 1 to 63 of a-z, 0-9 and "
                    "inner hyphens",
                    name);
    }
    const char *stage = declare->stage == NULL
                            ? arena_text(declare->arena, name)
                            : arena_format(declare->arena, "%s/%s", declare->stage, name);
    const char *first = map_find(&declare->stages, stage);
    if (first != NULL) {
        struct fault fault = {0};
        fault_set(&fault, FAULT_ERROR, "there are two stages \"%s\"", stage);
        fault_where(&fault, "%s", where);
        fault_why(&fault, "the first is at %s", first);
        fault_next(&fault, "rename one: what each declared is remembered by its name");
        raise_fault(lua, &fault);
    }
    map_put(&declare->stages, stage, (void *) where);
    return stage;
}

int stage_word(lua_State *lua)
{
    struct declare *declare = declare_check(lua);
    const char *name = luaL_checkstring(lua, 1);
    luaL_checktype(lua, 2, LUA_TFUNCTION);
    lua_settop(lua, 2);
    const char *where = declare_where(lua, declare);
    const char *outer = declare->stage, *outer_waits_for = declare->waits_for;
    const char *stage = begin(lua, declare, name, where);
    const struct mark before = mark(declare);
    declare->stage = stage;
    declare->waits_for = NULL;
    lua_pushcfunction(lua, raise_handler);
    lua_insert(lua, 2);
    int status = lua_pcall(lua, 0, 1, 2);
    const char *waits_for = declare->waits_for;
    declare->stage = outer;
    declare->waits_for = outer_waits_for;
    guard_check(lua);
    // Whatever the function made of it: without that value nothing it says is final.
    if (waits_for != NULL) {
        roll_back(lua, declare, &before);
        defer(declare, stage, where, waits_for);
        return 0;
    }
    if (status != LUA_OK) {
        struct fault fault = {0};
        raise_take(lua, status, &fault);
        return raise_fault(lua, &fault);
    }
    return 1;
}

void stage_list(const struct declare *declare, struct resource_set *set)
{
    size_t deferrals = declare->deferrals.count, answers = declare->answers.count;
    set->deferrals =
        arena_alloc(declare->arena, (deferrals + 1) * sizeof *set->deferrals);
    for (size_t i = 0; i < deferrals; i++)
        set->deferrals[i] = *(struct resource_deferral *) declare->deferrals.items[i];
    set->deferral_count = deferrals;
    set->answers = arena_alloc(declare->arena, (answers + 1) * sizeof *set->answers);
    for (size_t i = 0; i < answers; i++)
        set->answers[i] = *(struct resource_answer *) declare->answers.items[i];
    set->answer_count = answers;
}

static const char *path_of(struct arena *arena, const struct value *reference)
{
    return arena_format(arena, "%s.%s", reference->reference.address,
                        reference->reference.path);
}

void stage_learn(struct script *script, const struct value *reference,
                 const struct value *now)
{
    map_put(&script->learned, path_of(&script->arena, reference),
            (void *) value_copy(&script->arena, now));
}

static const struct value *find_recorded(const struct script *script,
                                         const struct value *reference)
{
    const struct state_rows *rows = script->options.recorded;
    const struct record *record =
        rows != NULL ? state_find(rows, reference->reference.address) : NULL;
    return record != NULL ? value_find_path(record->attributes, reference->reference.path)
                          : NULL;
}

static bool is_plain(const struct value *value)
{
    return value != NULL && value_is_known(value) && !value_has_secret(value);
}

static void note_answer(struct declare *declare, const struct value *reference,
                        const struct value *told)
{
    struct resource_answer *answer = arena_alloc(declare->arena, sizeof *answer);
    answer->reference = value_copy(declare->arena, reference);
    answer->told = value_copy(declare->arena, told);
    array_add(&declare->answers, answer);
}

static void seek_secret(void *context, const struct value *value)
{
    bool *found = context;
    *found = *found || value->kind == VALUE_SECRET ||
             (value->kind == VALUE_REFERENCE && value->reference.secret);
}

// What a reference is worth by now: declared as plain data, else found by a plan, else
// recorded. NULL when it is not known.
static const struct value *look_up(struct declare *declare, const struct value *reference)
{
    const struct script *script = declare->script;
    const char *address = reference->reference.address;
    const struct declaration *target = map_find(&declare->by_address, address);
    const struct value *found = NULL;
    bool secret = false;
    if (target != NULL)
        found = value_find_path(target->resource.attributes, reference->reference.path);
    if (found != NULL)
        value_walk(found, seek_secret, &secret);
    if (secret || is_plain(found))
        return secret ? NULL : found;
    found = NULL;
    if (declare->stage != NULL)
        found = map_find(&script->learned, path_of(declare->arena, reference));
    if (found == NULL)
        found = find_recorded(script, reference);
    if (!is_plain(found))
        return NULL;
    if (declare->stage != NULL)
        note_answer(declare, reference, found);
    return found;
}

static int raise_unknown(lua_State *lua, const struct value *value)
{
    struct fault fault = {0};
    const struct value *first = value_first_unknown(value);
    const char *file;
    int line;
    fault_set(&fault, FAULT_ERROR, "value: %s.%s is known only after apply",
              first->reference.address, first->reference.path);
    if (raise_place(lua, 1, &file, &line))
        fault_where(&fault, "%s:%d", file, line);
    fault_why(&fault, "%s is not there yet", first->reference.address);
    fault_next(&fault,
               "pass it on as it is, join it with text(\"…%%s…\", it), or ask for "
               "it inside of stage(\"…\", function() … end)");
    return raise_fault(lua, &fault);
}

// Pushes the plain data of one part.
static void push_plain(lua_State *lua, struct declare *declare, const struct value *part)
{
    const struct value *plain =
        part->kind == VALUE_REFERENCE ? look_up(declare, part) : part;
    if (plain == NULL) {
        if (declare->stage != NULL && declare->waits_for == NULL)
            declare->waits_for = path_of(declare->arena, part);
        raise_unknown(lua, part);
    }
    convert_push(lua, plain, CONVERT_NULL_IS_NIL);
}

int stage_value(lua_State *lua)
{
    struct declare *declare = declare_check(lua);
    luaL_checkany(lua, 1);
    handle_refuse(lua, 1, "value");
    const struct value *value = reference_find(lua, 1);
    if (value == NULL) {
        lua_settop(lua, 1);
        return 1;
    }
    if (value_has_secret(value) ||
        (value->kind == VALUE_REFERENCE && value->reference.secret))
        return raise_error(lua, "value: a secret has no plain value in a playbook");
    if (value->kind != VALUE_TEMPLATE) {
        push_plain(lua, declare, value);
        return 1;
    }
    size_t count = value->list.count;
    luaL_checkstack(lua, (int) count + 4, "value");
    for (size_t i = 0; i < count; i++)
        push_plain(lua, declare, value->list.items[i]);
    lua_concat(lua, (int) count);
    return 1;
}
