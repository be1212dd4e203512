// SPDX-License-Identifier: MIT
//
// money: add, scale, percent, is_zero. Exact arithmetic over decimal texts as the price
// APIs write them: see value/decimal.h. A price is asked for every thing of every plan.
#include "script/bind.h"

#include "script/raise.h"
#include "value/decimal.h"

#include <lauxlib.h>

static int64_t check_amount(lua_State *lua, int index)
{
    size_t length = 0;
    const char *text = lua_tolstring(lua, index, &length);
    int64_t count;
    if (text == NULL || !decimal_parse(text, length, &count)) {
        struct fault fault = {0};
        fault_set(&fault, FAULT_ERROR, "\"%.64s\" is no amount",
                  luaL_tolstring(lua, index, NULL));
        fault_next(&fault, "write it as \"12.50\"");
        raise_fault(lua, &fault);
    }
    return count;
}

static int push_amount(lua_State *lua, int64_t count)
{
    char text[DECIMAL_TEXT_SIZE];
    lua_pushstring(lua, decimal_format(count, text));
    return 1;
}

static int push_scaled(lua_State *lua, int64_t count, int64_t numerator,
                       int64_t denominator)
{
    int64_t scaled;
    if (!decimal_scale(count, numerator, denominator, &scaled))
        return raise_error(lua, "an amount of money is out of range");
    return push_amount(lua, scaled);
}

static int l_add(lua_State *lua)
{
    return push_amount(lua, check_amount(lua, 1) + check_amount(lua, 2));
}

// scale(amount, numerator, denominator)
static int l_scale(lua_State *lua)
{
    return push_scaled(lua, check_amount(lua, 1), luaL_checkinteger(lua, 2),
                       luaL_checkinteger(lua, 3));
}

// percent("5.49", "20.0000000000") → "1.0980000000"
static int l_percent(lua_State *lua)
{
    int64_t hundredths = check_amount(lua, 2) / (DECIMAL_UNIT / 100);
    return push_scaled(lua, check_amount(lua, 1), hundredths, 10000);
}

static int l_is_zero(lua_State *lua)
{
    lua_pushboolean(lua, check_amount(lua, 1) == 0);
    return 1;
}

static const luaL_Reg functions[] = {{"add", l_add},
                                     {"is_zero", l_is_zero},
                                     {"percent", l_percent},
                                     {"scale", l_scale},
                                     {NULL, NULL}};

int bind_money(lua_State *lua)
{
    luaL_newlib(lua, functions);
    return 1;
}
