// SPDX-License-Identifier: MIT
#include "script/bind.h"

#include "base/arena.h"
#include "script/raise.h"
#include "script/reference.h"

#include <lauxlib.h>

int bind_fault(lua_State *lua)
{
    lua_getfield(lua, LUA_REGISTRYINDEX, "pipster.fault.module");
    return 1;
}

const struct bind_module bind_modules[] = {{"cache", bind_cache},
                                           {"clock", bind_clock},
                                           {"crash", bind_log_crash},
                                           {"digest", bind_digest},
                                           {"dns", bind_dns},
                                           {"dns_lookup", bind_dns},
                                           {"embedded", bind_embedded},
                                           {"encode", bind_digest_encode},
                                           {"fault", bind_fault},
                                           {"http", bind_http},
                                           {"json", bind_json},
                                           {"log", bind_log},
                                           {"money", bind_money},
                                           {"process", bind_process},
                                           {"project", bind_project},
                                           {"random", bind_digest_random},
                                           {"secret", bind_secret},
                                           {"serve", bind_serve},
                                           {"settings", bind_log_settings},
                                           {"ssh", bind_ssh},
                                           {"tcp", bind_dns_tcp},
                                           {"tell", bind_log_tell},
                                           {NULL, NULL}};

const char *bind_check_bytes(lua_State *lua, int index, size_t *length)
{
    const struct value *secret = reference_find_secret(lua, index);
    if (secret != NULL) {
        *length = secret->secret.length;
        return secret->secret.bytes;
    }
    reference_refuse(lua, index, "this call");
    return luaL_checklstring(lua, index, length);
}

const char *bind_text(lua_State *lua, int index, const char *name, const char *fallback)
{
    const char *text = fallback;
    int type = lua_getfield(lua, index, name);
    if (type == LUA_TSTRING)
        text = lua_tostring(lua, -1); // kept alive by the table
    else if (type != LUA_TNIL)
        raise_error(lua, "%s must be a text, not a %s", name, luaL_typename(lua, -1));
    lua_pop(lua, 1);
    return text;
}

double bind_number(lua_State *lua, int index, const char *name, double fallback)
{
    double number = fallback;
    int type = lua_getfield(lua, index, name);
    if (type == LUA_TNUMBER)
        number = lua_tonumber(lua, -1);
    else if (type != LUA_TNIL)
        raise_error(lua, "%s must be a number, not a %s", name, luaL_typename(lua, -1));
    lua_pop(lua, 1);
    return number;
}

bool bind_flag(lua_State *lua, int index, const char *name, bool fallback)
{
    int type = lua_getfield(lua, index, name);
    bool set = type == LUA_TNIL ? fallback : lua_toboolean(lua, -1) != 0;
    lua_pop(lua, 1);
    return set;
}

const char **bind_texts(lua_State *lua, int index, const char *name, struct arena *arena,
                        size_t *count)
{
    size_t unused;
    count = count != NULL ? count : &unused;
    *count = 0;
    if (lua_getfield(lua, index, name) == LUA_TNIL) {
        lua_pop(lua, 1);
        return NULL;
    }
    if (!lua_istable(lua, -1))
        raise_error(lua, "%s must be a list of texts", name);
    size_t length = lua_rawlen(lua, -1);
    const char **texts = arena_alloc(arena, (length + 1) * sizeof *texts);
    for (size_t i = 0; i < length; i++) {
        if (lua_rawgeti(lua, -1, (lua_Integer) i + 1) != LUA_TSTRING)
            raise_error(lua, "%s must be a list of texts", name);
        texts[i] = arena_text(arena, lua_tostring(lua, -1));
        lua_pop(lua, 1);
    }
    lua_pop(lua, 1);
    *count = length;
    return texts;
}
