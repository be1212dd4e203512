// SPDX-License-Identifier: MIT
//
// Rules in the form that was asked for: in words, as JSON, as Markdown, as annotations of
// GitHub with a summary of the step.
#pragma once

#include "command/judging_price.h"

// Of rules: `only` that, NULL all of them.
bool rule_telling_print(const struct workbench *bench, const struct judging *judging,
                        const char *only, struct fault *fault) FAULT_CHECKED;
// What was accepted and is left out, in words or as JSON.
void rule_telling_missed(const struct workbench *bench, const struct rule_missed *missed,
                         size_t count);
// A closed rule is priced where it alone is asked for: each price is a plan.
bool rule_telling_price(struct judging_price *price, struct judging *judging,
                        const char *only, struct fault *fault) FAULT_CHECKED;
// 5: one that would propose costs too much; 2: one proposes; else 0.
int rule_telling_code(const struct judging *judging, const char *only);

// Behind a plan, where its exit code or a format is asked for: the rules of its playbook
// with their prices, and what `code` becomes by them: nothing else decides that.
bool rule_telling_beside(struct workbench *bench, int *code,
                         struct fault *fault) FAULT_CHECKED;
