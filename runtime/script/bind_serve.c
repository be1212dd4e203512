// SPDX-License-Identifier: MIT
//
// serve.open(address, port, function(request) → answer [, folder]) → server; for the
// lab's stand-ins. The handler runs as a task of its own and may wait. request: { method,
// path, query (list of { name, value }), headers (by name, in small letters), body, peer,
// file }; answer: { status, headers, json | body | file (with from and length), drop =
// true | "reset", cut = bytes }. With a folder a body of more than 64 KiB is a file there
// instead, which goes unless it is moved. server.port, server:close().
#include "script/bind.h"

#include "base/text.h"
#include "net/serve.h"
#include "script/convert.h"
#include "script/machine.h"
#include "script/raise.h"
#include "script/task.h"
#include "value/json.h"

#include <lauxlib.h>

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define METATABLE "pipster.serve"

struct server {
    struct script *script;
    struct serve *serve; // NULL: closed
    int handler;         // in the registry
};

// One request on its way; the arena holds the answer.
struct visit {
    struct server *server;
    struct serve_request *request;
    struct arena arena;
    int status;
    struct http_header *headers;
    size_t header_count;
    const char *body;
    size_t length;
    bool drop;
    bool reset;
    int64_t cut; // -1: whole
    struct serve_part part; // with a file in place of the body
    bool from_file;
};

static void push_query(lua_State *lua, const struct serve_request *request)
{
    size_t count = 0;
    const struct serve_query *queries = serve_queries(request, &count);
    lua_createtable(lua, (int) count, 0);
    for (size_t i = 0; i < count; i++) {
        lua_createtable(lua, 0, 2);
        lua_pushstring(lua, queries[i].name);
        lua_setfield(lua, -2, "name");
        lua_pushstring(lua, queries[i].value != NULL ? queries[i].value : "");
        lua_setfield(lua, -2, "value");
        lua_rawseti(lua, -2, (lua_Integer) i + 1);
    }
}

static void add_header(void *context, const char *name, const char *value)
{
    lua_State *lua = context;
    luaL_Buffer small;
    luaL_buffinit(lua, &small);
    for (const char *byte = name; *byte != '\0'; byte++)
        luaL_addchar(&small, (char) tolower((unsigned char) *byte));
    luaL_pushresult(&small);
    lua_pushstring(lua, value);
    lua_rawset(lua, -3);
}

static void push_headers(lua_State *lua, const struct serve_request *request)
{
    lua_newtable(lua);
    serve_each_header(request, add_header, lua);
}

static void push_request(lua_State *lua, const struct serve_request *request)
{
    size_t length = 0;
    const char *body = serve_body(request, &length);
    lua_createtable(lua, 0, 7);
    lua_pushstring(lua, serve_body_file(request));
    lua_setfield(lua, -2, "file");
    lua_pushstring(lua, serve_method(request));
    lua_setfield(lua, -2, "method");
    lua_pushstring(lua, serve_path(request));
    lua_setfield(lua, -2, "path");
    lua_pushstring(lua, serve_peer(request));
    lua_setfield(lua, -2, "peer");
    lua_pushlstring(lua, body != NULL ? body : "", length);
    lua_setfield(lua, -2, "body");
    push_query(lua, request);
    lua_setfield(lua, -2, "query");
    push_headers(lua, request);
    lua_setfield(lua, -2, "headers");
}

static void check_headers(lua_State *lua, struct visit *visit, bool json)
{
    visit->headers = arena_alloc(&visit->arena, 65 * sizeof *visit->headers);
    if (json) {
        visit->headers[visit->header_count++] =
            (struct http_header){"Content-Type", "application/json"};
    }
    if (lua_getfield(lua, 2, "headers") == LUA_TTABLE) {
        for (lua_pushnil(lua); lua_next(lua, -2) != 0 && visit->header_count < 64;) {
            lua_pushvalue(lua, -2); // a copy, since tostring may change a key in place
            const char *name = arena_text(&visit->arena, luaL_checkstring(lua, -1));
            const char *value = arena_text(&visit->arena, luaL_checkstring(lua, -2));
            visit->headers[visit->header_count++] = (struct http_header){name, value};
            lua_pop(lua, 2);
        }
    }
    lua_settop(lua, 2);
}

static void check_file(lua_State *lua, struct visit *visit)
{
    const char *path = luaL_checkstring(lua, -1);
    visit->part.offset = (uint64_t) bind_number(lua, 2, "from", 0);
    visit->part.length = (uint64_t) bind_number(lua, 2, "length", 0);
    visit->part.fd = open(path, O_RDONLY | O_CLOEXEC);
    visit->from_file = visit->part.fd >= 0;
    if (!visit->from_file)
        raise_error(lua, "%s cannot be read", path);
}

// context, answer
static int check_answer(lua_State *lua, int status, lua_KContext context)
{
    struct visit *visit = (struct visit *) context;
    (void) status;
    luaL_checktype(lua, 2, LUA_TTABLE);
    lua_getfield(lua, 2, "drop");
    visit->drop = lua_toboolean(lua, -1) != 0;
    visit->reset =
        lua_type(lua, -1) == LUA_TSTRING && strcmp(lua_tostring(lua, -1), "reset") == 0;
    lua_pop(lua, 1);
    visit->cut = (int64_t) bind_number(lua, 2, "cut", -1);
    visit->status = (int) bind_number(lua, 2, "status", 200);
    bool json = lua_getfield(lua, 2, "json") != LUA_TNIL;
    if (json) {
        visit->body = json_text(&visit->arena, convert_check(lua, -1, &visit->arena));
        visit->length = strlen(visit->body);
    } else if (lua_getfield(lua, 2, "body") != LUA_TNIL) {
        const char *body = bind_check_bytes(lua, -1, &visit->length);
        visit->body = arena_copy(&visit->arena, body, visit->length);
    }
    lua_settop(lua, 2);
    check_headers(lua, visit, json);
    // Last, since nothing may be raised while a file is open.
    if (lua_getfield(lua, 2, "file") != LUA_TNIL)
        check_file(lua, visit);
    return 0;
}

static int visit_body(lua_State *lua)
{
    struct visit *visit = lua_touserdata(lua, 1);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, visit->server->handler);
    push_request(lua, visit->request);
    lua_callk(lua, 1, 1, (lua_KContext) visit, check_answer);
    return check_answer(lua, LUA_OK, (lua_KContext) visit);
}

static void answer_fault(struct visit *visit, const struct fault *fault)
{
    fprintf(stderr, "stand-in: %s%s%s\n", fault->where,
            fault->where[0] != '\0' ? ": " : "", fault->what);
    struct value_entry entries[] = {
        {"code", value_text(&visit->arena, "lab_error")},
        {"message", value_text(&visit->arena, fault->what)},
    };
    struct value_entry outer[] = {{"error", value_map(&visit->arena, entries, 2)}};
    visit->body = json_text(&visit->arena, value_map(&visit->arena, outer, 1));
    serve_answer(visit->request, 500, NULL, 0, visit->body, strlen(visit->body));
}

static void visit_done(void *context, const struct fault *fault)
{
    struct visit *visit = context;
    const char *body = visit->body != NULL ? visit->body : "";
    if (fault == NULL || visit->server->serve == NULL) {
        // The server is gone and its requests with it.
    } else if (fault_is_set(fault)) {
        answer_fault(visit, fault);
    } else if (visit->drop) {
        serve_drop(visit->request, visit->reset);
    } else if (visit->cut >= 0) {
        // The whole length is promised, `cut` bytes of it come.
        serve_cut(visit->request, visit->status, body,
                  (size_t) visit->cut < visit->length ? (size_t) visit->cut
                                                      : visit->length);
    } else if (visit->from_file) {
        serve_answer_file(visit->request, visit->status, visit->headers,
                          visit->header_count, visit->part);
        visit->from_file = false;
    } else {
        serve_answer(visit->request, visit->status, visit->headers, visit->header_count,
                     body, visit->length);
    }
    if (visit->from_file)
        close(visit->part.fd);
    arena_clear(&visit->arena);
    free(visit);
}

static void visited(void *context, struct serve_request *request)
{
    struct server *server = context;
    struct visit *visit = calloc(1, sizeof *visit);
    if (visit == NULL)
        abort();
    visit->server = server;
    visit->request = request;
    visit->cut = -1;
    arena_init(&visit->arena, 0);
    task_start(server->script, visit_body, visit, visit_done);
}

static int l_open(lua_State *lua)
{
    const char *address = luaL_checkstring(lua, 1);
    int port = (int) luaL_checkinteger(lua, 2);
    luaL_checktype(lua, 3, LUA_TFUNCTION);
    const char *folder = luaL_optstring(lua, 4, NULL);
    struct script *script = script_of(lua);
    struct server *server = lua_newuserdatauv(lua, sizeof *server, 0);
    *server = (struct server){.script = script};
    luaL_setmetatable(lua, METATABLE);
    lua_pushvalue(lua, 3);
    server->handler = luaL_ref(lua, LUA_REGISTRYINDEX);
    // Kept: its address is with the server until it is closed.
    lua_pushvalue(lua, -1);
    lua_rawsetp(lua, LUA_REGISTRYINDEX, server);
    struct fault fault = {0};
    if (!serve_open(&server->serve, script->options.loop, address, port, visited, server,
                    &fault)) {
        server->serve = NULL;
        return raise_fault(lua, &fault);
    }
    if (folder != NULL)
        serve_spool(server->serve, folder);
    return 1;
}

static int l_close(lua_State *lua)
{
    struct server *server = luaL_checkudata(lua, 1, METATABLE);
    if (server->serve != NULL) {
        struct serve *serve = server->serve;
        server->serve = NULL;
        serve_close(serve);
    }
    return 0;
}

static int l_index(lua_State *lua)
{
    const struct server *server = luaL_checkudata(lua, 1, METATABLE);
    const char *key = luaL_checkstring(lua, 2);
    if (strcmp(key, "port") == 0 && server->serve != NULL)
        lua_pushinteger(lua, serve_port(server->serve));
    else if (strcmp(key, "close") == 0)
        lua_pushcfunction(lua, l_close);
    else
        lua_pushnil(lua);
    return 1;
}

static const luaL_Reg events[] = {{"__index", l_index}, {"__gc", l_close}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"open", l_open}, {NULL, NULL}};

int bind_serve(lua_State *lua)
{
    luaL_newmetatable(lua, METATABLE);
    luaL_setfuncs(lua, events, 0);
    lua_pushliteral(lua, METATABLE);
    lua_setfield(lua, -2, "__metatable");
    lua_pop(lua, 1);
    luaL_newlib(lua, functions);
    return 1;
}
