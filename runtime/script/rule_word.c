// SPDX-License-Identifier: MIT
#include "script/rule_word.h"

#include "engine/rule_read.h"
#include "script/convert.h"
#include "script/raise.h"
#include "script/rule_propose.h"

#include <lauxlib.h>

#include <string.h>

// upvalue: the ruling; argument: the table
static int l_finish(lua_State *lua)
{
    struct declare *declare = declare_check(lua);
    struct ruling *ruling = lua_touserdata(lua, lua_upvalueindex(1));
    struct rule *rule = &ruling->rule;
    struct rule place = *rule;
    struct fault fault = {0};
    luaL_checktype(lua, 1, LUA_TTABLE);
    if (ruling->is_whole)
        raise_error(lua, "rule \"%s\" has its table already", rule->name);
    rule_propose_take(lua, ruling, 1);
    const struct value *table = convert_check(lua, 1, declare->arena);
    if (table->kind != VALUE_MAP)
        raise_error(lua, "rule \"%s\" takes words by name, not a list", rule->name);
    if (!rule_read(declare->arena, place.name, table, rule, &fault)) {
        fault_where(&fault, "%s", place.where);
        raise_fault(lua, &fault);
    }
    rule->where = place.where;
    rule->file = place.file;
    rule->line = place.line;
    rule->asks = ruling->asks;
    ruling->is_whole = true;
    return 0;
}

static int l_rule(lua_State *lua)
{
    struct declare *declare = declare_check(lua);
    const char *name = convert_check_word(lua, 1, "the name of a rule");
    for (size_t i = 0; i < declare->rules.count; i++) {
        const struct ruling *other = declare->rules.items[i];
        if (strcmp(other->rule.name, name) == 0)
            raise_error(lua, "there are two rules \"%s\": the first is at %s", name,
                        other->rule.where);
    }
    struct ruling *ruling = arena_alloc(declare->arena, sizeof *ruling);
    *ruling = (struct ruling){.rule.name = arena_text(declare->arena, name),
                              .rule.where = declare_where(lua, declare)};
    ruling->rule.file = declare->place.file;
    ruling->rule.line = declare->place.line;
    array_add(&declare->rules, ruling);
    lua_pushlightuserdata(lua, ruling);
    lua_pushcclosure(lua, l_finish, 1);
    return 1;
}

void rule_word_push(lua_State *lua)
{
    lua_pushcfunction(lua, l_rule);
    lua_setfield(lua, -2, "rule");
}

static bool refuse(const struct rule *rule, struct fault *fault, const char *what,
                   const char *detail)
{
    fault_set(fault, FAULT_ERROR, "rule \"%s\" %s %s", rule->name, what, detail);
    return fault_where(fault, "%s", rule->where);
}

static bool check_attributes(const struct declare *declare, const struct rule *rule,
                             const struct declaration *amended,
                             const struct value *changes, struct fault *fault)
{
    const struct schema *schema = amended->resource.schema;
    for (size_t i = 0; i < changes->map.count; i++) {
        const char *name = changes->map.entries[i].key;
        if (amended->kind->has_shorthand || declare_is_word(name) ||
            schema_find(schema, name) != NULL)
            continue;
        refuse(rule, fault, "amends an attribute that there is not:",
               arena_format(declare->arena, "%s.%s", amended->resource.address, name));
        const char *near = schema_nearest_attribute(schema, declare->arena, name);
        return near != NULL ? fault_next(fault, "did you mean \"%s\"?", near)
                            : fault_next(fault, "see `pipster types %s`", schema->type);
    }
    return true;
}

// What an included playbook will declare is seen once it is included.
static bool check_amended(const struct declare *declare, const struct rule *rule,
                          struct fault *fault)
{
    for (size_t i = 0; rule->amend != NULL && i < rule->amend->map.count; i++) {
        const struct value_entry *entry = &rule->amend->map.entries[i];
        const struct declaration *amended = map_find(&declare->by_address, entry->key);
        if (amended == NULL && rule->include == NULL) {
            refuse(rule, fault, "amends what nothing declares:", entry->key);
            return fault_next(fault, "declare it, or propose a playbook that does: "
                                     "include = \"…\"");
        }
        if (amended != NULL &&
            !check_attributes(declare, rule, amended, entry->value, fault))
            return false;
    }
    return true;
}

bool rule_word_check(const struct declare *declare, struct fault *fault)
{
    for (size_t i = 0; i < declare->rules.count; i++) {
        const struct ruling *ruling = declare->rules.items[i];
        if (!ruling->is_whole) {
            refuse(&ruling->rule, fault, "is not finished:", "its table is missing");
            return fault_next(fault, "write rule \"%s\" { when = { … }, … }",
                              ruling->rule.name);
        }
        if (!ruling->is_accepted && !check_amended(declare, &ruling->rule, fault))
            return false;
    }
    return true;
}

void rule_word_list(const struct declare *declare, struct resource_set *set)
{
    size_t count = declare->rules.count;
    struct rule *rules = arena_alloc(declare->arena, (count + 1) * sizeof *rules);
    for (size_t i = 0; i < count; i++)
        rules[i] = ((const struct ruling *) declare->rules.items[i])->rule;
    set->rules = rules;
    set->rule_count = count;
}
