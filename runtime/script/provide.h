// SPDX-License-Identifier: MIT
//
// The parts of lua_provider: pushing what the engine asks, taking what a type answers.
#pragma once

#include <lua.h>

#include "engine/provider.h"

struct kind;
struct script;

// Pushes a function of stdlib/prelude.lua.
void provide_push_function(lua_State *lua, const char *name);
void provide_push_kind(lua_State *lua, const char *type);
// Its attributes and its bare name.
void provide_push_host(lua_State *lua, const char *host, const struct value *attributes);
// Into the table on top of the stack.
void provide_set_text(lua_State *lua, const char *name, const char *text);
void provide_set_value(lua_State *lua, const char *name, const struct value *value);
// Attributes that a type answered; NULL for nil.
const struct value *provide_take(lua_State *lua, int index, const char *type,
                                 struct arena *arena);

void provide_apply(struct script *script, struct step_batch *batch);
// What a thing costs as it was found and as it is wanted; either may be NULL. Lines live
// as long as the script.
bool provide_price(struct script *script, const struct kind *kind,
                   const struct value *found, const struct value *wanted,
                   struct preview *preview, struct fault *fault) FAULT_CHECKED;
// What is in the world may look otherwise now: prices are asked for again.
void provide_price_forget(struct script *script);
bool provide_preview(void *script, struct arena *arena, const struct change *change,
                     struct preview *preview, struct fault *fault);
