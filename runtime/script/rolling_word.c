// SPDX-License-Identifier: MIT
#include "script/rolling_word.h"

#include "script/convert.h"
#include "script/group_word.h"
#include "script/handle.h"
#include "script/raise.h"

#include <lauxlib.h>

#include <stdio.h>
#include <string.h>

static void check_words(lua_State *lua, const char *name)
{
    static const char *const known[] = {"hosts", "max_fail", "serial"};
    for (lua_pushnil(lua); lua_next(lua, 1) != 0; lua_pop(lua, 1)) {
        const char *word =
            lua_type(lua, -2) == LUA_TSTRING ? lua_tostring(lua, -2) : "a list";
        bool fits = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            fits = fits || strcmp(word, known[i]) == 0;
        if (!fits)
            raise_error(lua, "rolling \"%s\" takes hosts, serial and max_fail, not %s",
                        name, word);
    }
}

static bool is_taken(const struct declare *declare, const char *host)
{
    for (size_t i = 0; i < declare->rollings.count; i++) {
        const struct resource_rolling *other = declare->rollings.items[i];
        for (size_t k = 0; k < other->host_count; k++)
            if (strcmp(other->hosts[k], host) == 0)
                return true;
    }
    return false;
}

static void take_hosts(lua_State *lua, struct declare *declare,
                       struct resource_rolling *rolling)
{
    int top = lua_gettop(lua);
    const char *what = lua_pushfstring(lua, "rolling \"%s\"", rolling->name);
    lua_getfield(lua, 1, "hosts");
    group_word_flatten(lua, -1, what);
    size_t count = lua_rawlen(lua, -1);
    const char **hosts = arena_alloc(declare->arena, count * sizeof *hosts);
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(lua, -1, (lua_Integer) i + 1);
        const struct declaration *host = handle_find(lua, -1);
        hosts[i] = host->resource.address;
        for (size_t k = 0; k < i; k++)
            if (strcmp(hosts[k], hosts[i]) == 0)
                raise_error(lua, "rolling \"%s\": %s stands there twice", rolling->name,
                            hosts[i]);
        if (is_taken(declare, hosts[i]))
            raise_error(lua, "rolling \"%s\": %s is of another rolling already",
                        rolling->name, hosts[i]);
        lua_pop(lua, 1);
    }
    lua_settop(lua, top);
    rolling->hosts = hosts;
    rolling->host_count = count;
}

// A number of hosts, or "30%" of them.
static size_t take_count(lua_State *lua, const struct resource_rolling *rolling,
                         const char *name, size_t fallback, size_t least)
{
    int type = lua_getfield(lua, 1, name);
    lua_Integer count = (lua_Integer) fallback;
    if (type == LUA_TSTRING) {
        int percent = 0, used = 0;
        const char *text = lua_tostring(lua, -1);
        if (sscanf(text, "%d%%%n", &percent, &used) != 1 || used == 0 ||
            text[used] != '\0' || percent < 0 || percent > 100)
            raise_error(lua, "rolling \"%s\": %s = must be a number or \"30%%\"",
                        rolling->name, name);
        // Of serial at least what is said, of failures at most.
        size_t part = rolling->host_count * (size_t) percent;
        count = (lua_Integer) (least > 0 ? (part + 99) / 100 : part / 100);
        count = count < (lua_Integer) least ? (lua_Integer) least : count;
    } else if (type != LUA_TNIL) {
        int is_number = 0;
        count = lua_tointegerx(lua, -1, &is_number);
        if (!is_number || type != LUA_TNUMBER || count < (lua_Integer) least)
            raise_error(lua, "rolling \"%s\": %s = must be a number of at least %d",
                        rolling->name, name, (int) least);
    }
    lua_pop(lua, 1);
    return (size_t) count;
}

static int l_finish(lua_State *lua) // upvalue: name; argument: the table
{
    struct declare *declare = declare_check(lua);
    const char *name = lua_tostring(lua, lua_upvalueindex(1));
    luaL_checktype(lua, 1, LUA_TTABLE);
    luaL_checkstack(lua, 8, "rolling");
    check_words(lua, name);
    struct resource_rolling *rolling = arena_alloc(declare->arena, sizeof *rolling);
    rolling->name = arena_text(declare->arena, name);
    rolling->where = declare_where(lua, declare);
    take_hosts(lua, declare, rolling);
    rolling->serial = take_count(lua, rolling, "serial", 1, 1);
    rolling->max_fail = take_count(lua, rolling, "max_fail", 0, 0);
    array_add(&declare->rollings, rolling);
    return 0;
}

static int l_rolling(lua_State *lua)
{
    convert_check_word(lua, 1, "the name of a rolling");
    lua_settop(lua, 1);
    lua_pushcclosure(lua, l_finish, 1);
    return 1;
}

void rolling_word_push(lua_State *lua)
{
    lua_pushcfunction(lua, l_rolling);
    lua_setfield(lua, -2, "rolling");
}

void rolling_word_list(const struct declare *declare, struct resource_set *set)
{
    size_t count = declare->rollings.count;
    set->rolling_count = count;
    set->rollings = arena_alloc(declare->arena, (count + 1) * sizeof *set->rollings);
    for (size_t i = 0; i < count; i++)
        set->rollings[i] = *(const struct resource_rolling *) declare->rollings.items[i];
}
