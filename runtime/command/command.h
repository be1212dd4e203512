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
    // The exit code; a fault that is set is printed by main and decides it.
    int (*run)(const struct options *options, struct fault *fault);
};

extern const struct command cmd_adopt, cmd_apply, cmd_destroy, cmd_doctor, cmd_drift,
    cmd_explain, cmd_help, cmd_history, cmd_import, cmd_lab, cmd_plan, cmd_run,
    cmd_secrets, cmd_show, cmd_state, cmd_types, cmd_undo, cmd_validate, cmd_version;

// All verbs, in the order of `pipster help`; ends with NULL.
extern const struct command *const command_table[];
const struct command *command_find(const char *name);

// Prints a fault as words on stderr or, with --json, as a diagnostic on stdout.
void command_report(const struct options *options, const struct fault *fault);
