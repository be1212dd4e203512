// SPDX-License-Identifier: MIT
//
// What a person makes of a rule's proposal: it is accepted, declined, or taken back
// later.
#pragma once

#include "command/judging.h"

// Each asks, unless --yes says so, and stores. The rule was priced before.
bool rule_action_accept(struct judging *judging, size_t index,
                        struct fault *fault) FAULT_CHECKED;
bool rule_action_decline(struct judging *judging, size_t index,
                         struct fault *fault) FAULT_CHECKED;
bool rule_action_withdraw(struct judging *judging, size_t index,
                          struct fault *fault) FAULT_CHECKED;
// Of a rule that the playbook does not say any more.
bool rule_action_forget(struct judging *judging, const struct record_amendment *amendment,
                        struct fault *fault) FAULT_CHECKED;
