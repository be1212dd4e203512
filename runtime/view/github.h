// SPDX-License-Identifier: MIT
//
// What GitHub Actions reads: annotations on lines of the repository, and the summary of a
// step, which is Markdown.
#pragma once

#include "base/fault.h"
#include "view/terminal.h"

struct github_note {
    const char *level; // "notice", "warning", "error"
    const char *file;  // NULL: of the whole
    int line;          // 0: not known
    const char *title;
    const char *words;
};

// "::warning file=playbooks/scale.lua,line=7,title=…::…"
void github_annotate(const struct terminal *terminal, const struct github_note *note);

// Where GITHUB_STEP_SUMMARY says; *file is NULL where it says nothing.
bool github_open_summary(FILE **file, struct fault *fault) FAULT_CHECKED;
bool github_close_summary(FILE *file, struct fault *fault) FAULT_CHECKED;
