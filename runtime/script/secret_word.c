// SPDX-License-Identifier: MIT
#include "script/secret_word.h"

#include "base/duration.h"
#include "script/convert.h"
#include "script/declare.h"
#include "script/raise.h"
#include "script/reference.h"

#include <lauxlib.h>

#include <string.h>

#define WORDS   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
#define DEFAULT 32

static const char *const sources[] = {"age", "command", "credential", "env", "file"};
static const char *const options[] = {"age",          "command", "credential", "env",
                                      "file",         "kind",    "length",     "protect",
                                      "rotate_every", "safe"};
#define SOURCE_COUNT (sizeof sources / sizeof *sources)
#define OPTION_COUNT (sizeof options / sizeof *options)

static void check_name(lua_State *lua, const char *name)
{
    if (name[0] == '\0' || strspn(name, WORDS "-") != strlen(name))
        raise_error(lua,
                    "\"%s\" cannot be the name of a secret: use letters, digits, _ and -",
                    name);
}

static void check_words(lua_State *lua, const char *name)
{
    for (lua_pushnil(lua); lua_next(lua, 2) != 0; lua_pop(lua, 1)) {
        const char *word = lua_type(lua, -2) == LUA_TSTRING ? lua_tostring(lua, -2) : "?";
        bool known = false;
        for (size_t i = 0; i < OPTION_COUNT; i++)
            known = known || strcmp(word, options[i]) == 0;
        if (known)
            continue;
        const char *near = schema_nearest(word, options, OPTION_COUNT);
        raise_error(lua, "secret \"%s\" takes no %s%s%s%s", name, word,
                    near != NULL ? ": did you mean " : "", near != NULL ? near : "",
                    near != NULL ? "?" : "");
    }
}

// The one place it is taken from, or NULL: then it is made here.
static const char *find_source(lua_State *lua, const char *name)
{
    const char *source = NULL;
    for (size_t i = 0; i < SOURCE_COUNT; i++) {
        if (lua_getfield(lua, 2, sources[i]) != LUA_TNIL) {
            if (source != NULL)
                raise_error(lua, "secret \"%s\" comes from %s or from %s, not from both",
                            name, source, sources[i]);
            source = sources[i];
        }
        lua_pop(lua, 1);
    }
    return source;
}

static void check_command(lua_State *lua, const char *name)
{
    lua_getfield(lua, 2, "command");
    if (lua_type(lua, -1) == LUA_TSTRING) {
        lua_createtable(lua, 3, 0); // a line for the shell
        lua_pushliteral(lua, "sh");
        lua_rawseti(lua, -2, 1);
        lua_pushliteral(lua, "-c");
        lua_rawseti(lua, -2, 2);
        lua_insert(lua, -2);
        lua_rawseti(lua, -2, 3);
        lua_setfield(lua, 3, "command");
        return;
    }
    size_t count = lua_istable(lua, -1) ? lua_rawlen(lua, -1) : 0;
    for (size_t i = 1; i <= count; i++) {
        if (lua_rawgeti(lua, -1, (lua_Integer) i) != LUA_TSTRING)
            count = 0;
        lua_pop(lua, 1);
    }
    if (count == 0)
        raise_error(lua,
                    "secret \"%s\": command must be a text, or a list of texts: the "
                    "program and its arguments",
                    name);
    lua_pop(lua, 1);
}

static void check_source(lua_State *lua, const char *name, const char *source)
{
    lua_getfield(lua, 2, source);
    size_t length = 0;
    const char *text =
        lua_type(lua, -1) == LUA_TSTRING ? lua_tolstring(lua, -1, &length) : "";
    if (length == 0 || strlen(text) != length)
        raise_error(lua, "secret \"%s\": %s must be a text", name, source);
    bool is_name = strcmp(source, "env") == 0 || strcmp(source, "credential") == 0;
    const char *allowed = strcmp(source, "env") == 0 ? WORDS : WORDS ".-";
    if (is_name && (strspn(text, allowed) != length || text[0] == '.'))
        raise_error(lua, "secret \"%s\": \"%s\" cannot be the name of %s", name, text,
                    strcmp(source, "env") == 0 ? "an environment variable"
                                               : "a credential");
    lua_pop(lua, 1);
}

// Only a command may do more than be read.
static void check_safe(lua_State *lua, const char *name, const char *source)
{
    int type = lua_getfield(lua, 2, "safe");
    if (type != LUA_TNIL && type != LUA_TBOOLEAN)
        raise_error(lua, "secret \"%s\": safe = must be true or false", name);
    if (type != LUA_TNIL && (source == NULL || strcmp(source, "command") != 0))
        raise_error(lua, "secret \"%s\": safe is said of a command", name);
    lua_pop(lua, 1);
}

static void check_period(lua_State *lua, const char *name)
{
    struct fault fault = {0};
    int64_t ms;
    int type = lua_getfield(lua, 2, "rotate_every");
    if (type != LUA_TNIL && type != LUA_TSTRING)
        raise_error(lua, "secret \"%s\": rotate_every must be a text: \"90d\"", name);
    if (type == LUA_TSTRING && !duration_parse(lua_tostring(lua, -1), &ms, &fault)) {
        const char *file;
        int line;
        fault_while(&fault, "reading rotate_every of secret \"%s\"", name);
        if (raise_place(lua, 1, &file, &line))
            fault_where(&fault, "%s:%d", file, line);
        raise_fault(lua, &fault);
    }
    lua_pop(lua, 1);
}

// What is made has a form: letters and digits when nothing is said.
static bool check_kind(lua_State *lua, const char *name, const char *source)
{
    int type = lua_getfield(lua, 2, "kind");
    const char *kind = type == LUA_TSTRING ? lua_tostring(lua, -1) : "";
    if (type != LUA_TNIL && strcmp(kind, "ssh") != 0 && strcmp(kind, "age") != 0)
        raise_error(lua, "secret \"%s\": kind must be \"ssh\" or \"age\"", name);
    if (strcmp(kind, "age") == 0 && source != NULL)
        raise_error(lua, "secret \"%s\" is of the kind that %s gives it", name, source);
    lua_pop(lua, 1);
    return type != LUA_TNIL;
}

static void set_length(lua_State *lua, const char *name, const char *source)
{
    bool has_kind = check_kind(lua, name, source);
    bool given = lua_getfield(lua, 2, "length") != LUA_TNIL;
    lua_Integer length = luaL_optinteger(lua, -1, DEFAULT);
    lua_pop(lua, 1);
    if (given && (source != NULL || has_kind))
        raise_error(lua, "secret \"%s\" has the length that %s gives it", name,
                    source != NULL ? source : "its kind");
    if (length < 8 || length > 1024)
        raise_error(lua, "secret \"%s\": length must be 8 to 1024", name);
    if (source != NULL || has_kind)
        return;
    lua_pushinteger(lua, length);
    lua_setfield(lua, 3, "length");
}

// [-0, +0] The table at 3 becomes the attributes that the table at 2 says.
static void fill(lua_State *lua, const char *name)
{
    check_words(lua, name);
    const char *source = find_source(lua, name);
    for (lua_pushnil(lua); lua_next(lua, 2) != 0;) {
        lua_pushvalue(lua, -2);
        lua_insert(lua, -2);
        lua_rawset(lua, 3);
    }
    if (source != NULL && strcmp(source, "command") == 0)
        check_command(lua, name);
    else if (source != NULL)
        check_source(lua, name, source);
    check_safe(lua, name, source);
    check_period(lua, name);
    set_length(lua, name, source);
}

// What is said again must be what was said.
static void check_again(lua_State *lua, struct declare *declare, const char *name,
                        const struct declaration *known)
{
    for (lua_pushnil(lua); lua_next(lua, 2) != 0; lua_pop(lua, 1)) {
        const char *word = lua_tostring(lua, -2);
        if (strcmp(word, "protect") == 0)
            continue; // a word of every type, no attribute
        lua_getfield(lua, 3, word);
        const struct value *said = convert_check(lua, -1, declare->arena);
        lua_pop(lua, 1);
        if (!value_equal(said, value_find(known->resource.attributes, word)))
            raise_error(lua, "secret \"%s\" has another %s at %s", name, word,
                        known->where);
    }
}

static void push_reference(lua_State *lua, const char *address)
{
    struct value reference = {.kind = VALUE_REFERENCE};
    reference.reference.address = address;
    reference.reference.path = "value";
    reference.reference.secret = true;
    reference_push(lua, &reference);
}

// The same name is the same secret wherever it is said.
int secret_word_call(lua_State *lua)
{
    struct declare *declare = declare_check(lua);
    const char *name = convert_check_word(lua, 1, "the name of a secret");
    lua_settop(lua, 2);
    check_name(lua, name);
    if (lua_isnil(lua, 2)) {
        lua_newtable(lua);
        lua_replace(lua, 2);
    }
    luaL_checktype(lua, 2, LUA_TTABLE);
    lua_newtable(lua); // 3
    fill(lua, name);
    const char *address = arena_format(declare->arena, "secret/%s", name);
    const struct declaration *known = map_find(&declare->by_address, address);
    if (known != NULL)
        check_again(lua, declare, name, known);
    else
        declare_resource(lua, kind_check(lua, "secret"), NULL, name, 3);
    push_reference(lua, address);
    return 1;
}
