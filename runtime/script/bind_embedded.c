// SPDX-License-Identifier: MIT
//
// embedded.read("backup/backup.sh"): the text of a file of the stdlib that is no module,
// such as a script for a host.
#include "script/bind.h"

#include "script/library.h"
#include "script/machine.h"
#include "script/raise.h"

#include <lauxlib.h>

static int l_read(lua_State *lua)
{
    struct library_source source;
    const char *path = lua_pushfstring(lua, "stdlib/%s", luaL_checkstring(lua, 1));
    if (!library_find(script_of(lua), path, &source))
        raise_error(lua, "there is no file %s", path);
    lua_pushlstring(lua, source.bytes, source.length);
    return 1;
}

static const luaL_Reg functions[] = {{"read", l_read}, {NULL, NULL}};

int bind_embedded(lua_State *lua)
{
    luaL_newlib(lua, functions);
    return 1;
}
