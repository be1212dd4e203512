// SPDX-License-Identifier: MIT
//
// http.request{…} → reply. Any status is an answer; no answer raises.
#include "script/bind.h"

#include "base/text.h"
#include "net/retry.h"
#include "script/convert.h"
#include "script/machine.h"
#include "script/operation.h"
#include "script/raise.h"
#include "script/reference.h"
#include "value/json.h"

#include <lauxlib.h>

#include <string.h>

struct exchange {
    struct operation base;
    struct text body; // of the request; wiped
    struct http_call call;
    struct http_reply reply; // copied into the arena
    const char *code;
    const char *message;
    int tries;
    bool uncertain;
};

static void clear(struct operation *operation)
{
    text_clear(&((struct exchange *) operation)->body);
}

static void write_secret(void *context, struct text *out, const struct value *secret)
{
    struct arena arena;
    (void) context;
    arena_init(&arena, 0);
    json_write(out, value_string(&arena, secret->secret.bytes, secret->secret.length),
               NULL, NULL);
    arena_clear(&arena);
}

static void check_headers(lua_State *lua, struct exchange *exchange, bool json)
{
    struct arena *arena = &exchange->base.arena;
    struct http_header *headers = arena_alloc(arena, 65 * sizeof *headers);
    size_t count = 0;
    if (json)
        headers[count++] = (struct http_header){"Content-Type", "application/json"};
    if (lua_getfield(lua, 1, "headers") == LUA_TTABLE) {
        for (lua_pushnil(lua); lua_next(lua, -2) != 0 && count < 64; lua_pop(lua, 1)) {
            size_t length;
            luaL_argcheck(lua, lua_type(lua, -2) == LUA_TSTRING, 1, "headers by name");
            headers[count].name = arena_text(arena, lua_tostring(lua, -2));
            const char *value = bind_check_bytes(lua, -1, &length);
            headers[count++].value = arena_copy(arena, value, length);
        }
    }
    lua_pop(lua, 1);
    exchange->call.headers = headers;
    exchange->call.header_count = count;
}

static void check_call(lua_State *lua, struct exchange *exchange)
{
    struct arena *arena = &exchange->base.arena;
    struct http_call *call = &exchange->call;
    const char *url = bind_text(lua, 1, "url", NULL);
    luaL_argcheck(lua, url != NULL, 1, "url is missing");
    call->url = arena_text(arena, url);
    call->method = arena_text(arena, bind_text(lua, 1, "method", "GET"));
    call->timeout_ms = (int64_t) (bind_number(lua, 1, "timeout", 0) * 1000);
    const char *socket = bind_text(lua, 1, "unix_socket", NULL);
    call->unix_socket = arena_text(arena, socket);
    bool json = lua_getfield(lua, 1, "json") != LUA_TNIL;
    if (json)
        json_write(&exchange->body, convert_check(lua, -1, arena), write_secret, NULL);
    lua_pop(lua, 1);
    if (!json && lua_getfield(lua, 1, "body") != LUA_TNIL) {
        size_t length;
        const char *body = bind_check_bytes(lua, -1, &length);
        text_add_bytes(&exchange->body, body, length);
    }
    lua_settop(lua, 2);
    check_headers(lua, exchange, json);
    call->body = exchange->body.length > 0 || json ? exchange->body.bytes : NULL;
    call->length = exchange->body.length;
}

static void keep_reply(struct exchange *exchange, const struct http_reply *reply)
{
    struct arena *arena = &exchange->base.arena;
    if (reply == NULL)
        return;
    exchange->reply = *reply;
    exchange->reply.body =
        arena_copy(arena, reply->body != NULL ? reply->body : "", reply->length);
    struct http_header *headers =
        arena_alloc(arena, (reply->header_count + 1) * sizeof *headers);
    for (size_t i = 0; i < reply->header_count; i++) {
        headers[i].name = arena_text(arena, reply->headers[i].name);
        headers[i].value = arena_text(arena, reply->headers[i].value);
    }
    exchange->reply.headers = headers;
}

static void retry_done(void *context, const struct retry_result *result)
{
    struct exchange *exchange = context;
    struct arena *arena = &exchange->base.arena;
    keep_reply(exchange, result->reply);
    exchange->code = arena_text(arena, result->code);
    exchange->message = arena_text(arena, result->message);
    exchange->tries = result->tries;
    exchange->uncertain = result->uncertain;
    if (result->fault != NULL)
        exchange->base.fault = *result->fault;
    operation_finish(&exchange->base);
}

static void http_done(void *context, const struct http_reply *reply,
                      const struct fault *fault)
{
    struct exchange *exchange = context;
    keep_reply(exchange, reply);
    exchange->tries = 1;
    exchange->base.fault = *fault;
    operation_finish(&exchange->base);
}

static void push_json(lua_State *lua, struct exchange *exchange)
{
    const char *type = http_header(&exchange->reply, "content-type");
    const struct value *value = NULL;
    struct fault ignored = {0};
    if (type != NULL && strstr(type, "json") != NULL && exchange->reply.length > 0 &&
        json_read(&exchange->base.arena, exchange->reply.body, exchange->reply.length,
                  &value, &ignored)) {
        convert_push(lua, value, CONVERT_NULL_IS_MARK);
        lua_setfield(lua, -2, "json");
    }
}

static void set_text(lua_State *lua, const char *name, const char *text)
{
    lua_pushstring(lua, text != NULL ? text : "");
    lua_setfield(lua, -2, name);
}

static void set_integer(lua_State *lua, const char *name, lua_Integer number)
{
    lua_pushinteger(lua, number);
    lua_setfield(lua, -2, name);
}

static int push_reply(lua_State *lua, struct exchange *exchange)
{
    const struct http_reply *reply = &exchange->reply;
    lua_createtable(lua, 0, 12);
    set_integer(lua, "status", reply->status);
    set_integer(lua, "tries", exchange->tries);
    set_integer(lua, "ms", reply->ms);
    set_text(lua, "code", exchange->code);
    set_text(lua, "message", exchange->message);
    set_text(lua, "issuer", reply->certificate_issuer);
    set_text(lua, "subject", reply->certificate_subject);
    lua_pushboolean(lua, exchange->uncertain);
    lua_setfield(lua, -2, "uncertain");
    lua_pushlstring(lua, reply->body, reply->length);
    lua_setfield(lua, -2, "body");
    lua_createtable(lua, 0, (int) reply->header_count);
    for (size_t i = 0; i < reply->header_count; i++)
        set_text(lua, reply->headers[i].name, reply->headers[i].value);
    lua_setfield(lua, -2, "headers");
    push_json(lua, exchange);
    return 1;
}

static int finish(lua_State *lua, int status, lua_KContext context)
{
    struct exchange *exchange = (struct exchange *) context;
    (void) status;
    if (!exchange->base.finished)
        return operation_wait(lua, &exchange->base, finish);
    struct fault *fault = &exchange->base.fault;
    if (!fault_is_set(fault))
        return push_reply(lua, exchange);
    if (exchange->uncertain)
        strcpy(fault->code, RAISE_UNCERTAIN);
    return raise_fault(lua, fault);
}

static int l_request(lua_State *lua)
{
    const struct script_options *options = &script_of(lua)->options;
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 1);
    struct exchange *exchange = operation_new(lua, sizeof *exchange); // 2
    exchange->base.clear = clear;
    text_init(&exchange->body, 0);
    check_call(lua, exchange);
    bool raw = bind_flag(lua, 1, "raw", false);
    if (options->http == NULL || (!raw && options->retry == NULL))
        return raise_error(lua, "http is not offered here");
    exchange->base.finished = false;
    if (raw)
        http_start(options->http, &exchange->call, http_done, exchange);
    else
        retry_start(options->retry, &exchange->call, retry_done, exchange);
    return operation_wait(lua, &exchange->base, finish);
}

static const luaL_Reg functions[] = {{"request", l_request}, {NULL, NULL}};

int bind_http(lua_State *lua)
{
    luaL_newlib(lua, functions);
    return 1;
}
