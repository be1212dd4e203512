// SPDX-License-Identifier: MIT
//
// A business trigger: conditions over figures, held for a time, with another condition by
// which it closes again. Pure: the moment, the figures and what is remembered of the rule
// go in, what it says now comes out. What is not known is never true.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "value/money.h"
#include "value/value.h"

enum rule_operator { RULE_OVER, RULE_AT_LEAST, RULE_UNDER, RULE_AT_MOST };

enum rule_truth { RULE_FALSE, RULE_TRUE, RULE_UNKNOWN };

enum rule_kind {
    RULE_FIGURE,   // of the business: revenue, customers, share …
    RULE_MEASURED, // by checks, over a window: all of it must be so
    RULE_ANSWER,   // of a person, for a quarter
};

// One comparison: revenue = "> $500".
struct rule_term {
    enum rule_kind kind;
    const char *figure; // "revenue"
    const char *text;   // as written
    enum rule_operator comparison;
    int64_t bound;    // 10^-8; of an answer: 1 yes, 0 no
    char currency[4]; // of money; else empty
};

struct rule_terms {
    struct rule_term *items; // all of them
    size_t count;
};

struct rule_condition {
    struct rule_terms *any; // one of them
    size_t count;           // 0: nothing was said
};

// "14d" is so many milliseconds, "3 months" so many months of the calendar.
struct rule_span {
    int64_t ms;
    int months;
};

struct rule {
    const char *name;
    const char *doc;   // in the playbook's words, or NULL
    const char *where; // file:line
    const char *file;
    int line;
    struct rule_condition when;
    struct rule_condition evidence; // must hold too, where it is said
    struct rule_condition release;  // none: as soon as `when` and `evidence` do not hold
    struct rule_condition fit;      // what must hold before going down is proposed
    struct rule_condition metric;   // the success metric
    const char *metric_text;        // the same in the playbook's words, or NULL
    struct rule_span window;        // of what is measured
    struct rule_span hold, release_hold, cooldown;
    bool has_afford, asks; // asks: the proposal is made anew, by what is in force
    int64_t afford_below, afford_warn; // percent of the revenue, 10^-8
    const struct value *amend;         // address → attributes, or NULL
    const char *include;               // a playbook, or NULL
    const char *text;                  // the proposal in the playbook's words, or NULL
    const char *idle;                  // why it proposes nothing now, or NULL
};

// One figure at one moment. What was measured over a window has a lowest and a highest.
struct rule_figure {
    const char *name, *unit; // the unit that it was measured in, or NULL
    char currency[4];        // of money; else empty
    bool is_known;
    const char *unknown;            // why it is not, and what to do
    int64_t value, lowest, highest; // 10^-8; of an answer: 1 or 0
    int64_t as_of_ms;
    int64_t before, before_ms; // what it was earlier; 0: nobody knows
};

struct rule_rate {
    char from[4], to[4];
    int64_t rate; // 10^-8 of `to` for one `from`
};

#define RULE_RATES 4

// What is remembered of a rule from one look to the next.
struct rule_past {
    bool is_open, is_accepted;
    int64_t true_since_ms, true_seen_ms; // `when` holds since, and was last seen to
    int64_t release_since_ms, release_seen_ms;
    int64_t opened_ms;
    int64_t changed_ms; // closed, accepted, declined, withdrawn: the cooldown begins
    struct rule_rate rates[RULE_RATES]; // those it goes by until the band is left
    size_t rate_count;
    int64_t opens_by, closes_by; // digests of the conditions that all this is of; 0: none
};

struct rule_input {
    int64_t now_ms;
    const struct rule_figure *figures;
    size_t figure_count;
    const struct rule_rate *rates; // of today, in both directions
    size_t rate_count;
    bool is_accepted; // its amendment is in force
    struct rule_past past;
};

enum rule_state {
    RULE_CLOSED,
    RULE_HOLDING,  // `when` holds, for less than its time
    RULE_COOLING,  // … long enough, and it changed too short a time ago
    RULE_OPEN,     // proposes
    RULE_BLOCKED,  // would propose, and costs too great a share of the revenue
    RULE_ACCEPTED, // its amendment is in force
    RULE_FALLING,  // in force, and proposes to take it back
};

// What one term saw.
struct rule_saw {
    const struct rule_term *term;
    enum rule_truth truth;
    const char *text;   // "revenue is 441.00 $ (420.00 €): 59.00 $ short of > $500"
    int64_t reaches_ms; // when it will be so at the present slope; 0: not known
};

struct rule_view {
    enum rule_truth truth;
    const struct rule_saw *saw;
    size_t count;
    int64_t reaches_ms; // 0: not known, or by no slope
};

struct rule_verdict {
    enum rule_state state;
    int64_t since_ms; // of the state; 0: since ever
    int64_t opens_ms; // the earliest, as things go on as they do; 0: not known
    struct rule_view when, evidence, release, fit, metric;
    bool is_proposed;      // up, or down (RULE_FALLING), and all it needs is known
    const char *waits;     // what keeps it from proposing though it is open, or NULL
    const char *warning;   // the proposal costs a share that is to be thought of, or NULL
    struct rule_past past; // to be remembered
};

void rule_judge(const struct rule *rule, const struct rule_input *input,
                struct arena *arena, struct rule_verdict *verdict);
// What the proposal of an open rule would cost: all in a month, and what comes in, in one
// currency; `monthly` NULL: not known, and then it is not proposed.
void rule_afford(const struct rule *rule, const struct money *cost,
                 const struct money *monthly, struct arena *arena,
                 struct rule_verdict *verdict);
// A person said no: it closes, and its time begins anew.
void rule_decline(struct rule_past *past, int64_t now_ms);

const char *rule_state_word(enum rule_state state); // "holding"
