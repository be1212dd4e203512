// SPDX-License-Identifier: MIT
#include "script/amendment.h"

#include "script/convert.h"
#include "script/machine.h"
#include "script/raise.h"
#include "script/rule_propose.h"

static void miss(struct declare *declare, const struct script_amendment *amendment)
{
    struct rule_missed *missed = arena_alloc(declare->arena, sizeof *missed);
    *missed = (struct rule_missed){amendment->address, amendment->accepted};
    array_add(&declare->missed, missed);
}

static void amend(lua_State *lua, struct declare *declare,
                  const struct script_amendment *amendment)
{
    struct declaration *declaration = map_find(&declare->by_address, amendment->address);
    if (declaration == NULL && amendment->accepted != NULL) {
        miss(declare, amendment);
        return;
    }
    if (declaration == NULL) {
        struct fault fault = {0};
        fault_set(&fault, FAULT_ERROR, "what is to be amended is not declared: %s",
                  amendment->address);
        fault_where(&fault, "%s", amendment->where);
        raise_fault(lua, &fault);
    }
    convert_push(lua, amendment->attributes, CONVERT_NULL_IS_NIL);
    declare_amend(lua, declaration, -1, false);
    declaration->amended = amendment->where;
    lua_pop(lua, 1);
}

// What it would propose by then, where it is declared.
static void amend_as_proposed(lua_State *lua, struct declare *declare,
                              const struct script_amendment *amendment)
{
    const struct rule *rule = rule_propose_ask(lua, declare, amendment->proposes);
    for (size_t i = 0; rule != NULL && rule->amend != NULL && i < rule->amend->map.count;
         i++) {
        const struct script_amendment one = {.address = rule->amend->map.entries[i].key,
                                             .attributes =
                                                 rule->amend->map.entries[i].value,
                                             .where = amendment->where};
        if (map_find(&declare->by_address, one.address) != NULL)
            amend(lua, declare, &one);
    }
}

void amendment_lay(lua_State *lua, struct declare *declare, const char *root,
                   amendment_include_fn include)
{
    const struct script *script = declare->script;
    for (size_t i = 0; i < script->amendment_count; i++)
        if (script->amendments[i].include != NULL)
            include(lua, declare, root, script->amendments[i].include);
    array_add(&declare->files, (void *) root);
    for (size_t i = 0; i < script->amendment_count; i++)
        if (script->amendments[i].address != NULL)
            amend(lua, declare, &script->amendments[i]);
        else if (script->amendments[i].proposes != NULL)
            amend_as_proposed(lua, declare, &script->amendments[i]);
    rule_propose_ask_all(lua, declare);
    array_remove(&declare->files, declare->files.count - 1);
}
