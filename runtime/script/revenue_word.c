// SPDX-License-Identifier: MIT
#include "script/revenue_word.h"

#include "base/duration.h"
#include "script/convert.h"
#include "script/declare.h"
#include "script/machine.h"
#include "script/raise.h"

#include <lauxlib.h>

#include <string.h>

enum taken {
    TAKES_TEXT,
    TAKES_SPAN,
    TAKES_FLAG,
    TAKES_COUNT,
    TAKES_AMOUNT,
    TAKES_TABLE,
    TAKES_COMMAND, // a line for the shell, or a program with its arguments
    TAKES_SECRET,  // secret(…): what stands for a value
};

struct field {
    const char *name;
    enum taken takes;
};

#define MOST_FIELDS 16

struct source {
    const char *kind;
    const char *wants; // "file = \"revenue.csv\"": what cannot be left out
    const char *key;   // its field
    struct field fields[MOST_FIELDS];
};

static const struct source sources[] = {
    {"csv",
     "file = \"revenue.csv\"",
     "file",
     {{"columns", TAKES_TABLE},
      {"currency", TAKES_TEXT},
      {"decimal", TAKES_TEXT},
      {"file", TAKES_TEXT},
      {"max_age", TAKES_SPAN},
      {"separator", TAKES_TEXT}}},
    {"manual",
     "mrr = \"640 $\"",
     "mrr",
     {{"as_of", TAKES_TEXT},
      {"at_risk", TAKES_AMOUNT},
      {"cautious", TAKES_AMOUNT},
      {"churned", TAKES_COUNT},
      {"currency", TAKES_TEXT},
      {"customers", TAKES_COUNT},
      {"max_age", TAKES_SPAN},
      {"mrr", TAKES_AMOUNT}}},
    {"command",
     "run = \"./mrr.sh\"",
     "run",
     {{"currency", TAKES_TEXT},
      {"max_age", TAKES_SPAN},
      {"run", TAKES_COMMAND},
      {"safe", TAKES_FLAG},
      {"timeout", TAKES_SPAN}}},
    {"http",
     "url = \"https://…\"",
     "url",
     {{"as_of_path", TAKES_TEXT},
      {"currency", TAKES_TEXT},
      {"currency_path", TAKES_TEXT},
      {"customers_path", TAKES_TEXT},
      {"customers_url", TAKES_TEXT},
      {"header", TAKES_TEXT},
      {"headers", TAKES_TABLE},
      {"max_age", TAKES_SPAN},
      {"minor", TAKES_FLAG},
      {"path", TAKES_TEXT},
      {"timeout", TAKES_SPAN},
      {"token", TAKES_SECRET},
      {"token_env", TAKES_TEXT},
      {"url", TAKES_TEXT}}},
    {"stripe",
     "its fields by name",
     NULL,
     {{"allow_secret_key", TAKES_FLAG},
      {"currency", TAKES_TEXT},
      {"max_age", TAKES_SPAN},
      {"tax", TAKES_TEXT}}},
};

#define SOURCE_COUNT (sizeof sources / sizeof *sources)

static const struct field *find_field(const struct source *source, const char *name)
{
    for (size_t i = 0; i < MOST_FIELDS && source->fields[i].name != NULL; i++)
        if (strcmp(source->fields[i].name, name) == 0)
            return &source->fields[i];
    return NULL;
}

static int refuse_field(lua_State *lua, const struct source *source, const char *name)
{
    const char *known[MOST_FIELDS];
    size_t count = 0;
    while (count < MOST_FIELDS && source->fields[count].name != NULL) {
        known[count] = source->fields[count].name;
        count++;
    }
    const char *near = schema_nearest(name, known, count);
    return raise_error(lua, "revenue.%s takes no %s%s%s%s", source->kind, name,
                       near != NULL ? ": did you mean " : "", near != NULL ? near : "",
                       near != NULL ? "?" : "");
}

static bool is_span(lua_State *lua)
{
    int64_t ms;
    struct fault ignored;
    return lua_type(lua, -1) == LUA_TSTRING &&
           duration_parse(lua_tostring(lua, -1), &ms, &ignored);
}

static bool is_command(lua_State *lua)
{
    return lua_type(lua, -1) == LUA_TSTRING ||
           (lua_istable(lua, -1) && lua_rawlen(lua, -1) > 0);
}

// Whether what is on top of the stack is what the field takes; *wanted in words.
static bool fits(lua_State *lua, enum taken takes, const char **wanted)
{
    int type = lua_type(lua, -1);
    switch (takes) {
    case TAKES_TEXT:
        *wanted = "a text";
        return type == LUA_TSTRING && lua_rawlen(lua, -1) > 0;
    case TAKES_SPAN:
        *wanted = "a span of time: \"24h\"";
        return is_span(lua);
    case TAKES_FLAG:
        *wanted = "true or false";
        return type == LUA_TBOOLEAN;
    case TAKES_COUNT:
        *wanted = "a whole number";
        return lua_isinteger(lua, -1) && lua_tointeger(lua, -1) >= 0;
    case TAKES_AMOUNT:
        *wanted = "an amount: \"640 $\"";
        return type == LUA_TSTRING || type == LUA_TNUMBER;
    case TAKES_TABLE:
        *wanted = "a table";
        return type == LUA_TTABLE;
    case TAKES_COMMAND:
        *wanted = "a line for the shell, or a list of a program and its arguments";
        return is_command(lua);
    case TAKES_SECRET:
        *wanted = "a secret(…); token_env = \"NAME\" takes a variable of the environment";
        return type == LUA_TUSERDATA;
    }
    return false;
}

static void check_fields(lua_State *lua, const struct source *source)
{
    bool keyed = source->key == NULL;
    for (lua_pushnil(lua); lua_next(lua, 1) != 0; lua_pop(lua, 1)) {
        if (lua_type(lua, -2) != LUA_TSTRING)
            raise_error(lua, "revenue.%s wants %s", source->kind, source->wants);
        const char *name = lua_tostring(lua, -2), *wanted = NULL;
        const struct field *field = find_field(source, name);
        if (field == NULL)
            refuse_field(lua, source, name);
        else if (!fits(lua, field->takes, &wanted))
            raise_error(lua, "revenue.%s: %s must be %s", source->kind, name, wanted);
        keyed = keyed || strcmp(name, source->key) == 0;
    }
    if (!keyed)
        raise_error(lua, "revenue.%s wants %s", source->kind, source->wants);
}

// The amount of that field as a plain decimal; its currency, where it names one, is the
// source's.
static void take_amount(lua_State *lua, const char *name, struct money *told)
{
    struct money amount;
    struct fault ignored;
    char exact[MONEY_TEXT_SIZE];
    if (lua_getfield(lua, 1, name) == LUA_TNIL) {
        lua_pop(lua, 1);
        return;
    }
    const char *text = lua_tostring(lua, -1);
    if (!money_parse(text, "EUR", &amount, &ignored)) {
        if (!money_parse_budget(text, &amount, &ignored))
            raise_error(lua, "revenue.manual: %s = \"640 $\", not \"%s\"", name, text);
        if (told->currency[0] != '\0' && strcmp(told->currency, amount.currency) != 0)
            raise_error(lua, "revenue.manual: %s is in %s, and not in %s", name,
                        amount.currency, told->currency);
        memcpy(told->currency, amount.currency, sizeof told->currency);
    }
    if (amount.units < 0)
        raise_error(lua, "revenue.manual: %s must not be below zero", name);
    lua_pushstring(lua, money_format_exact(amount, exact));
    lua_setfield(lua, 1, name);
    lua_pop(lua, 1);
}

static void take_amounts(lua_State *lua)
{
    static const char *const names[] = {"mrr", "cautious", "at_risk"};
    struct money told = {0};
    lua_getfield(lua, 1, "currency");
    const char *currency = luaL_optstring(lua, -1, "");
    if (strlen(currency) == 3)
        memcpy(told.currency, currency, sizeof told.currency);
    lua_pop(lua, 1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        take_amount(lua, names[i], &told);
    if (told.currency[0] == '\0')
        return;
    lua_pushstring(lua, told.currency);
    lua_setfield(lua, 1, "currency");
}

static void copy_table(lua_State *lua)
{
    lua_newtable(lua);
    for (lua_pushnil(lua); lua_next(lua, 1) != 0;) {
        lua_pushvalue(lua, -2);
        lua_insert(lua, -2);
        lua_rawset(lua, 2);
    }
    lua_replace(lua, 1);
}

static const char *place(lua_State *lua, struct arena *arena)
{
    const char *file = "pipster.lua";
    int line = 0;
    return raise_place(lua, 1, &file, &line) ? arena_format(arena, "%s:%d", file, line)
                                             : "pipster.lua";
}

// In pipster.lua nothing is declared: the table goes into `revenue = { … }`.
static int give_back(lua_State *lua, const struct source *source)
{
    lua_pushstring(lua, source->kind);
    lua_setfield(lua, 1, "kind");
    lua_pushstring(lua, place(lua, &script_of(lua)->arena));
    lua_setfield(lua, 1, "where");
    return 1;
}

static int l_source(lua_State *lua) // upvalue: the source
{
    const struct source *source = lua_touserdata(lua, lua_upvalueindex(1));
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 1);
    luaL_checkstack(lua, 10, "revenue");
    copy_table(lua);
    check_fields(lua, source);
    if (strcmp(source->kind, "manual") == 0)
        take_amounts(lua);
    struct declare *declare = script_of(lua)->declare;
    if (declare == NULL)
        return give_back(lua, source);
    struct takings_source *declared = arena_alloc(declare->arena, sizeof *declared);
    *declared = (struct takings_source){source->kind, declare_where(lua, declare),
                                        convert_check(lua, 1, declare->arena)};
    array_add(&declare->sources, declared);
    return 0;
}

void revenue_word_push(lua_State *lua)
{
    lua_createtable(lua, 0, (int) SOURCE_COUNT);
    for (size_t i = 0; i < SOURCE_COUNT; i++) {
        lua_pushlightuserdata(lua, (void *) &sources[i]);
        lua_pushcclosure(lua, l_source, 1);
        lua_setfield(lua, -2, sources[i].kind);
    }
}
