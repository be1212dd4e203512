// SPDX-License-Identifier: MIT
//
// What is remembered of a rule, as a row of the state keeps it, and the figures that it
// saw.
#pragma once

#include "engine/rule.h"

const struct value *rule_past_value(struct arena *arena, const struct rule_past *past);
// Whatever cannot be read is as if nothing were remembered of it.
void rule_past_read(const struct value *value, struct rule_past *past);
// What is remembered of other conditions than those that the rule has now says nothing of
// these: their times begin anew, and what only proposed is closed.
void rule_past_adapt(const struct rule *rule, struct rule_past *past);
// Name → { value, currency, lowest, highest, as_of } as exact decimals; of those that are
// not known { unknown = "…" }. Only those that the rule looks at.
const struct value *rule_past_figures(struct arena *arena, const struct rule *rule,
                                      const struct rule_input *input);
