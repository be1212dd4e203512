// SPDX-License-Identifier: MIT
//
// Headers bound to origins; the values lie in locked memory that no core dump
// holds. Origins are as origin_read spells them: a credential goes to its own only.
#pragma once

#include "net/origin.h"

struct credential;

void credential_add(struct credential **list, const char *origin, const char *name,
                    const char *value);
void credential_clear(struct credential **list);
// "NAME: VALUE" lines of an origin one after the other: pass NULL, then what came before.
const struct credential *credential_next(const struct credential *list,
                                         const struct credential *previous,
                                         const char *origin);
const char *credential_line(const struct credential *credential);
