// SPDX-License-Identifier: MIT
//
// dns.lookup(name, type, { server }) → list; tcp.connect(host, port, seconds) → true |
// nil, why.
#include "script/bind.h"

#include "net/resolve.h"
#include "net/tcp.h"
#include "script/machine.h"
#include "script/operation.h"
#include "script/raise.h"

#include <lauxlib.h>

struct lookup {
    struct operation base;
    const char **records;
    size_t count;
};

static void lookup_done(void *context, char *const *records, size_t count,
                        const struct fault *fault)
{
    struct lookup *lookup = context;
    struct arena *arena = &lookup->base.arena;
    lookup->records = arena_alloc(arena, (count + 1) * sizeof *lookup->records);
    for (size_t i = 0; i < count; i++)
        lookup->records[i] = arena_text(arena, records[i]);
    lookup->count = count;
    lookup->base.fault = *fault;
    operation_finish(&lookup->base);
}

static int finish_lookup(lua_State *lua, int status, lua_KContext context)
{
    struct lookup *lookup = (struct lookup *) context;
    (void) status;
    if (!lookup->base.finished)
        return operation_wait(lua, &lookup->base, finish_lookup);
    if (fault_is_set(&lookup->base.fault))
        return raise_fault(lua, &lookup->base.fault);
    lua_createtable(lua, (int) lookup->count, 0);
    for (size_t i = 0; i < lookup->count; i++) {
        lua_pushstring(lua, lookup->records[i]);
        lua_rawseti(lua, -2, (lua_Integer) i + 1);
    }
    return 1;
}

static int l_lookup(lua_State *lua)
{
    const char *name = luaL_checkstring(lua, 1);
    const char *type = luaL_optstring(lua, 2, "A");
    const char *server = lua_istable(lua, 3) ? bind_text(lua, 3, "server", NULL) : NULL;
    struct lookup *lookup = operation_new(lua, sizeof *lookup);
    lookup->base.finished = false;
    resolve_start(script_of(lua)->options.loop, name, type, server, lookup_done, lookup);
    return operation_wait(lua, &lookup->base, finish_lookup);
}

static void connect_done(void *context, const struct fault *fault)
{
    struct operation *operation = context;
    operation->fault = *fault;
    operation_finish(operation);
}

static int finish_connect(lua_State *lua, int status, lua_KContext context)
{
    struct operation *operation = (struct operation *) context;
    (void) status;
    if (!operation->finished)
        return operation_wait(lua, operation, finish_connect);
    if (!fault_is_set(&operation->fault)) {
        lua_pushboolean(lua, 1);
        return 1;
    }
    lua_pushnil(lua);
    lua_pushstring(lua, operation->fault.why[0] != '\0' ? operation->fault.why
                                                        : operation->fault.what);
    return 2;
}

static int l_connect(lua_State *lua)
{
    const char *host = luaL_checkstring(lua, 1);
    int port = (int) luaL_checkinteger(lua, 2);
    int64_t timeout_ms = (int64_t) (luaL_optnumber(lua, 3, 5) * 1000);
    luaL_argcheck(lua, port > 0 && port < 65536, 2, "a port");
    struct operation *operation = operation_new(lua, sizeof *operation);
    operation->finished = false;
    tcp_connect_start(script_of(lua)->options.loop, host, port, timeout_ms, connect_done,
                      operation);
    return operation_wait(lua, operation, finish_connect);
}

static const luaL_Reg lookups[] = {{"lookup", l_lookup}, {NULL, NULL}};
static const luaL_Reg connects[] = {{"connect", l_connect}, {NULL, NULL}};

int bind_dns(lua_State *lua)
{
    luaL_newlib(lua, lookups);
    return 1;
}

int bind_dns_tcp(lua_State *lua)
{
    luaL_newlib(lua, connects);
    return 1;
}
