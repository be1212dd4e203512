// SPDX-License-Identifier: MIT
//
// Who may contradict whom: an includer overrides what it includes; two playbooks neither
// of which includes the other must agree on what both say of a thing.
#pragma once

#include "script/declare.h"

// Notes that `outer` includes `inner`.
void agree_add_include(struct declare *declare, const char *outer, const char *inner);
// The playbook being evaluated.
const char *agree_file(const struct declare *declare);
// Whether they are one file, or one includes the other, straight or not.
bool agree_related(const struct declare *declare, const char *left, const char *right);

// Raises when `made` says something else than `first`, which was declared under the same
// address by an unrelated playbook.
void agree_check_twin(lua_State *lua, const struct declaration *first,
                      const struct declaration *made);
// After an amendment: notes who wrote what differs from `before`; raises when an
// unrelated playbook had written it. What `grow` adds to a list contradicts nobody.
void agree_check_amendment(lua_State *lua, struct declaration *declaration,
                           const struct value *before, bool grow);
