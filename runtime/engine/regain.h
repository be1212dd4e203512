// SPDX-License-Identifier: MIT
//
// Secrets of a lost state, read back from where they are used: what a playbook declares
// ("key=" .. secret) is laid over what stands there ("key=abc").
#pragma once

#include "base/map.h"
#include "engine/plan.h"

// Adds what it finds to `secrets`: address → struct value, in the plan's arena. What was
// found before must be there again. False when the text is not of that pattern, or
// something else in it is not known.
bool regain_match(const struct plan *plan, const struct value *pattern, const char *text,
                  struct map *secrets);

typedef void (*regain_visit_fn)(void *context, const char *address);
// Every secret that a declared value refers to.
void regain_walk(const struct value *value, regain_visit_fn visit, void *context);
