// SPDX-License-Identifier: MIT
//
// ssh.connect{…} → session; session:run(script, { timeout, line }) → { status, output,
// errors, signal }; session.login, session.host_key, session:alive(), session:close().
// session:upload{…} sends a local file into a pipe on the host: see upload.lua.
// ssh.config(path, host) → what the file says of the host.
#include "script/bind.h"

#include "net/ssh_config.h"
#include "net/ssh_exec.h"
#include "net/ssh_upload.h"
#include "script/machine.h"
#include "script/operation.h"
#include "script/raise.h"

#include <lauxlib.h>

#include <stdlib.h>
#include <string.h>

#define METATABLE "pipster.ssh"

struct session {
    struct ssh *ssh; // NULL: closed
};

struct dial {
    struct operation base;
    struct ssh_target target;
    struct ssh *ssh;
};

struct line {
    struct line *next;
    size_t length;
    char bytes[];
};

struct exec {
    struct operation base;
    struct ssh_result result;
    struct line *first; // not handed over yet
    struct line *last;
};

static void check_keys(lua_State *lua, struct dial *dial)
{
    struct arena *arena = &dial->base.arena;
    struct fault fault = {0};
    size_t count = 0;
    const char **lines = bind_texts(lua, 1, "pins", arena, &count);
    struct known_hosts_key *pins = arena_alloc(arena, (count + 1) * sizeof *pins);
    for (size_t i = 0; i < count; i++)
        if (!known_hosts_parse_key(arena, lines[i], &pins[i], &fault))
            raise_fault(lua, &fault);
    dial->target.pins = pins;
    dial->target.pin_count = count;
    size_t length;
    if (lua_getfield(lua, 1, "private_key") != LUA_TNIL) {
        const char *key = bind_check_bytes(lua, -1, &length);
        dial->target.private_key = arena_copy(arena, key, length);
    }
    lua_pop(lua, 1);
}

// The session's box must stay reachable until the answer: the table holds it.
static struct ssh *check_via(lua_State *lua)
{
    struct ssh *via = NULL;
    if (lua_getfield(lua, 1, "via") != LUA_TNIL) {
        const struct session *session = luaL_checkudata(lua, -1, METATABLE);
        if (session->ssh == NULL)
            raise_error(lua, "the session to connect through was closed");
        via = session->ssh;
    }
    lua_pop(lua, 1);
    return via;
}

// A line break would end it early, and a NUL byte cut it.
static const char *check_password(lua_State *lua, struct arena *arena)
{
    const char *password = NULL;
    size_t length;
    if (lua_getfield(lua, 1, "sudo_password") != LUA_TNIL) {
        const char *bytes = bind_check_bytes(lua, -1, &length);
        if (memchr(bytes, '\n', length) != NULL || memchr(bytes, '\0', length) != NULL)
            raise_error(lua, "a sudo_password is one line of text");
        password = arena_copy(arena, bytes, length);
    }
    lua_pop(lua, 1);
    return password;
}

static void check_target(lua_State *lua, struct dial *dial)
{
    struct arena *arena = &dial->base.arena;
    struct ssh_target *target = &dial->target;
    const char *address = bind_text(lua, 1, "address", NULL);
    luaL_argcheck(lua, address != NULL, 1, "address is missing");
    target->address = arena_text(arena, address);
    target->name = arena_text(arena, bind_text(lua, 1, "name", address));
    target->port = (int) bind_number(lua, 1, "port", 22);
    target->logins = bind_texts(lua, 1, "logins", arena, &target->login_count);
    target->identities = bind_texts(lua, 1, "identities", arena, &target->identity_count);
    target->use_agent = bind_flag(lua, 1, "agent", false);
    target->only_identities = bind_flag(lua, 1, "only_identities", false);
    target->via = check_via(lua);
    target->note = arena_text(arena, bind_text(lua, 1, "note", NULL));
    target->known_hosts_path = arena_text(arena, bind_text(lua, 1, "known_hosts", NULL));
    target->accept_new = bind_flag(lua, 1, "accept_new", false);
    target->only_key = bind_flag(lua, 1, "only_key", false);
    target->patience_ms = (int64_t) (bind_number(lua, 1, "patience", 0) * 1000);
    target->connect_timeout_ms = (int64_t) (bind_number(lua, 1, "timeout", 0) * 1000);
    target->sudo_password = check_password(lua, arena);
    check_keys(lua, dial);
}

static void drop_dial(struct operation *operation)
{
    struct dial *dial = (struct dial *) operation;
    if (dial->ssh != NULL) {
        ssh_close(dial->ssh);
        dial->ssh = NULL;
    }
}

static void dial_done(void *context, struct ssh *ssh, const struct fault *fault)
{
    struct dial *dial = context;
    dial->ssh = ssh;
    if (fault != NULL)
        dial->base.fault = *fault;
    operation_finish(&dial->base);
}

static int finish_dial(lua_State *lua, int status, lua_KContext context)
{
    struct dial *dial = (struct dial *) context;
    (void) status;
    if (!dial->base.finished)
        return operation_wait(lua, &dial->base, finish_dial);
    if (fault_is_set(&dial->base.fault))
        return raise_fault(lua, &dial->base.fault);
    struct session *session = lua_newuserdatauv(lua, sizeof *session, 0);
    session->ssh = dial->ssh;
    dial->ssh = NULL;
    luaL_setmetatable(lua, METATABLE);
    return 1;
}

static int l_connect(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 1);
    struct dial *dial = operation_new(lua, sizeof *dial);
    dial->base.clear = drop_dial;
    check_target(lua, dial);
    dial->base.finished = false;
    dial->target.passphrase = script_of(lua)->options.passphrase;
    dial->target.passphrase_context = script_of(lua)->options.passphrase_context;
    ssh_connect(script_of(lua)->options.loop, &dial->target, dial_done, dial);
    return operation_wait(lua, &dial->base, finish_dial);
}

static void free_lines(struct operation *operation)
{
    struct exec *exec = (struct exec *) operation;
    while (exec->first != NULL) {
        struct line *line = exec->first;
        exec->first = line->next;
        free(line);
    }
}

static void exec_line(void *context, const char *bytes, size_t length)
{
    struct exec *exec = context;
    struct line *line = malloc(sizeof *line + length);
    if (line == NULL)
        abort();
    line->next = NULL;
    line->length = length;
    memcpy(line->bytes, bytes, length);
    if (exec->first == NULL)
        exec->first = line;
    else
        exec->last->next = line;
    exec->last = line;
    operation_wake(&exec->base);
}

static void exec_done(void *context, const struct ssh_result *result,
                      const struct fault *fault)
{
    struct exec *exec = context;
    struct arena *arena = &exec->base.arena;
    if (fault != NULL)
        exec->base.fault = *fault;
    if (result != NULL) {
        exec->result = *result;
        exec->result.signal = arena_text(arena, result->signal);
        exec->result.output = arena_copy(
            arena, result->output != NULL ? result->output : "", result->length);
        exec->result.errors = arena_copy(
            arena, result->errors != NULL ? result->errors : "", result->errors_length);
    }
    operation_finish(&exec->base);
}

static int push_result(lua_State *lua, const struct ssh_result *result)
{
    lua_createtable(lua, 0, 5);
    lua_pushinteger(lua, result->status);
    lua_setfield(lua, -2, "status");
    lua_pushstring(lua, result->signal);
    lua_setfield(lua, -2, "signal");
    lua_pushlstring(lua, result->output, result->length);
    lua_setfield(lua, -2, "output");
    lua_pushlstring(lua, result->errors, result->errors_length);
    lua_setfield(lua, -2, "errors");
    lua_pushinteger(lua, result->ms);
    lua_setfield(lua, -2, "ms");
    return 1;
}

// Hands the lines over in the task, one call each, then waits on or ends.
// session, script, line function, box
static int finish_exec(lua_State *lua, int status, lua_KContext context)
{
    struct exec *exec = (struct exec *) context;
    (void) status;
    lua_settop(lua, 4);
    while (exec->first != NULL) {
        struct line *line = exec->first;
        lua_pushvalue(lua, 3);
        lua_pushlstring(lua, line->bytes, line->length);
        exec->first = line->next;
        free(line);
        lua_callk(lua, 1, 0, context, finish_exec);
    }
    if (!exec->base.finished)
        return operation_wait(lua, &exec->base, finish_exec);
    return fault_is_set(&exec->base.fault) ? raise_fault(lua, &exec->base.fault)
                                           : push_result(lua, &exec->result);
}

static struct ssh *check_open(lua_State *lua, int index)
{
    struct session *session = luaL_checkudata(lua, index, METATABLE);
    if (session->ssh == NULL)
        raise_error(lua, "this SSH session was closed");
    return session->ssh;
}

static int l_run(lua_State *lua)
{
    struct ssh *ssh = check_open(lua, 1);
    struct ssh_script script = {0};
    lua_settop(lua, 3);
    script.text = bind_check_bytes(lua, 2, &script.length);
    if (lua_istable(lua, 3)) {
        script.timeout_ms = (int64_t) (bind_number(lua, 3, "timeout", 0) * 1000);
        lua_getfield(lua, 3, "line");
        lua_replace(lua, 3);
    }
    script.line = lua_isfunction(lua, 3) ? exec_line : NULL;
    struct exec *exec = operation_new(lua, sizeof *exec); // 4
    exec->base.clear = free_lines;
    exec->base.finished = false;
    ssh_exec(ssh, &script, exec_done, exec);
    return operation_wait(lua, &exec->base, finish_exec);
}

// session:upload { path, offset, pipe, receive, timeout } → as run
static int l_upload(lua_State *lua)
{
    struct ssh *ssh = check_open(lua, 1);
    struct ssh_upload upload = {0};
    luaL_checktype(lua, 2, LUA_TTABLE);
    lua_settop(lua, 2);
    upload.path = bind_text(lua, 2, "path", "");
    upload.offset = (int64_t) bind_number(lua, 2, "offset", 0);
    upload.pipe = bind_text(lua, 2, "pipe", "");
    upload.receive.text = bind_text(lua, 2, "receive", "");
    upload.receive.length = strlen(upload.receive.text);
    upload.receive.timeout_ms = (int64_t) (bind_number(lua, 2, "timeout", 0) * 1000);
    lua_pushnil(lua);                                     // 3: no line function
    struct exec *exec = operation_new(lua, sizeof *exec); // 4
    exec->base.clear = free_lines;
    exec->base.finished = false;
    ssh_upload(ssh, &upload, exec_done, exec);
    return operation_wait(lua, &exec->base, finish_exec);
}

static int l_alive(lua_State *lua)
{
    const struct session *session = luaL_checkudata(lua, 1, METATABLE);
    lua_pushboolean(lua, session->ssh != NULL && ssh_is_alive(session->ssh));
    return 1;
}

static int l_close(lua_State *lua)
{
    struct session *session = luaL_checkudata(lua, 1, METATABLE);
    if (session->ssh != NULL) {
        ssh_close(session->ssh);
        session->ssh = NULL;
    }
    return 0;
}

static int l_index(lua_State *lua) // upvalue: the methods
{
    const struct session *session = luaL_checkudata(lua, 1, METATABLE);
    const char *key = luaL_checkstring(lua, 2);
    if (session->ssh != NULL && strcmp(key, "login") == 0)
        lua_pushstring(lua, ssh_login(session->ssh));
    else if (session->ssh != NULL && strcmp(key, "host_key") == 0)
        lua_pushstring(lua, ssh_host_key(session->ssh));
    else
        lua_getfield(lua, lua_upvalueindex(1), key);
    return 1;
}

static int l_tostring(lua_State *lua)
{
    lua_pushliteral(lua, "an SSH session");
    return 1;
}

static void push_config(lua_State *lua, const struct ssh_config *config)
{
    lua_newtable(lua);
    lua_pushstring(lua, config->host_name);
    lua_setfield(lua, -2, "host_name");
    if (config->port != 0) {
        lua_pushinteger(lua, config->port);
        lua_setfield(lua, -2, "port");
    }
    lua_pushstring(lua, config->user);
    lua_setfield(lua, -2, "user");
    lua_pushstring(lua, config->jump);
    lua_setfield(lua, -2, "jump");
    lua_pushstring(lua, config->proxy_command);
    lua_setfield(lua, -2, "proxy_command");
    lua_pushstring(lua, config->note);
    lua_setfield(lua, -2, "note");
    lua_pushboolean(lua, config->only_identities);
    lua_setfield(lua, -2, "only_identities");
    if (!config->says_identities)
        return;
    lua_createtable(lua, (int) config->identity_count, 0);
    for (size_t i = 0; i < config->identity_count; i++) {
        lua_pushstring(lua, config->identities[i]);
        lua_seti(lua, -2, (lua_Integer) i + 1);
    }
    lua_setfield(lua, -2, "identities");
}

static int l_config(lua_State *lua)
{
    const char *path = luaL_checkstring(lua, 1);
    const char *host = luaL_checkstring(lua, 2);
    struct operation *call = operation_new(lua, sizeof *call);
    struct ssh_config config;
    if (!ssh_config_read(&call->arena, path, host, &config, &call->fault))
        return raise_fault(lua, &call->fault);
    push_config(lua, &config);
    return 1;
}

static const luaL_Reg methods[] = {{"run", l_run},
                                   {"upload", l_upload},
                                   {"alive", l_alive},
                                   {"close", l_close},
                                   {NULL, NULL}};
static const luaL_Reg events[] = {
    {"__gc", l_close}, {"__close", l_close}, {"__tostring", l_tostring}, {NULL, NULL}};
static const luaL_Reg functions[] = {
    {"connect", l_connect}, {"config", l_config}, {NULL, NULL}};

int bind_ssh(lua_State *lua)
{
    luaL_newmetatable(lua, METATABLE);
    luaL_setfuncs(lua, events, 0);
    luaL_newlib(lua, methods);
    lua_pushcclosure(lua, l_index, 1);
    lua_setfield(lua, -2, "__index");
    lua_pushliteral(lua, METATABLE);
    lua_setfield(lua, -2, "__metatable");
    lua_pop(lua, 1);
    luaL_newlib(lua, functions);
    return 1;
}
