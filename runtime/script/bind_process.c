// SPDX-License-Identifier: MIT
//
// process.run{ argv, input, directory, environment, timeout } → { status, output, errors
// }
#include "script/bind.h"

#include "net/process.h"
#include "script/machine.h"
#include "script/operation.h"
#include "script/raise.h"

#include <lauxlib.h>

struct run {
    struct operation base;
    int status;
    int signal;
    const char *output;
    size_t length;
    const char *errors;
    size_t errors_length;
};

static void run_done(void *context, const struct process_result *result,
                     const struct fault *fault)
{
    struct run *run = context;
    struct arena *arena = &run->base.arena;
    run->base.fault = *fault;
    if (result != NULL) {
        run->status = result->status;
        run->signal = result->signal;
        run->output = arena_copy(arena, result->output != NULL ? result->output : "",
                                 result->length);
        run->length = result->length;
        run->errors = arena_copy(arena, result->errors != NULL ? result->errors : "",
                                 result->errors_length);
        run->errors_length = result->errors_length;
    }
    operation_finish(&run->base);
}

static int finish(lua_State *lua, int status, lua_KContext context)
{
    struct run *run = (struct run *) context;
    (void) status;
    if (!run->base.finished)
        return operation_wait(lua, &run->base, finish);
    if (fault_is_set(&run->base.fault))
        return raise_fault(lua, &run->base.fault);
    lua_createtable(lua, 0, 4);
    lua_pushinteger(lua, run->status);
    lua_setfield(lua, -2, "status");
    lua_pushinteger(lua, run->signal);
    lua_setfield(lua, -2, "signal");
    lua_pushlstring(lua, run->output, run->length);
    lua_setfield(lua, -2, "output");
    lua_pushlstring(lua, run->errors, run->errors_length);
    lua_setfield(lua, -2, "errors");
    return 1;
}

static int l_run(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 1);
    struct run *run = operation_new(lua, sizeof *run);
    struct arena *arena = &run->base.arena;
    struct process_call call = {0};
    call.argv = bind_texts(lua, 1, "argv", arena, NULL);
    luaL_argcheck(lua, call.argv != NULL && call.argv[0] != NULL, 1, "argv is missing");
    call.environment = bind_texts(lua, 1, "environment", arena, NULL);
    call.directory = arena_text(arena, bind_text(lua, 1, "directory", NULL));
    call.timeout_ms = (int64_t) (bind_number(lua, 1, "timeout", 0) * 1000);
    if (lua_getfield(lua, 1, "input") != LUA_TNIL) {
        const char *input = bind_check_bytes(lua, -1, &call.input_length);
        call.input = arena_copy(arena, input, call.input_length);
    }
    lua_pop(lua, 1);
    run->base.finished = false;
    process_start(script_of(lua)->options.loop, &call, run_done, run);
    return operation_wait(lua, &run->base, finish);
}

static const luaL_Reg functions[] = {{"run", l_run}, {NULL, NULL}};

int bind_process(lua_State *lua)
{
    luaL_newlib(lua, functions);
    return 1;
}
