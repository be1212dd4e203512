// SPDX-License-Identifier: MIT
//
// clock: now, ms, text, sleep.
#include "script/bind.h"

#include "base/clock.h"
#include "net/loop.h"
#include "script/machine.h"
#include "script/operation.h"
#include "script/raise.h"

#include <lauxlib.h>

static int l_now(lua_State *lua)
{
    lua_pushinteger(lua, clock_now_ms() / 1000);
    return 1;
}

static int l_ms(lua_State *lua)
{
    lua_pushinteger(lua, clock_now_ms());
    return 1;
}

static int l_text(lua_State *lua)
{
    char text[CLOCK_TEXT_SIZE];
    int64_t now = clock_now_ms() / 1000;
    lua_Number seconds = luaL_optnumber(lua, 1, (lua_Number) now);
    lua_pushstring(lua, clock_format((int64_t) (seconds * 1000), text));
    return 1;
}

static void rung(void *context)
{
    operation_finish(context);
}

static int finish(lua_State *lua, int status, lua_KContext context)
{
    struct operation *operation = (struct operation *) context;
    (void) status;
    return operation->finished ? 0 : operation_wait(lua, operation, finish);
}

static int l_sleep(lua_State *lua)
{
    lua_Number seconds = luaL_checknumber(lua, 1);
    luaL_argcheck(lua, seconds >= 0 && seconds < 1e7, 1, "a duration in seconds");
    struct operation *operation = operation_new(lua, sizeof *operation);
    operation->finished = false;
    loop_timer_start(script_of(lua)->options.loop, (uint64_t) (seconds * 1000), rung,
                     operation);
    return operation_wait(lua, operation, finish);
}

static const luaL_Reg functions[] = {
    {"now", l_now}, {"ms", l_ms}, {"text", l_text}, {"sleep", l_sleep}, {NULL, NULL}};

int bind_clock(lua_State *lua)
{
    luaL_newlib(lua, functions);
    return 1;
}
