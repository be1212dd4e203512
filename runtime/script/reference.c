// SPDX-License-Identifier: MIT
#include "script/reference.h"

#include "base/text.h"
#include "script/handle.h"
#include "script/machine.h"
#include "script/raise.h"

#include <lauxlib.h>

#include <stdio.h>
#include <string.h>

#define REFERENCE "pipster.reference"
#define UNKNOWN   "pipster.unknown"
#define SECRET    "pipster.secret"

static const char *const metatables[] = {REFERENCE, UNKNOWN, SECRET};

// The arena is the box's own, wiped when the box goes.
struct box {
    struct arena arena;
    const struct value *value;
};

void reference_push(lua_State *lua, const struct value *value)
{
    struct box *box = lua_newuserdatauv(lua, sizeof *box, 0);
    arena_init(&box->arena, 0);
    box->value = NULL;
    luaL_setmetatable(lua, value->kind == VALUE_SECRET    ? SECRET
                           : value->kind == VALUE_UNKNOWN ? UNKNOWN
                                                          : REFERENCE);
    box->value = value_copy(&box->arena, value);
}

static struct box *find_box(lua_State *lua, int index)
{
    if (lua_type(lua, index) != LUA_TUSERDATA)
        return NULL;
    for (size_t i = 0; i < sizeof metatables / sizeof *metatables; i++) {
        struct box *box = luaL_testudata(lua, index, metatables[i]);
        if (box != NULL)
            return box;
    }
    return NULL;
}

const struct value *reference_find(lua_State *lua, int index)
{
    struct box *box = find_box(lua, index);
    return box != NULL ? box->value : NULL;
}

const struct value *reference_find_secret(lua_State *lua, int index)
{
    struct box *box = luaL_testudata(lua, index, SECRET);
    return box != NULL ? box->value : NULL;
}

// What a message calls it: "app.ipv4", "a text made of references".
static const char *describe(lua_State *lua, const struct value *value)
{
    switch (value->kind) {
    case VALUE_SECRET:
        return "a secret";
    case VALUE_TEMPLATE:
        return "a text made of references";
    default:
        return lua_pushfstring(lua, "%s.%s", value->reference.address,
                               value->reference.path);
    }
}

static int refuse(lua_State *lua, const struct value *value, const char *what)
{
    struct fault fault = {0};
    const char *name = describe(lua, value);
    const char *file;
    int line;
    fault_set(&fault, FAULT_ERROR, "%s cannot be used on %s%s", what, name,
              value->kind == VALUE_SECRET ? "" : ", which may be known only after apply");
    if (raise_place(lua, 1, &file, &line))
        fault_where(&fault, "%s:%d", file, line);
    if (value->kind == VALUE_SECRET) {
        fault_next(&fault, "join it with .. or text(\"…%%s…\", it); nothing shows it");
    } else {
        fault_next(&fault, "join it with text(\"…%%s…\", it), or take plain data with "
                           "value(it) once it is known");
    }
    return raise_fault(lua, &fault);
}

void reference_refuse(lua_State *lua, int index, const char *what)
{
    const struct value *value = reference_find(lua, index);
    if (value != NULL)
        refuse(lua, value, what);
    handle_refuse(lua, index, what);
}

// Everything that has a hook and no meaning; the operator's name is the upvalue.
static int l_refuse(lua_State *lua)
{
    const char *what = lua_tostring(lua, lua_upvalueindex(1));
    const struct value *value = reference_find(lua, 1);
    if (value == NULL)
        value = reference_find(lua, 2);
    return value != NULL ? refuse(lua, value, what)
                         : raise_error(lua, "%s cannot be used here", what);
}

static int l_index(lua_State *lua)
{
    const struct value *value = reference_find(lua, 1);
    if (lua_type(lua, 2) != LUA_TSTRING)
        return refuse(lua, value, "an index");
    const char *key = lua_tostring(lua, 2);
    const char *string_methods[] = {"byte",    "char", "find",  "format", "gmatch",
                                    "gsub",    "len",  "lower", "match",  "rep",
                                    "reverse", "sub",  "upper"};
    for (size_t i = 0; i < sizeof string_methods / sizeof *string_methods; i++)
        if (strcmp(key, string_methods[i]) == 0)
            return refuse(lua, value, lua_pushfstring(lua, "string.%s", key));
    if (value->kind != VALUE_REFERENCE)
        return refuse(lua, value, lua_pushfstring(lua, ".%s", key));
    struct value inner = *value;
    // Of secret("box", { kind = "ssh" }) this half is for everybody.
    bool is_public = value->reference.secret && strcmp(key, "public_key") == 0 &&
                     strcmp(value->reference.path, "value") == 0;
    inner.reference.secret = value->reference.secret && !is_public;
    inner.reference.path =
        is_public ? key : lua_pushfstring(lua, "%s.%s", value->reference.path, key);
    reference_push(lua, &inner);
    return 1;
}

// Of two secrets or unknowns; those of a playbook's references raise.
static int l_equal(lua_State *lua)
{
    lua_pushboolean(lua, value_equal(reference_find(lua, 1), reference_find(lua, 2)));
    return 1;
}

static int l_tostring(lua_State *lua)
{
    const struct value *value = reference_find(lua, 1);
    if (value != NULL && value->kind == VALUE_SECRET) {
        lua_pushliteral(lua, "(secret)");
        return 1;
    }
    if (value != NULL && value->kind == VALUE_UNKNOWN) {
        lua_pushliteral(lua, "(known after apply)");
        return 1;
    }
    return value != NULL ? refuse(lua, value, "tostring") : 0;
}

static int l_gc(lua_State *lua)
{
    struct box *box = find_box(lua, 1);
    if (box != NULL) {
        arena_clear(&box->arena);
        box->value = NULL;
    }
    return 0;
}

// What a join of several parts comes to; lives while it is made.
struct join {
    struct arena arena;
    struct text text; // of the secret, when all is known
    const struct value **parts;
    size_t count;
    const struct value *unknown; // the first, or NULL
    const struct value *secret;  // the first, or NULL
    bool has_reference;
};

static void add_part(struct join *join, const struct value *value)
{
    if (value->kind == VALUE_TEMPLATE) {
        for (size_t i = 0; i < value->list.count; i++)
            add_part(join, value->list.items[i]);
        return;
    }
    join->parts[join->count++] = value;
    if (value->kind == VALUE_UNKNOWN && join->unknown == NULL)
        join->unknown = value;
    else if (value->kind == VALUE_SECRET && join->secret == NULL)
        join->secret = value;
    join->has_reference = join->has_reference || value->kind == VALUE_REFERENCE;
}

static size_t count_parts(lua_State *lua, int first, int last)
{
    size_t count = 0;
    for (int i = first; i <= last; i++) {
        const struct value *value = reference_find(lua, i);
        count += value != NULL && value->kind == VALUE_TEMPLATE ? value->list.count : 1;
    }
    return count;
}

static void push_joined(lua_State *lua, struct join *join)
{
    struct value made = {0};
    if (join->has_reference) {
        made = *value_template(&join->arena, join->parts, join->count);
    } else if (join->unknown != NULL) {
        made = *join->unknown;
        made.reference.secret = made.reference.secret || join->secret != NULL;
    } else {
        for (size_t i = 0; i < join->count; i++) {
            const struct value *part = join->parts[i];
            bool secret = part->kind == VALUE_SECRET;
            text_add_bytes(&join->text, secret ? part->secret.bytes : part->string.bytes,
                           secret ? part->secret.length : part->string.length);
        }
        made = *value_secret(&join->arena, join->secret->secret.label, join->text.bytes,
                             join->text.length);
    }
    reference_push(lua, &made);
}

// Raises for what cannot be joined; whether all of it is plain text.
static bool check_parts(lua_State *lua, int first, int last)
{
    bool plain = true;
    for (int i = first; i <= last; i++) {
        bool box = reference_find(lua, i) != NULL;
        plain = plain && !box;
        handle_refuse(lua, i, "..");
        if (!box && !lua_isstring(lua, i))
            raise_error(lua, "a %s cannot be joined to a text", luaL_typename(lua, i));
    }
    return plain;
}

// Nothing in here raises, but for running out of memory, which ends the evaluation.
static void join_parts(lua_State *lua, int first, int last)
{
    for (int i = first; i <= last; i++)
        if (lua_type(lua, i) == LUA_TNUMBER)
            lua_tostring(lua, i);
    struct join join = {0};
    arena_init(&join.arena, 0);
    text_init(&join.text, 0);
    join.parts =
        arena_alloc(&join.arena, (count_parts(lua, first, last) + 1) * sizeof(void *));
    for (int i = first; i <= last; i++) {
        const struct value *box = reference_find(lua, i);
        size_t length;
        const char *bytes = box != NULL ? NULL : lua_tolstring(lua, i, &length);
        add_part(&join, box != NULL ? box : value_string(&join.arena, bytes, length));
    }
    push_joined(lua, &join);
    text_clear(&join.text);
    arena_clear(&join.arena);
}

void reference_join(lua_State *lua, int first, int last)
{
    if (!check_parts(lua, first, last)) {
        join_parts(lua, first, last);
        return;
    }
    for (int i = first; i <= last; i++)
        lua_pushvalue(lua, i);
    lua_concat(lua, last - first + 1);
}

// Lua 5.4.4 keeps a pointer into the stack while a metamethod of a chain (a .. b .. c)
// runs, and writes through it afterwards: the stack must not be moved meanwhile. It would
// be when it grows, for which there is room down to a depth, or when the collector makes
// it smaller, which waits.
static int l_concat(lua_State *lua)
{
    lua_Debug level;
    bool is_deep = lua_pushthread(lua) == 1 && !script_of(lua)->options.shallow;
    lua_settop(lua, 2);
    if (lua_getstack(lua, is_deep ? REFERENCE_DEPTH_MAIN : REFERENCE_DEPTH_TASK, &level))
        raise_error(lua, "text with references in it cannot be joined this many calls "
                         "deep: join it further out");
    check_parts(lua, 1, 2);
    bool collects = lua_gc(lua, LUA_GCISRUNNING) == 1;
    lua_gc(lua, LUA_GCSTOP);
    join_parts(lua, 1, 2);
    if (collects)
        lua_gc(lua, LUA_GCRESTART);
    return 1;
}

int reference_text(lua_State *lua)
{
    const char *format = luaL_checkstring(lua, 1);
    int count = lua_gettop(lua), next = 2;
    int first = count + 1;
    const char *from = format;
    for (const char *at = strchr(from, '%'); at != NULL; at = strchr(at + 2, '%')) {
        luaL_checkstack(lua, 4, "too many parts");
        lua_pushlstring(lua, from, (size_t) (at - from) + (at[1] == '%'));
        from = at + 2;
        if (at[1] == '%')
            continue;
        if ((at[1] != 's' && at[1] != 'd') || next > count) {
            return raise_error(lua, "text: \"%s\" %s", format,
                               next > count ? "has more places than values follow"
                                            : "may hold %s, %d and %% only");
        }
        lua_pushvalue(lua, next++);
    }
    if (next <= count) {
        return raise_error(lua, "text: \"%s\" has fewer places than values follow",
                           format);
    }
    lua_pushstring(lua, from);
    reference_join(lua, first, lua_gettop(lua));
    return 1;
}

static int l_is_unknown(lua_State *lua)
{
    const struct value *value = reference_find(lua, 1);
    lua_pushboolean(lua, value != NULL && value->kind == VALUE_UNKNOWN);
    return 1;
}

int reference_open_unknown(lua_State *lua)
{
    lua_createtable(lua, 0, 1);
    lua_pushcfunction(lua, l_is_unknown);
    lua_setfield(lua, -2, "is");
    return 1;
}

static const struct {
    const char *event;
    const char *what;
} refused[] = {
    {"__len", "#"},   {"__lt", "<"},        {"__le", "<="},
    {"__eq", "=="},   {"__add", "+"},       {"__sub", "-"},
    {"__mul", "*"},   {"__div", "/"},       {"__mod", "%"},
    {"__pow", "^"},   {"__unm", "-"},       {"__idiv", "//"},
    {"__band", "&"},  {"__bor", "|"},       {"__bxor", "~"},
    {"__shl", "<<"},  {"__shr", ">>"},      {"__bnot", "~"},
    {"__call", "()"}, {"__pairs", "pairs"}, {"__newindex", "an assignment"},
};

static const luaL_Reg methods[] = {{"__index", l_index},
                                   {"__concat", l_concat},
                                   {"__tostring", l_tostring},
                                   {"__gc", l_gc},
                                   {NULL, NULL}};

int reference_open(lua_State *lua)
{
    for (size_t i = 0; i < sizeof metatables / sizeof *metatables; i++) {
        luaL_newmetatable(lua, metatables[i]);
        luaL_setfuncs(lua, methods, 0);
        for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
            lua_pushstring(lua, refused[k].what);
            lua_pushcclosure(lua, l_refuse, 1);
            lua_setfield(lua, -2, refused[k].event);
        }
        if (i > 0) {
            lua_pushcfunction(lua, l_equal);
            lua_setfield(lua, -2, "__eq");
        }
        lua_pushstring(lua, metatables[i]);
        lua_setfield(lua, -2, "__metatable");
        lua_pop(lua, 1);
    }
    return 0;
}
