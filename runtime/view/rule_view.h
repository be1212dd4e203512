// SPDX-License-Identifier: MIT
//
// A rule in words: what it says now, since when, what is missing, and what it would
// change and cost.
#pragma once

#include "engine/resource.h"
#include "value/record_rule.h"
#include "view/terminal.h"

struct rule_shown {
    const struct rule *rule;
    struct rule_verdict verdict;
    const struct record_amendment *amendment; // in force, or NULL
    bool is_priced;                           // its proposal was
    bool is_more;                             // it costs more: `unpriced` says why
    struct money before, after;               // all in a month, as it is and as proposed
    const char *share;                        // of the revenue: "3.0%"; or NULL
    const char *unpriced;                     // why not all of it has a price, or NULL
};

void rule_view_print(const struct terminal *terminal, const struct rule_shown *shown);
// One line of the type "rule".
void rule_view_json(FILE *stream, const struct rule_shown *shown);
// "open since 2026-11-15", "closed; opens on 2026-12-01 at the present slope"
const char *rule_view_state(const struct rule_shown *shown, struct arena *arena);
// "+3.00 €/month (5.99 € → 8.99 €; of the revenue 1.5%)", "not priced: …"; NULL: it
// proposes nothing that could have a price, or nobody asked for it.
const char *rule_view_price(const struct rule_shown *shown, struct arena *arena);
// What was accepted and is left out of the plan, and how to take it back.
const char *rule_view_missed(const struct rule_missed *missed, struct arena *arena);
// One line of the type "left_out".
void rule_view_json_missed(FILE *stream, const struct rule_missed *missed);
// "rule bigger-server is open since 2026-11-15: pipster rules bigger-server", of what is
// to be decided by a person; else NULL.
const char *rule_view_note(const struct rule_shown *shown, struct arena *arena);
