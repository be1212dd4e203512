// SPDX-License-Identifier: MIT
//
// What rules said and what people made of it: a row for each time that a rule was judged,
// with the figures it saw, and a row for each proposal that was accepted. All kept for
// good. A rule is known by the file that says it and its name: two playbooks may have
// rules of one name.
#pragma once

#include "store/database.h"
#include "value/record_rule.h"

// Changes nothing that a saved plan is bound to.
void rule_put_evaluation(struct transaction *transaction,
                         const struct record_evaluation *evaluation);
// The newest `most` of each rule up to `by_ms`, newest first, by name and playbook;
// `rule` NULL: of all. What a clock that was ahead left behind is from after now, and
// does not count. `database` may be NULL, here and below: there are none.
bool rule_load_evaluations(struct database *database, struct arena *arena, int64_t by_ms,
                           int most, const char *rule, struct record_evaluations *found,
                           struct fault *fault) FAULT_CHECKED;

// From now on the amendment is part of every plan: those that were saved are stale.
void rule_put_amendment(struct transaction *transaction,
                        const struct record_amendment *amendment);
// From now on it is not any more.
void rule_withdraw(struct transaction *transaction,
                   const struct record_amendment *amendment, int64_t at_ms,
                   const char *who);
// In the order of their acceptance; those withdrawn only where they are asked for.
bool rule_load_amendments(struct database *database, struct arena *arena,
                          bool also_withdrawn, struct record_amendments *found,
                          struct fault *fault) FAULT_CHECKED;
// Whether two rows are of one rule: of its name, and of its file or both of none.
bool rule_is_same(const struct record_evaluation *one,
                  const struct record_evaluation *other);
// The first of that rule, or NULL. A row that knows no playbook is of each, where there
// is no other.
const struct record_evaluation *rule_find_evaluation(const struct record_evaluations *all,
                                                     const char *playbook,
                                                     const char *rule);
// That of the rule which is in force, or NULL; `playbook` NULL: of any.
const struct record_amendment *rule_find_amendment(const struct record_amendments *found,
                                                   const char *playbook,
                                                   const char *rule);
