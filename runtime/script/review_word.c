// SPDX-License-Identifier: MIT
#include "script/review_word.h"

#include "script/convert.h"
#include "script/raise.h"

#include <lauxlib.h>

#include <string.h>

// upvalue: the line; argument: its table
static int l_finish(lua_State *lua)
{
    struct declare *declare = declare_check(lua);
    struct review_line *line = lua_touserdata(lua, lua_upvalueindex(1));
    const char *name = line->name, *where = line->where;
    struct fault fault = {0};
    luaL_checktype(lua, 1, LUA_TTABLE);
    if (line->text != NULL)
        raise_error(lua, "review \"%s\" has its table already", name);
    const struct value *table = convert_check(lua, 1, declare->arena);
    if (table->kind != VALUE_MAP)
        raise_error(lua, "review \"%s\" takes words by name, not a list", name);
    bool read = review_read(declare->arena, name, table, line, &fault);
    line->where = where;
    if (!read) {
        fault_where(&fault, "%s", where);
        raise_fault(lua, &fault);
    }
    return 0;
}

static int l_review(lua_State *lua)
{
    struct declare *declare = declare_check(lua);
    const char *name = convert_check_word(lua, 1, "the name of a line");
    for (size_t i = 0; i < declare->reviews.count; i++) {
        const struct review_line *other = declare->reviews.items[i];
        if (strcmp(other->name, name) == 0)
            raise_error(lua, "there are two lines review \"%s\": the first is at %s",
                        name, other->where);
    }
    struct review_line *line = arena_alloc(declare->arena, sizeof *line);
    *line = (struct review_line){.name = arena_text(declare->arena, name),
                                 .where = declare_where(lua, declare)};
    array_add(&declare->reviews, line);
    lua_pushlightuserdata(lua, line);
    lua_pushcclosure(lua, l_finish, 1);
    return 1;
}

void review_word_push(lua_State *lua)
{
    lua_pushcfunction(lua, l_review);
    lua_setfield(lua, -2, "review");
}

bool review_word_check(const struct declare *declare, struct fault *fault)
{
    for (size_t i = 0; i < declare->reviews.count; i++) {
        const struct review_line *line = declare->reviews.items[i];
        if (line->text != NULL)
            continue;
        fault_set(fault, FAULT_ERROR,
                  "review \"%s\" is not finished: its table is missing", line->name);
        fault_where(fault, "%s", line->where);
        return fault_next(fault, "write review \"%s\" { text = \"…\", ask = \"…?\" }",
                          line->name);
    }
    return true;
}

void review_word_list(const struct declare *declare, struct resource_set *set)
{
    size_t count = declare->reviews.count;
    struct review_line *lines = arena_alloc(declare->arena, (count + 1) * sizeof *lines);
    for (size_t i = 0; i < count; i++)
        lines[i] = *(const struct review_line *) declare->reviews.items[i];
    set->reviews = (struct review_lines){lines, count};
}
