// SPDX-License-Identifier: MIT
#include "script/policy_plan.h"

#include "script/convert.h"
#include "script/provide.h"

#include <lauxlib.h>

static void set_count(lua_State *lua, const char *name, size_t count)
{
    lua_pushinteger(lua, (lua_Integer) count);
    lua_setfield(lua, -2, name);
}

// Of a month, in whole currency units and parts of them: good for comparing.
static void set_money(lua_State *lua, const char *name, struct money amount)
{
    lua_pushnumber(lua, (lua_Number) amount.units / MONEY_UNIT);
    lua_setfield(lua, -2, name);
}

static void push_side(lua_State *lua, const struct change_field *field,
                      const struct value *value)
{
    if (field->secret && value != NULL)
        lua_pushliteral(lua, "(secret)");
    else
        convert_push(lua, value, CONVERT_NULL_IS_NIL);
}

static void push_fields(lua_State *lua, const struct change *change)
{
    lua_createtable(lua, 0, (int) change->field_count);
    for (size_t i = 0; i < change->field_count; i++) {
        const struct change_field *field = &change->fields[i];
        lua_createtable(lua, 0, 2);
        push_side(lua, field, field->before);
        lua_setfield(lua, -2, "before");
        push_side(lua, field, field->after);
        lua_setfield(lua, -2, "after");
        lua_setfield(lua, -2, field->name);
    }
}

static lua_Number price_of(const struct price_line *lines, size_t count)
{
    lua_Number sum = 0;
    for (size_t i = 0; i < count; i++)
        if (lines[i].known)
            sum += (lua_Number) lines[i].monthly.units / MONEY_UNIT;
    return sum;
}

static void set_preview(lua_State *lua, const struct preview *preview)
{
    if (preview == NULL)
        return;
    provide_set_text(lua, "downtime", preview->downtime);
    provide_set_text(lua, "data_at_risk", preview->data_at_risk);
    lua_pushnumber(lua, price_of(preview->prices, preview->price_count));
    lua_setfield(lua, -2, "price");
    lua_pushnumber(lua, price_of(preview->prices_before, preview->price_before_count));
    lua_setfield(lua, -2, "price_before");
}

static void push_change(lua_State *lua, const struct change *change)
{
    const struct resource *resource = change->resource;
    lua_createtable(lua, 0, 16);
    provide_set_text(lua, "address", change->address);
    provide_set_text(lua, "type", change->type);
    provide_set_text(lua, "name", change->name);
    provide_set_text(lua, "host", change->host);
    provide_set_text(lua, "action", plan_action_name(change->action));
    provide_set_text(lua, "reason", change->reason);
    provide_set_text(lua, "where", change->where);
    lua_pushboolean(lua, change->verdict == VERDICT_MAY);
    lua_setfield(lua, -2, "may");
    provide_set_value(lua, "tags", resource != NULL ? resource->tags : NULL);
    provide_set_value(lua, "want", change->wanted);
    push_fields(lua, change);
    lua_setfield(lua, -2, "fields");
    set_preview(lua, change->preview);
}

void policy_plan_push(lua_State *lua, const struct plan *plan)
{
    luaL_checkstack(lua, 10, "plan");
    lua_createtable(lua, 0, 8);
    set_count(lua, "add", plan->add_count);
    set_count(lua, "change", plan->change_count_in_place);
    set_count(lua, "destroy", plan->destroy_count);
    lua_createtable(lua, 0, 3);
    set_money(lua, "before", plan->cost_before);
    set_money(lua, "after", plan->cost_after);
    provide_set_text(lua, "currency", plan->cost_after.currency);
    lua_setfield(lua, -2, "cost");
    lua_createtable(lua, (int) plan->change_count, 0);
    lua_Integer count = 0;
    for (size_t i = 0; i < plan->change_count; i++) {
        if (!plan_does(&plan->changes[i]))
            continue;
        push_change(lua, &plan->changes[i]);
        lua_rawseti(lua, -2, ++count);
    }
    lua_setfield(lua, -2, "changes");
}
