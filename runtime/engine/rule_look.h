// SPDX-License-Identifier: MIT
//
// A condition held against figures: true, false or not known, and in words what each of
// its terms saw.
#pragma once

#include "engine/rule.h"

struct rule_world {
    const struct rule_input *input;
    const struct rule_rate *rates; // first; then those of the input
    size_t rate_count;
};

// A condition of which nothing was said is not known.
enum rule_truth rule_look(const struct rule_condition *condition,
                          const struct rule_world *world, struct arena *arena,
                          struct rule_view *view);
// That of the name, or NULL.
const struct rule_figure *rule_look_figure(const struct rule_input *input,
                                           const char *name);
const struct rule_rate *rule_look_rate(const struct rule_rate *rates, size_t count,
                                       const char *from, const char *to);
// Whether any of the rule's conditions looks at that figure.
bool rule_look_uses(const struct rule *rule, const char *figure);
