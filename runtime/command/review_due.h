// SPDX-License-Identifier: MIT
//
// When the checklist is to be gone through again: three months after it was last, or
// after the first run of a project that never did.
#pragma once

#include "store/answer.h"

// The name under which it is kept that all was gone through.
#define REVIEW_ALL "review"

struct review_due {
    int64_t last_ms; // 0: never
    int64_t due_ms;  // 0: nothing was run yet, so nothing is due
    bool is_due;
};

bool review_due_read(struct database *database, struct arena *arena, int64_t now_ms,
                     struct review_due *due, struct fault *fault) FAULT_CHECKED;
// "the review is due since 2026-09-01: pipster review", or NULL where it is not.
const char *review_due_text(const struct review_due *due, struct arena *arena);
// The moment three months later.
int64_t review_due_after(int64_t from_ms);
