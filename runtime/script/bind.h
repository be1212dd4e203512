// SPDX-License-Identifier: MIT
//
// The C modules of the stdlib, one file each: check_x (argument → struct), push_x (struct
// → Lua), the functions, their table, the opener.
#pragma once

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

struct bind_module {
    const char *name;
    lua_CFunction opener;
};

// Ends with a NULL name.
extern const struct bind_module bind_modules[];

int bind_cache(lua_State *lua);
int bind_clock(lua_State *lua);
int bind_log_crash(lua_State *lua);
int bind_digest(lua_State *lua);
int bind_dns(lua_State *lua);
int bind_embedded(lua_State *lua);
int bind_digest_encode(lua_State *lua);
int bind_fault(lua_State *lua);
int bind_http(lua_State *lua);
int bind_json(lua_State *lua);
int bind_log(lua_State *lua);
int bind_money(lua_State *lua);
int bind_process(lua_State *lua);
int bind_project(lua_State *lua);
int bind_digest_random(lua_State *lua);
int bind_secret(lua_State *lua);
int bind_serve(lua_State *lua);
int bind_log_settings(lua_State *lua);
int bind_log_tell(lua_State *lua);
int bind_ssh(lua_State *lua);
int bind_dns_tcp(lua_State *lua);

// A text or a secret: its bytes, borrowed. Raises for all else.
const char *bind_check_bytes(lua_State *lua, int index, size_t *length);
// Fields of the table at `index`, with defaults for what is absent.
const char *bind_text(lua_State *lua, int index, const char *name, const char *fallback);
double bind_number(lua_State *lua, int index, const char *name, double fallback);
bool bind_flag(lua_State *lua, int index, const char *name, bool fallback);
// NULL-ended; NULL when the field is absent.
struct arena;
const char **bind_texts(lua_State *lua, int index, const char *name, struct arena *arena,
                        size_t *count);
