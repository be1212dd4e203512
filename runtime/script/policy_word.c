// SPDX-License-Identifier: MIT
#include "script/policy_word.h"

#include "base/duration.h"
#include "engine/share.h"
#include "script/convert.h"
#include "script/declare.h"
#include "script/handle.h"
#include "script/machine.h"
#include "script/policy_plan.h"
#include "script/raise.h"

#include <lauxlib.h>

#include <string.h>

#define DAY 86400

static void check_words(lua_State *lua, const char *name, const char *const *known)
{
    size_t count = 0;
    while (known[count] != NULL)
        count++;
    for (lua_pushnil(lua); lua_next(lua, 1) != 0; lua_pop(lua, 1)) {
        if (lua_type(lua, -2) != LUA_TSTRING)
            continue;
        const char *word = lua_tostring(lua, -2);
        bool is_known = false;
        for (size_t i = 0; i < count; i++)
            is_known = is_known || strcmp(word, known[i]) == 0;
        if (is_known)
            continue;
        const char *near = schema_nearest(word, known, count);
        raise_error(lua, "guard.%s takes no %s%s%s%s", name, word,
                    near != NULL ? ": did you mean " : "", near != NULL ? near : "",
                    near != NULL ? "?" : "");
    }
}

static struct resource_guard *add_guard(lua_State *lua, enum guard_kind kind)
{
    struct declare *declare = declare_check(lua);
    struct resource_guard *guard = arena_alloc(declare->arena, sizeof *guard);
    guard->kind = kind;
    guard->where = declare_where(lua, declare);
    guard->rule = LUA_NOREF;
    return guard;
}

static void keep(lua_State *lua, struct resource_guard *guard)
{
    array_add(&declare_check(lua)->guards, guard);
}

static const char *take_text(lua_State *lua, const char *name)
{
    lua_getfield(lua, 1, name);
    const char *text =
        arena_text(declare_check(lua)->arena, luaL_optstring(lua, -1, NULL));
    lua_pop(lua, 1);
    return text;
}

// The text or the thing on top of the stack.
static const char *check_one(lua_State *lua, const char *what)
{
    const struct declaration *declaration = handle_find(lua, -1);
    if (declaration != NULL)
        return declaration->resource.address;
    if (lua_type(lua, -1) != LUA_TSTRING)
        raise_error(lua, "%s = must be a list of texts", what);
    return arena_text(declare_check(lua)->arena, lua_tostring(lua, -1));
}

// The items of the table at `index`, or the one thing that is there.
static const char *const *take_list(lua_State *lua, int index, const char *what,
                                    size_t *count)
{
    struct declare *declare = declare_check(lua);
    bool many = lua_istable(lua, index);
    *count = many ? lua_rawlen(lua, index) : !lua_isnil(lua, index);
    const char **items = arena_alloc(declare->arena, (*count + 1) * sizeof *items);
    for (size_t i = 0; i < *count; i++) {
        if (many)
            lua_rawgeti(lua, index, (lua_Integer) i + 1);
        else
            lua_pushvalue(lua, index);
        items[i] = check_one(lua, what);
        lua_pop(lua, 1);
    }
    return items;
}

// `types`, `on` and `because`, which every guard over changes takes.
static void take_scope(lua_State *lua, struct resource_guard *guard)
{
    luaL_checkstack(lua, 6, "guard");
    lua_getfield(lua, 1, "types"); // 2
    guard->types = take_list(lua, 2, "types", &guard->type_count);
    lua_getfield(lua, 1, "on"); // 3
    guard->on = take_list(lua, 3, "on", &guard->on_count);
    lua_settop(lua, 1);
    guard->because = take_text(lua, "because");
}

static void add_budget(lua_State *lua, const char *text)
{
    struct declare *declare = declare_check(lua);
    struct resource_budget *budget = arena_alloc(declare->arena, sizeof *budget);
    struct fault fault = {0};
    budget->where = declare_where(lua, declare);
    budget->text = text;
    if (!money_parse_budget(text, &budget->max, &fault)) {
        fault_where(&fault, "%s", budget->where);
        raise_fault(lua, &fault);
    }
    array_add(&declare->budgets, budget);
}

static int l_budget(lua_State *lua)
{
    static const char *const known[] = {"max", "max_share_of_revenue", NULL};
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 1);
    check_words(lua, "budget", known);
    const char *max = take_text(lua, "max");
    const char *share = take_text(lua, "max_share_of_revenue");
    if (max == NULL && share == NULL)
        raise_error(lua, "guard.budget wants max = \"$15/month\" or "
                         "max_share_of_revenue = \"10%%\"");
    if (max != NULL)
        add_budget(lua, max);
    if (share == NULL)
        return 0;
    struct money ignored;
    if (!share_of(share, money_zero(""), &ignored))
        raise_error(lua, "max_share_of_revenue = \"10%%\", not \"%s\"", share);
    struct resource_guard *guard = add_guard(lua, GUARD_SHARE);
    guard->text = share;
    keep(lua, guard);
    return 0;
}

static int l_forbid(lua_State *lua)
{
    static const char *const known[] = {"because", "on", "types", NULL};
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 1);
    check_words(lua, "forbid", known);
    struct resource_guard *guard = add_guard(lua, GUARD_FORBID);
    take_scope(lua, guard);
    if (guard->type_count == 0)
        raise_error(lua, "guard.forbid wants types = { \"hetzner.volume\", … }");
    keep(lua, guard);
    return 0;
}

static int l_require_labels(lua_State *lua)
{
    static const char *const known[] = {"because", "on", "types", NULL};
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 1);
    check_words(lua, "require_labels", known);
    struct resource_guard *guard = add_guard(lua, GUARD_LABELS);
    guard->labels = take_list(lua, 1, "labels", &guard->label_count);
    if (guard->label_count == 0)
        raise_error(lua, "guard.require_labels wants labels: { \"team\", … }");
    take_scope(lua, guard);
    keep(lua, guard);
    return 0;
}

static bool read_time(const char **text, int64_t *seconds)
{
    const char *at = *text;
    for (int i = 0; i < 5; i++)
        if (i == 2 ? at[i] != ':' : at[i] < '0' || at[i] > '9')
            return false;
    int64_t hour = (at[0] - '0') * 10 + at[1] - '0';
    int64_t minute = (at[3] - '0') * 10 + at[4] - '0';
    *seconds = hour * 3600 + minute * 60;
    *text = at + 5;
    return hour < 24 && minute < 60;
}

// Whether the playbook's clock is within "02:00-04:00" (UTC); over midnight too.
static bool is_within(lua_State *lua, const char *window)
{
    int64_t now = script_of(lua)->options.now_ms / 1000 % DAY, from = 0, to = 0;
    const char *at = window;
    if (!read_time(&at, &from) || *at++ != '-' || !read_time(&at, &to) || *at != '\0')
        raise_error(lua, "unless = \"02:00-04:00\" (UTC), not \"%s\"", window);
    return from <= to ? now >= from && now < to : now >= from || now < to;
}

static int l_forbid_downtime(lua_State *lua)
{
    static const char *const known[] = {"because", "on", "over", "types", "unless", NULL};
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 1);
    check_words(lua, "forbid_downtime", known);
    struct resource_guard *guard = add_guard(lua, GUARD_DOWNTIME);
    guard->text = take_text(lua, "over");
    struct fault fault = {0};
    if (guard->text != NULL && !duration_parse(guard->text, &guard->over_ms, &fault))
        raise_error(lua, "over = \"1m\", not \"%s\"", guard->text);
    const char *window = take_text(lua, "unless");
    guard->is_open = window != NULL && is_within(lua, window);
    take_scope(lua, guard);
    keep(lua, guard);
    return 0;
}

static int l_rule_table(lua_State *lua) // upvalue: the guard
{
    static const char *const known[] = {"check", NULL};
    struct resource_guard *guard = lua_touserdata(lua, lua_upvalueindex(1));
    declare_check(lua);
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 1);
    check_words(lua, "rule", known);
    if (lua_getfield(lua, 1, "check") != LUA_TFUNCTION)
        raise_error(lua, "guard.rule \"%s\" wants check = function(plan) … end",
                    guard->text);
    guard->rule = luaL_ref(lua, LUA_REGISTRYINDEX);
    return 0;
}

// guard.rule "name" { check = … }
static int l_rule(lua_State *lua)
{
    const char *name = luaL_checkstring(lua, 1);
    struct resource_guard *guard = add_guard(lua, GUARD_RULE);
    guard->text = arena_text(declare_check(lua)->arena, name);
    keep(lua, guard);
    lua_pushlightuserdata(lua, guard);
    lua_pushcclosure(lua, l_rule_table, 1);
    return 1;
}

static const luaL_Reg words[] = {{"budget", l_budget},
                                 {"forbid", l_forbid},
                                 {"forbid_downtime", l_forbid_downtime},
                                 {"require_labels", l_require_labels},
                                 {"rule", l_rule},
                                 {NULL, NULL}};

void policy_word_push(lua_State *lua)
{
    luaL_newlib(lua, words);
}

bool policy_word_check(const struct declare *declare, struct fault *fault)
{
    for (size_t i = 0; i < declare->guards.count; i++) {
        const struct resource_guard *guard = declare->guards.items[i];
        if (guard->kind != GUARD_RULE || guard->rule != LUA_NOREF)
            continue;
        fault_set(fault, FAULT_ERROR,
                  "guard.rule \"%s\" is not finished: its table is "
                  "missing",
                  guard->text);
        fault_where(fault, "%s", guard->where);
        return fault_next(fault,
                          "write guard.rule \"%s\" { check = function(plan) … end }",
                          guard->text);
    }
    return true;
}

struct question {
    const struct plan *plan;
    struct arena *arena;
    int rule;
    const char *because;
};

// Only `return false, "because"` forbids.
static int ask(lua_State *lua)
{
    struct question *question = lua_touserdata(lua, 1);
    luaL_checkstack(lua, 10, "rule");
    lua_rawgeti(lua, LUA_REGISTRYINDEX, question->rule);
    policy_plan_push(lua, question->plan);
    lua_call(lua, 1, 2);
    bool forbidden = lua_isboolean(lua, -2) && !lua_toboolean(lua, -2);
    if (forbidden)
        question->because =
            arena_text(question->arena, luaL_optstring(lua, -1, "it does not say why"));
    return 0;
}

bool policy_word_judge(void *script, const struct plan *plan, int rule,
                       struct arena *arena, const char **because, struct fault *fault)
{
    struct question question = {plan, arena, rule, NULL};
    bool asked = script_protect(script, ask, &question, fault);
    *because = question.because;
    return asked;
}
