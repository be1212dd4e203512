// SPDX-License-Identifier: MIT
#include "script/rule_propose.h"

#include "engine/rule_read.h"
#include "script/convert.h"
#include "script/machine.h"
#include "script/raise.h"

#include <lauxlib.h>

#include <string.h>

// The functions, by their ruling.
#define ASKED "pipster.propose"

void rule_propose_take(lua_State *lua, struct ruling *ruling, int index)
{
    index = lua_absindex(lua, index);
    if (lua_getfield(lua, index, "propose") != LUA_TFUNCTION) {
        lua_pop(lua, 1);
        return;
    }
    luaL_getsubtable(lua, LUA_REGISTRYINDEX, ASKED);
    lua_insert(lua, -2);
    lua_rawsetp(lua, -2, ruling);
    lua_pop(lua, 1);
    lua_newtable(lua);
    for (lua_pushnil(lua); lua_next(lua, index) != 0;) {
        lua_pushvalue(lua, -2);
        lua_insert(lua, -2);
        lua_rawset(lua, -4);
    }
    lua_pushnil(lua);
    lua_setfield(lua, -2, "propose");
    lua_replace(lua, index);
    ruling->asks = true;
}

void rule_propose_forget(lua_State *lua)
{
    lua_pushnil(lua);
    lua_setfield(lua, LUA_REGISTRYINDEX, ASKED);
}

// in_force(address)
static int l_in_force(lua_State *lua)
{
    const struct declare *declare = declare_check(lua);
    const char *address = convert_check_word(lua, 1, "an address");
    const struct declaration *found = map_find(&declare->by_address, address);
    if (found == NULL)
        lua_pushnil(lua);
    else
        convert_push(lua, found->resource.attributes, CONVERT_NULL_IS_NIL);
    return 1;
}

static void ask(lua_State *lua, struct declare *declare, struct ruling *ruling)
{
    struct fault fault = {0};
    ruling->is_settled = true;
    luaL_checkstack(lua, 8, "proposal");
    luaL_getsubtable(lua, LUA_REGISTRYINDEX, ASKED);
    lua_rawgetp(lua, -1, ruling);
    lua_pushcfunction(lua, l_in_force);
    declare->proposes = true;
    lua_call(lua, 1, 1);
    declare->proposes = false;
    const struct value *proposal = convert_find(lua, -1, declare->arena);
    lua_pop(lua, 2);
    if (rule_read_proposal(declare->arena, proposal, &ruling->rule, &fault))
        return;
    fault_where(&fault, "%s", ruling->rule.where);
    raise_fault(lua, &fault);
}

const struct rule *rule_propose_ask(lua_State *lua, struct declare *declare,
                                    const char *name)
{
    for (size_t i = 0; i < declare->rules.count; i++) {
        struct ruling *ruling = declare->rules.items[i];
        if (!ruling->asks || strcmp(ruling->rule.name, name) != 0)
            continue;
        if (!ruling->is_settled)
            ask(lua, declare, ruling);
        return &ruling->rule;
    }
    return NULL;
}

static bool is_of(const struct script_amendment *amendment, const struct rule *rule)
{
    return amendment->accepted != NULL && strcmp(amendment->accepted, rule->name) == 0 &&
           (amendment->accepted_in == NULL ||
            strcmp(amendment->accepted_in, rule->file) == 0);
}

// Whatever it would say today: what was accepted is what is in force.
static void take_accepted(struct declare *declare, struct ruling *ruling)
{
    const struct script *script = declare->script;
    struct value_entry *entries =
        arena_alloc(declare->arena, (script->amendment_count + 1) * sizeof *entries);
    size_t count = 0;
    for (size_t i = 0; i < script->amendment_count; i++) {
        const struct script_amendment *amendment = &script->amendments[i];
        if (!is_of(amendment, &ruling->rule))
            continue;
        ruling->is_settled = ruling->is_accepted = true;
        if (amendment->include != NULL)
            ruling->rule.include = amendment->include;
        if (amendment->address != NULL)
            entries[count++] =
                (struct value_entry){amendment->address, amendment->attributes};
    }
    if (count > 0)
        ruling->rule.amend = value_map(declare->arena, entries, count);
}

void rule_propose_ask_all(lua_State *lua, struct declare *declare)
{
    for (size_t i = 0; i < declare->rules.count; i++) {
        struct ruling *ruling = declare->rules.items[i];
        if (ruling->asks && !ruling->is_settled)
            take_accepted(declare, ruling);
        if (ruling->asks && !ruling->is_settled)
            ask(lua, declare, ruling);
    }
}
