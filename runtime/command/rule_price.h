// SPDX-License-Identifier: MIT
//
// What everything would cost a month if proposals of rules were in force: the playbook is
// evaluated with them laid over it, in memory, and planned as ever. Nothing is stored.
#pragma once

#include "base/map.h"
#include "command/workbench.h"
#include "engine/forecast.h"

struct rule_price {
    struct workbench *bench;
    struct resource_set declared; // by the playbook itself, its rules among it
    struct map kept;              // which are in force → struct forecast_price
};

// Evaluates the playbook that the options name.
bool rule_price_open(struct rule_price *price, struct workbench *bench,
                     struct fault *fault) FAULT_CHECKED;
void rule_price_close(struct rule_price *price);

// `in_force`: one for each rule. Not whole: something has no price, or a playbook that is
// proposed is not there yet. A plan is made once for the same rules.
bool rule_price_ask(struct rule_price *price, const bool *in_force,
                    struct forecast_price *monthly, struct fault *fault) FAULT_CHECKED;
// The same as a forecast_price_fn; the context is a struct rule_price.
bool rule_price_of(void *context, const bool *in_force, struct forecast_price *monthly,
                   struct fault *fault) FAULT_CHECKED;
