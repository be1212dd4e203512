// SPDX-License-Identifier: MIT
//
// log.debug, log.info; settings; crash(name); tell(name, text).
#include "script/bind.h"

#include "base/crashpoint.h"
#include "base/log.h"
#include "script/convert.h"
#include "script/machine.h"
#include "script/reference.h"

#include <lauxlib.h>

static int l_debug(lua_State *lua)
{
    reference_refuse(lua, 1, "log");
    log_debug("%s", luaL_checkstring(lua, 1));
    return 0;
}

static int l_info(lua_State *lua)
{
    reference_refuse(lua, 1, "log");
    log_info("%s", luaL_checkstring(lua, 1));
    return 0;
}

static int l_crash(lua_State *lua)
{
    crashpoint(luaL_checkstring(lua, 1));
    return 0;
}

static int l_tell(lua_State *lua)
{
    const struct script_options *options = &script_of(lua)->options;
    size_t length;
    const char *name = luaL_checkstring(lua, 1);
    const char *bytes = luaL_checklstring(lua, 2, &length);
    if (options->told != NULL)
        options->told(options->told_context, name, bytes, length);
    return 0;
}

static const luaL_Reg functions[] = {{"debug", l_debug}, {"info", l_info}, {NULL, NULL}};

int bind_log(lua_State *lua)
{
    luaL_newlib(lua, functions);
    return 1;
}

int bind_log_settings(lua_State *lua)
{
    const struct value *settings = script_of(lua)->options.settings;
    if (settings == NULL)
        lua_newtable(lua);
    else
        convert_push(lua, settings, CONVERT_NULL_IS_NIL);
    return 1;
}

int bind_log_crash(lua_State *lua)
{
    lua_pushcfunction(lua, l_crash);
    return 1;
}

int bind_log_tell(lua_State *lua)
{
    lua_pushcfunction(lua, l_tell);
    return 1;
}
