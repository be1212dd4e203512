// SPDX-License-Identifier: MIT
//
// What went wrong, in words a user can act on: what, where, why, and what to type next.
// Set where most is known, extended with "while …" on the way up, printed once, in
// command/. The kind decides the exit code of the process.
#pragma once

#include <stdbool.h>

enum fault_kind {
    FAULT_NONE,
    FAULT_ERROR,       // 1: an error, nothing changed
    FAULT_PARTIAL,     // 3: stopped part-way, state is right
    FAULT_UNREACHABLE, // 4: unreachable or refused login, nothing changed
    FAULT_BLOCKED,     // 5: a guard, a budget or protection
    FAULT_LOCKED,      // 6: another process holds the lock
    FAULT_STALE,       // 7: the plan is stale
    FAULT_ROLLED_BACK, // 8: went wrong and was rolled back
    FAULT_USAGE,       // 64
    FAULT_INTERNAL,    // 70
    FAULT_INTERRUPTED, // 130: Ctrl-C
    FAULT_TERMINATED,  // 143: asked to end, or the terminal is gone
};

struct fault {
    enum fault_kind kind;
    char code[64];    // a vendor's error code ("uniqueness_error"), or empty
    char what[2048];  // one sentence; "while …" parts are appended to it
    char where[512];  // playbook.lua:12, an address, a file, a host; or empty
    char why[2048];   // the cause, as the system, the vendor or the library said it
    char next[1024];  // what to type or change next; or empty
};

#define FAULT_CHECKED __attribute__((warn_unused_result))

// Sets kind and what, empties the rest. Always false, so that
// `return fault_set(fault, FAULT_ERROR, "…")` ends a function that can fail.
bool fault_set(struct fault *fault, enum fault_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// These four return false too, and are called after fault_set.
bool fault_where(struct fault *fault, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool fault_why(struct fault *fault, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool fault_next(struct fault *fault, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
// Appends ", while <format>" to what.
bool fault_while(struct fault *fault, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void fault_clear(struct fault *fault);
bool fault_is_set(const struct fault *fault);

// What a run that a signal stopped ends with.
enum fault_kind fault_kind_of_signal(int signal);
// The exit code of design: 0 for FAULT_NONE.
int fault_exit_code(enum fault_kind kind);
// "blocked", "locked" …: the reason word of --json.
const char *fault_word(enum fault_kind kind);
