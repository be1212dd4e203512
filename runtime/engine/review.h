// SPDX-License-Identifier: MIT
//
// A checklist: each of its lines is computed from figures, or asked of a person for a
// quarter, or not known. Pure: figures and answers go in, what the line says now comes
// out.
#pragma once

#include "engine/rule.h"
#include "value/record.h"

#define REVIEW_MONTHS 3 // an answer counts so long, and so often is all gone through

struct review_line {
    const char *name;       // "costs"
    const char *part;       // of the checklist: "Every quarter"
    const char *text;       // as the checklist has it
    const char *ask;        // what a person is asked, or NULL
    bool is_optional;       // all can be gone through without it
    struct rule_terms when; // what figures must show; none: nothing is computed
    const char *where;      // file:line
};

struct review_lines {
    const struct review_line *items; // in order of declaration
    size_t count;
};

// What a line says. An answer decides where the figures do not.
struct review_found {
    enum rule_truth truth;              // met, missed, or not known
    const char *text;                   // what was seen, or what is asked
    const char *next;                   // what answers it, or NULL
    const struct record_answer *answer; // that decided, or NULL
};

// The table of `review "name" { … }`, of plain data; the line is whole but for its place.
bool review_read(struct arena *arena, const char *name, const struct value *table,
                 struct review_line *line, struct fault *fault) FAULT_CHECKED;
void review_look(const struct review_line *line, const struct rule_input *input,
                 const struct record_answers *answers, struct arena *arena,
                 struct review_found *found);
const char *review_word(enum rule_truth truth); // "met", "missed", "not known"

// The figures that a line may compare, ended by NULL.
extern const char *const review_figures[];
