// SPDX-License-Identifier: MIT
//
// What a check answers beside attributes: measured = { { name =, value =, unit =, at = },
// … } (at: seconds since 1970, where it was measured before), warning = "…", or
// warnings = { "…", … }, and note = "…".
#include "script/provide_checked.h"

#include "engine/plan.h"
#include "script/convert.h"
#include "script/provide.h"

#include <math.h>
#include <string.h>

static bool refuse(struct step *step, const char *what)
{
    step->outcome = STEP_FAILED;
    fault_set(&step->fault, FAULT_INTERNAL, "%s of %s is not what it must be", what,
              step->change->address);
    return false;
}

static bool take_number(const struct value *value, double *number)
{
    if (value != NULL && value->kind == VALUE_INTEGER)
        *number = (double) value->integer;
    else if (value != NULL && value->kind == VALUE_NUMBER && isfinite(value->number))
        *number = value->number;
    else
        return false;
    return true;
}

// Until 9999: what is later is milliseconds by mistake.
#define LATEST_SECONDS 253402300799.0

// 0 where it is left out: now.
static bool take_time(const struct value *value, int64_t *at_ms)
{
    double seconds;
    *at_ms = 0;
    if (value == NULL)
        return true;
    if (!take_number(value, &seconds) || seconds < 1 || seconds > LATEST_SECONDS)
        return false;
    *at_ms = (int64_t) llround(seconds * 1000);
    return true;
}

static bool take_measured(struct step *step, struct arena *arena,
                          const struct value *list)
{
    if (list == NULL)
        return true;
    if (list->kind == VALUE_MAP && list->map.count == 0)
        return true;
    if (list->kind != VALUE_LIST)
        return refuse(step, "measured");
    struct record_measurement *rows =
        arena_alloc(arena, (list->list.count + 1) * sizeof *rows);
    for (size_t i = 0; i < list->list.count; i++) {
        const struct value *item = list->list.items[i];
        rows[i] = (struct record_measurement){
            .name = value_find_text(item, "name", NULL),
            .unit = value_find_text(item, "unit", NULL),
        };
        if (rows[i].name == NULL ||
            !take_number(value_find(item, "value"), &rows[i].value) ||
            !take_time(value_find(item, "at"), &rows[i].at_ms))
            return refuse(step, "measured");
    }
    step->answer.measured = (struct record_measurements){rows, list->list.count};
    return true;
}

static bool take_warnings(struct step *step, struct arena *arena,
                          const struct value *found)
{
    const struct value *one = value_find(found, "warning");
    const struct value *list = value_find(found, "warnings");
    size_t most = 1 + (list != NULL && list->kind == VALUE_LIST ? list->list.count : 0);
    const char **warnings = arena_alloc(arena, most * sizeof *warnings);
    size_t count = 0;
    if (one != NULL && one->kind != VALUE_STRING)
        return refuse(step, "warning");
    if (one != NULL)
        warnings[count++] = one->string.bytes;
    for (size_t i = 0; i + 1 < most; i++) {
        if (list->list.items[i]->kind != VALUE_STRING)
            return refuse(step, "warnings");
        warnings[count++] = list->list.items[i]->string.bytes;
    }
    step->answer.warnings = warnings;
    step->answer.warning_count = count;
    return true;
}

static void push_measurement(lua_State *lua, const struct record_measurement *row)
{
    lua_createtable(lua, 0, 3);
    lua_pushnumber(lua, row->value);
    lua_setfield(lua, -2, "value");
    provide_set_text(lua, "unit", row->unit);
    lua_pushinteger(lua, row->at_ms / 1000);
    lua_setfield(lua, -2, "at");
}

void provide_checked_push(lua_State *lua, const struct record_measurements *last)
{
    lua_newtable(lua);
    for (size_t i = 0; i < last->count; i++) {
        if (lua_getfield(lua, -1, last->rows[i].name) != LUA_TTABLE) {
            lua_pop(lua, 1);
            lua_newtable(lua);
            lua_pushvalue(lua, -1);
            lua_setfield(lua, -3, last->rows[i].name);
        }
        push_measurement(lua, &last->rows[i]);
        lua_rawseti(lua, -2, (lua_Integer) lua_rawlen(lua, -2) + 1);
        lua_pop(lua, 1);
    }
}

void provide_checked_take(lua_State *lua, struct step *step, struct arena *arena)
{
    const struct value *found = convert_find(lua, -1, arena);
    step->found = found;
    step->answer.note = value_find_text(found, "note", NULL);
    if (take_measured(step, arena, value_find(found, "measured")))
        (void) take_warnings(step, arena, found);
}
