// SPDX-License-Identifier: MIT
#include "command/doctor.h"

#include <stdarg.h>

#include "base/redact.h"
#include "value/json.h"

static const char *const words[] = {
    [DOCTOR_OK] = "ok", [DOCTOR_WARN] = "warn", [DOCTOR_FAIL] = "fail"};
static const enum terminal_style styles[] = {[DOCTOR_OK] = TERMINAL_GREEN,
                                             [DOCTOR_WARN] = TERMINAL_YELLOW,
                                             [DOCTOR_FAIL] = TERMINAL_RED};

static void say_json(struct doctor *doctor, enum doctor_verdict verdict,
                     const char *subject, const char *what, const char *next)
{
    struct arena *arena = &doctor->arena;
    struct text out;
    const struct value_entry entries[] = {
        {"type", value_text(arena, "check")},
        {"subject", value_text(arena, subject)},
        {"verdict", value_text(arena, words[verdict])},
        {"what", value_text(arena, what)},
        {"next", next ? value_text(arena, next) : NULL},
    };
    text_init(&out, 0);
    json_write(&out, value_map(arena, entries, sizeof entries / sizeof *entries), NULL,
               NULL);
    text_add_char(&out, '\n');
    redact_write(stdout, out.bytes, out.length);
    text_clear(&out);
}

void doctor_say(struct doctor *doctor, enum doctor_verdict verdict, const char *subject,
                const char *next, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *what = arena_vformat(&doctor->arena, format, arguments);
    va_end(arguments);
    doctor->fail_count += verdict == DOCTOR_FAIL;
    if (doctor->options->json) {
        say_json(doctor, verdict, subject, what, next);
        return;
    }
    terminal_print(&doctor->out, styles[verdict], "%-4s", words[verdict]);
    terminal_print(&doctor->out, TERMINAL_PLAIN, "  %-8s %s\n", subject, what);
    if (next)
        terminal_print(&doctor->out, TERMINAL_DIM, "%15s%s\n", "", next);
}

void doctor_say_fault(struct doctor *doctor, const char *subject,
                      const struct fault *fault)
{
    const char *place =
        fault->where[0] ? arena_format(&doctor->arena, " (%s)", fault->where) : "";
    doctor_say(doctor, DOCTOR_FAIL, subject,
               fault->next[0] ? arena_text(&doctor->arena, fault->next) : NULL,
               "%s%s%s%s", fault->what, place, fault->why[0] ? ": " : "", fault->why);
}
