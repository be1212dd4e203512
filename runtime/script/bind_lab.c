// SPDX-License-Identifier: MIT
//
// driver.VERB(argument) → answer. One upvalue holds who answers, the other the verb.
#include "script/bind_lab.h"

#include "script/convert.h"
#include "script/library.h"
#include "script/machine.h"
#include "script/raise.h"

#include <lauxlib.h>

#define METATABLE "pipster.driver_call"

struct answerer {
    bind_lab_fn call;
    void *context;
};

static int collect(lua_State *lua)
{
    arena_clear(luaL_checkudata(lua, 1, METATABLE));
    return 0;
}

// Collected with the stack, so that an argument without a value leaks nothing.
static struct arena *push_arena(lua_State *lua)
{
    struct arena *arena = lua_newuserdatauv(lua, sizeof *arena, 0);
    arena_init(arena, 0);
    if (luaL_newmetatable(lua, METATABLE)) {
        lua_pushcfunction(lua, collect);
        lua_setfield(lua, -2, "__gc");
    }
    lua_setmetatable(lua, -2);
    return arena;
}

static int l_call(lua_State *lua)
{
    const struct answerer *answerer = lua_touserdata(lua, lua_upvalueindex(1));
    const char *verb = lua_tostring(lua, lua_upvalueindex(2));
    const struct value *answer = NULL;
    struct fault fault = {0};
    lua_settop(lua, 1);
    struct arena *arena = push_arena(lua);
    const struct value *argument = convert_find(lua, 1, arena);
    if (!answerer->call(answerer->context, verb, argument, arena, &answer, &fault))
        return raise_fault(lua, &fault);
    convert_push(lua, answer, CONVERT_NULL_IS_NIL);
    return 1;
}

static int open_driver(lua_State *lua)
{
    static const char *const verbs[] = {"start",  "stop",    "reset",    "reboot",
                                        "resize", "remove",  "firewall", "status",
                                        "dns",    "notices", "log",      "give"};
    lua_newtable(lua);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        lua_pushvalue(lua, lua_upvalueindex(1));
        lua_pushstring(lua, verbs[i]);
        lua_pushcclosure(lua, l_call, 2);
        lua_setfield(lua, -2, verbs[i]);
    }
    return 1;
}

void bind_lab_add(struct script *script, bind_lab_fn call, void *context)
{
    lua_State *lua = script->lua;
    struct answerer *answerer = lua_newuserdatauv(lua, sizeof *answerer, 0);
    *answerer = (struct answerer){call, context};
    lua_pushcclosure(lua, open_driver, 1);
    library_add(lua, "driver");
}
