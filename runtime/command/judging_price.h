// SPDX-License-Identifier: MIT
//
// What proposals would cost, by the normal way of a plan, and whether that can be
// afforded.
#pragma once

#include "command/judging.h"
#include "command/rule_price.h"

struct judging_price {
    struct rule_price plans;
    struct forecast_price now; // with all that is accepted in force
    bool *in_force;            // of each rule: is accepted
};

// Evaluates the playbook, prices what is in force and judges all rules.
bool judging_price_open(struct judging_price *price, struct workbench *bench,
                        int64_t now_ms, struct judging *judging,
                        struct fault *fault) FAULT_CHECKED;
void judging_price_close(struct judging_price *price);
// What the one rule would change, up or down; it is no longer proposed where that cannot
// be afforded.
bool judging_price_ask(struct judging_price *price, struct judging *judging, size_t index,
                       struct fault *fault) FAULT_CHECKED;
