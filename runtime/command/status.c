// SPDX-License-Identifier: MIT
#include "command/status.h"

#include <stdarg.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "store/lock.h"

#define RUNS 500 // the newest: more than that say nothing of today

// In the order of the screen.
static bool (*const status_parts[])(struct status *, struct fault *) = {
    status_things_project,
    status_things_phases,
    status_things_hosts,
    status_runs_cost,
    status_revenue,
    status_prices,
    status_runs_last_run,
    status_runs_open,
    status_runs_checks,
    status_backups,
    status_things_secrets,
    status_review,
};

void status_say(struct status *status, const char *part, enum status_tone tone,
                const struct value *data, const char *format, ...)
{
    struct status_row *row = arena_alloc(status->arena, sizeof *row);
    struct text text;
    va_list arguments;
    text_init(&text, 0);
    va_start(arguments, format);
    text_vformat(&text, format, arguments);
    va_end(arguments);
    *row = (struct status_row){part, tone, arena_text(status->arena, text.bytes), data};
    text_clear(&text);
    array_add(&status->rows, row);
}

// The next run would put it down: until then an open run of nobody was killed.
static void tell_killed(const struct status *status, struct record_run *runs)
{
    bool at_work = lock_is_held(status->project->lock_path);
    for (size_t i = 0; i < status->run_count; i++)
        if (strcmp(runs[i].outcome, "open") == 0)
            runs[i].outcome = at_work && i == 0 ? "running" : "killed";
}

static bool read_all(struct status *status, struct fault *fault)
{
    struct record_run *runs = NULL;
    if (!state_load(status->database, status->arena, &status->recorded, fault) ||
        !journal_load_open(status->database, status->arena, &status->open, fault) ||
        !journal_load_runs(status->database, status->arena, RUNS, &runs,
                           &status->run_count, fault))
        return false;
    status->runs = runs;
    tell_killed(status, runs);
    return true;
}

bool status_read(struct status *status, struct fault *fault)
{
    status->now_ms = clock_now_ms();
    array_init(&status->rows);
    if (!read_all(status, fault))
        return fault_while(fault, "reading the status");
    for (size_t i = 0; i < sizeof status_parts / sizeof *status_parts; i++)
        if (!status_parts[i](status, fault))
            return fault_while(fault, "reading the status");
    return true;
}

void status_clear(struct status *status)
{
    array_clear(&status->rows);
}
