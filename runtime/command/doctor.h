// SPDX-License-Identifier: MIT
//
// `pipster doctor`: each check says one line, ok, warn or fail, with what to do about it.
#pragma once

#include "command/project.h"
#include "view/terminal.h"

enum doctor_verdict { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL };

struct doctor {
    struct arena arena;
    const struct options *options;
    struct project project;
    struct database *database; // NULL: nothing was stored yet, or it cannot be opened
    struct vault *vault;
    struct terminal out;
    size_t fail_count;
};

// `next` NULL where nothing is to be done.
void doctor_say(struct doctor *doctor, enum doctor_verdict verdict, const char *subject,
                const char *next, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
// A fault is a failed check.
void doctor_say_fault(struct doctor *doctor, const char *subject,
                      const struct fault *fault);

// doctor_state.c: the database, the key and its backup, the secrets.
void doctor_state_check(struct doctor *doctor);
// The key was copied away: asked no more until there is another.
bool doctor_state_confirm(struct doctor *doctor, struct fault *fault) FAULT_CHECKED;

// doctor_revenue.c: keys and files of the sources, the age of the newest reading.
void doctor_revenue_check(struct doctor *doctor);

// doctor_machine.c: clock, SSH, lab, libraries, cores.
void doctor_machine_check(struct doctor *doctor);

// doctor_token.c: the keys of Hetzner and of every vendor that the state needs.
void doctor_token_check(struct doctor *doctor);
