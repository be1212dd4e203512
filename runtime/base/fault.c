// SPDX-License-Identifier: MIT
//
// Every part is formatted aside first: an argument may point into the fault itself.
#include "base/fault.h"

#include "base/redact.h"
#include "base/text.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ELLIPSIS "…"

#define LONGEST sizeof((struct fault *) 0)->what
#define TALE    ((size_t) 1 << 20) // what is formatted before it is cut

static bool is_continuation(char byte)
{
    return ((unsigned char) byte & 0xC0) == 0x80;
}

// Puts `text` at `out`, cut between two characters and marked where it does not fit.
static void put(char *out, size_t size, const char *text)
{
    size_t length = strlen(text);

    if (length < size) {
        memcpy(out, text, length + 1);
        return;
    }
    if (size < sizeof ELLIPSIS) {
        return;
    }
    length = size - sizeof ELLIPSIS;
    while (length > 0 && is_continuation(text[length])) {
        length--;
    }
    memcpy(out, text, length);
    memcpy(out + length, ELLIPSIS, sizeof ELLIPSIS);
}

static void fill(char *out, size_t size, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

// Whole, so that no half of a secret is left by the cut.
static void fill(char *out, size_t size, const char *format, va_list arguments)
{
    struct text text;

    text_init(&text, TALE);
    text_vformat(&text, format, arguments);
    redact_text(&text);
    put(out, size, text.bytes);
    text_clear(&text);
}

bool fault_set(struct fault *fault, enum fault_kind kind, const char *format, ...)
{
    char what[sizeof fault->what];
    va_list arguments;

    va_start(arguments, format);
    fill(what, sizeof what, format, arguments);
    va_end(arguments);
    fault_clear(fault);
    fault->kind = kind;
    memcpy(fault->what, what, strlen(what) + 1);
    return false;
}

bool fault_where(struct fault *fault, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fill(fault->where, sizeof fault->where, format, arguments);
    va_end(arguments);
    return false;
}

bool fault_why(struct fault *fault, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fill(fault->why, sizeof fault->why, format, arguments);
    va_end(arguments);
    return false;
}

bool fault_next(struct fault *fault, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fill(fault->next, sizeof fault->next, format, arguments);
    va_end(arguments);
    return false;
}

bool fault_while(struct fault *fault, const char *format, ...)
{
    static const char joint[] = ", while ";
    char text[LONGEST + sizeof joint];
    size_t length = strlen(fault->what);
    va_list arguments;

    memcpy(text, joint, sizeof joint);
    va_start(arguments, format);
    fill(text + sizeof joint - 1, LONGEST, format, arguments);
    va_end(arguments);
    put(fault->what + length, sizeof fault->what - length, text);
    return false;
}

void fault_clear(struct fault *fault)
{
    fault->kind = FAULT_NONE;
    fault->code[0] = '\0';
    fault->what[0] = '\0';
    fault->where[0] = '\0';
    fault->why[0] = '\0';
    fault->next[0] = '\0';
}

bool fault_is_set(const struct fault *fault)
{
    return fault->kind != FAULT_NONE;
}

enum fault_kind fault_kind_of_signal(int signal)
{
    return signal == SIGTERM || signal == SIGHUP ? FAULT_TERMINATED : FAULT_INTERRUPTED;
}

int fault_exit_code(enum fault_kind kind)
{
    switch (kind) {
    case FAULT_NONE:
        return 0;
    case FAULT_ERROR:
        return 1;
    case FAULT_PARTIAL:
        return 3;
    case FAULT_UNREACHABLE:
        return 4;
    case FAULT_BLOCKED:
        return 5;
    case FAULT_LOCKED:
        return 6;
    case FAULT_STALE:
        return 7;
    case FAULT_ROLLED_BACK:
        return 8;
    case FAULT_USAGE:
        return 64;
    case FAULT_INTERNAL:
        return 70;
    case FAULT_INTERRUPTED:
        return 130;
    case FAULT_TERMINATED:
        return 143;
    }
    return 70;
}

const char *fault_word(enum fault_kind kind)
{
    switch (kind) {
    case FAULT_NONE:
        return "none";
    case FAULT_ERROR:
        return "error";
    case FAULT_PARTIAL:
        return "partial";
    case FAULT_UNREACHABLE:
        return "unreachable";
    case FAULT_BLOCKED:
        return "blocked";
    case FAULT_LOCKED:
        return "locked";
    case FAULT_STALE:
        return "stale";
    case FAULT_ROLLED_BACK:
        return "rolled_back";
    case FAULT_USAGE:
        return "usage";
    case FAULT_INTERNAL:
        return "internal";
    case FAULT_INTERRUPTED:
    case FAULT_TERMINATED:
        return "interrupted";
    }
    return "internal";
}
