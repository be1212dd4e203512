// SPDX-License-Identifier: MIT
//
// All rules of the playbook that was evaluated, judged at one moment by what the state
// shows. Storing what they said is a step of its own: a plan stores nothing.
#pragma once

#include "command/figures.h"
#include "store/rule.h"
#include "view/rule_view.h"

struct judging {
    struct workbench *bench;
    struct figures figures;
    struct rule_input *inputs; // one for each rule, and so on
    struct rule_shown *rules;  // in the order of the playbook
    size_t count;
    const struct rule_missed *missed; // of what was accepted, left out of the plan
    size_t missed_count;
};

// `cost`: of all in a month; NULL: it is not known.
bool judging_make(struct workbench *bench, const struct money *cost, int64_t now_ms,
                  struct judging *judging, struct fault *fault) FAULT_CHECKED;
// What all of them said, as of the run (0: none); not known or without rules: nothing.
bool judging_store(const struct judging *judging, int64_t run,
                   struct fault *fault) FAULT_CHECKED;
// One more row in a transaction, with what is remembered from then on.
void judging_put(const struct judging *judging, size_t index, int64_t run,
                 struct transaction *transaction);
// Judges one anew: its proposal was accepted, or withdrawn.
void judging_turn(struct judging *judging, size_t index, bool is_accepted);
// FAULT_USAGE names the nearest of the rules.
bool judging_find(const struct judging *judging, const char *name, size_t *index,
                  struct fault *fault) FAULT_CHECKED;
