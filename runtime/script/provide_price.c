// SPDX-License-Identifier: MIT
//
// price() of a type is pure: the same attributes cost the same, until the world was asked
// again and a catalogue may have been read. So what was told is kept by type and
// attributes, and thousands of equal things are one question.
#include "script/provide.h"

#include "base/text.h"
#include "engine/plan.h"
#include "script/convert.h"
#include "script/kind.h"
#include "script/machine.h"
#include "script/raise.h"
#include "value/json.h"

#include <lauxlib.h>

struct told {
    struct price_line *lines;
    size_t count;
};

struct asked {
    struct script *script;
    const struct kind *kind;
    const struct value *attributes;
    struct told *told;
};

// One of a line's three texts, in the table on top of the stack; the stack is as before,
// and the table keeps the text alive.
static const char *text_at(lua_State *lua, int index, const char *fallback)
{
    bool is_text = lua_rawgeti(lua, -1, index) == LUA_TSTRING;
    const char *text = is_text ? lua_tostring(lua, -1) : fallback;
    lua_pop(lua, 1);
    return text;
}

// A line is { what, amount, currency }, on top of the stack; without an amount it is not
// known.
static void take_line(lua_State *lua, struct arena *arena, struct price_line *line)
{
    struct fault fault = {0};
    if (!lua_istable(lua, -1))
        raise_error(lua, "a line of a price is no %s", luaL_typename(lua, -1));
    const char *amount = text_at(lua, 2, NULL);
    line->what = arena_text(arena, text_at(lua, 1, "?"));
    line->known = amount != NULL;
    if (amount != NULL &&
        !money_parse(amount, text_at(lua, 3, "EUR"), &line->monthly, &fault))
        raise_fault(lua, &fault);
}

// The lines that price() gave back, on top of the stack: a list, or nil for none.
static void take_lines(lua_State *lua, struct arena *arena, struct told *told)
{
    size_t count = lua_istable(lua, -1) ? lua_rawlen(lua, -1) : 0;
    told->lines = arena_alloc(arena, (count + 1) * sizeof *told->lines);
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(lua, -1, (lua_Integer) i + 1);
        take_line(lua, arena, &told->lines[i]);
        lua_pop(lua, 1);
    }
    told->count = count;
}

static int ask(lua_State *lua)
{
    struct asked *asked = lua_touserdata(lua, 1);
    struct arena *arena = &asked->script->arena;
    luaL_checkstack(lua, 8, "price");
    kind_push(lua, asked->kind, "price");
    convert_push(lua, asked->attributes, CONVERT_NULL_IS_NIL);
    if (lua_pcall(lua, 1, 1, 0) == LUA_OK) {
        take_lines(lua, arena, asked->told);
        return 0;
    }
    guard_check(lua);
    // What its price hangs on may not be known yet.
    asked->told->lines = arena_alloc(arena, sizeof *asked->told->lines);
    asked->told->lines[0].what = asked->kind->schema->type;
    asked->told->count = 1;
    return 0;
}

// Where the answer for these attributes is kept. Unknown and secret ones have no place.
static const char *place_of(struct script *script, const struct kind *kind,
                            const struct value *attributes)
{
    struct text *key = &script->price_key;
    if (!value_is_known(attributes) || value_has_secret(attributes))
        return NULL;
    text_reset(key);
    text_add(key, kind->schema->type);
    json_write(key, attributes, NULL, NULL);
    return key->overflow ? NULL : key->bytes;
}

// What could not be told may be known next time.
static bool is_whole(const struct told *told)
{
    for (size_t i = 0; i < told->count; i++)
        if (!told->lines[i].known)
            return false;
    return true;
}

// What the attributes cost: as it was told before, or asked for now. NULL: it failed.
static const struct told *find(struct script *script, const struct kind *kind,
                               const struct value *attributes, struct fault *fault)
{
    const char *place = place_of(script, kind, attributes);
    const struct told *known = place != NULL ? map_find(&script->prices, place) : NULL;
    if (known != NULL)
        return known;
    struct told *told = arena_alloc(&script->arena, sizeof *told);
    struct asked asked = {script, kind, attributes, told};
    if (!script_protect(script, ask, &asked, fault))
        return NULL;
    if (place != NULL && is_whole(told))
        map_put(&script->prices, place, told);
    return told;
}

bool provide_price(struct script *script, const struct kind *kind,
                   const struct value *found, const struct value *wanted,
                   struct preview *preview, struct fault *fault)
{
    static const struct told nothing = {NULL, 0};
    const struct told *before = &nothing, *after = &nothing;
    if (kind->has_price && found != NULL)
        before = find(script, kind, found, fault);
    if (before == NULL)
        return false;
    if (found != NULL && wanted != NULL && value_equal(found, wanted))
        after = before;
    else if (kind->has_price && wanted != NULL)
        after = find(script, kind, wanted, fault);
    if (after == NULL)
        return false;
    preview->prices_before = before->lines;
    preview->price_before_count = before->count;
    preview->prices = after->lines;
    preview->price_count = after->count;
    return true;
}

void provide_price_forget(struct script *script)
{
    map_clear(&script->prices);
}
