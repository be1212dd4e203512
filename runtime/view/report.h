// SPDX-License-Identifier: MIT
//
// The page that `pipster report` writes: HTML that needs nothing else, with every section
// a function in a file of its own. A section without data says so in a line, and what to
// do.
#pragma once

#include "base/text.h"
#include "engine/bill.h"
#include "engine/drift.h"
#include "engine/review.h"
#include "store/secret.h"
#include "store/state.h"
#include "value/record_rule.h"
#include "view/rule_view.h"

enum report_tone { REPORT_FINE, REPORT_PLAIN, REPORT_WARN, REPORT_BAD };

// What `pipster status` says, row by row.
struct report_notice {
    const char *part; // "checks"
    enum report_tone tone;
    const char *text;
    const struct value *data; // a map of the same, or NULL
};

// What the page shows. Everything is borrowed.
struct report {
    struct arena *arena;
    const char *project, *environment;
    const char *playbook; // the one last run, or NULL
    const char *version;
    int64_t now_ms;
    const struct state_rows *recorded;
    const struct record_run *runs; // newest first
    size_t run_count;
    const struct report_notice *notices;
    size_t notice_count;
    const struct secret_row *secrets;
    size_t secret_count;
    struct record_revenues revenues;       // oldest first, accepted or not
    const struct engine *engine;           // for its currency, rates and rules
    const struct rule_shown *judged; // the rules, as they are now
    size_t judged_count;
    struct record_evaluations evaluations; // of each rule, newest first
    struct record_amendments amendments;   // those withdrawn too
    struct review_lines reviews;
    const struct review_found *review_found; // one a line
    const char *no_review;                   // why there is none, or NULL
    // What the world says; without: why it could not be asked.
    const struct plan *plan;
    const struct bill *bill; // by phase
    const char *no_plan;
    const struct drift *drift;
    const char *no_drift;
};

void report_write(struct text *out, const struct report *report);

// The sections, as the page calls them.
void report_summary_write(struct text *out, const struct report *report);
void report_notices_write(struct text *out, const struct report *report);
void report_graph_write(struct text *out, const struct report *report);
void report_cost_write(struct text *out, const struct report *report);
void report_money_write(struct text *out, const struct report *report);
void report_rules_write(struct text *out, const struct report *report);
void report_drift_write(struct text *out, const struct report *report);
void report_runs_write(struct text *out, const struct report *report);
void report_secrets_write(struct text *out, const struct report *report);
void report_backups_write(struct text *out, const struct report *report);
void report_criteria_write(struct text *out, const struct report *report);

// The whole style sheet.
const char *report_style(void);

// "fine", "warn" …: the class of what is shown in that tone.
const char *report_tone_class(enum report_tone tone);
