// SPDX-License-Identifier: MIT
//
// One verb, one file, one const struct; main.c finds it by name.
#pragma once

#include "command/options.h"

struct command {
    const char *name;
    const char *summary; // one line of `pipster help`
    const char *usage;   // the rest of `pipster help VERB`
    bool hidden;
    bool formats;      // speaks --format markdown and github
    bool reads_export; // may be asked of an exported state: --state FILE
    // The exit code; a fault that is set is printed by main and decides it.
    int (*run)(const struct options *options, struct fault *fault);
};

extern const struct command cmd_validate;
extern const struct command cmd_plan;
extern const struct command cmd_run;
extern const struct command cmd_apply;
extern const struct command cmd_destroy;
extern const struct command cmd_undo;
extern const struct command cmd_history;
extern const struct command cmd_drift;
extern const struct command cmd_status;
extern const struct command cmd_explain;
extern const struct command cmd_cost;
extern const struct command cmd_revenue;
extern const struct command cmd_forecast;
extern const struct command cmd_what_if;
extern const struct command cmd_report;
extern const struct command cmd_review;
extern const struct command cmd_show;
extern const struct command cmd_state;
extern const struct command cmd_import;
extern const struct command cmd_adopt;
extern const struct command cmd_rules;
extern const struct command cmd_secrets;
extern const struct command cmd_ssh;
extern const struct command cmd_exec;
extern const struct command cmd_logs;
extern const struct command cmd_facts;
extern const struct command cmd_drill;
extern const struct command cmd_test;
extern const struct command cmd_doctor;
extern const struct command cmd_types;
extern const struct command cmd_lab;
extern const struct command cmd_version;
extern const struct command cmd_help;

// All verbs, in the order of `pipster help`; ends with NULL.
extern const struct command *const command_table[];
const struct command *command_find(const char *name);

// Prints a fault as words on stderr or, with --json, as a diagnostic on stdout.
void command_report(const struct options *options, const struct fault *fault);
