// SPDX-License-Identifier: MIT
#include "view/progress_view.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"

#define HEARTBEAT_MS 10000

struct progress_view {
    struct terminal terminal;
    bool verbose;
    struct array running; // addresses, in the order of their beginnings
    bool line_is_there;
    int64_t last_told_ms;
};

struct progress_view *progress_view_new(const struct terminal *terminal, bool verbose)
{
    struct progress_view *view = calloc(1, sizeof *view);
    if (!view)
        abort();
    array_init(&view->running);
    view->terminal = *terminal;
    view->verbose = verbose;
    view->last_told_ms = clock_monotonic_ms();
    return view;
}

void progress_view_free(struct progress_view *view)
{
    if (!view)
        return;
    progress_view_pause(view);
    array_clear(&view->running);
    free(view);
}

void progress_view_pause(struct progress_view *view)
{
    if (!view->line_is_there)
        return;
    fputs("\r\x1b[K", view->terminal.stream);
    fflush(view->terminal.stream);
    view->line_is_there = false;
}

static void show_running(struct progress_view *view)
{
    int64_t now = clock_monotonic_ms();
    size_t count = view->running.count;
    if (count == 0)
        return;
    const char *latest = view->running.items[count - 1];
    if (view->terminal.live) {
        progress_view_pause(view);
        fprintf(view->terminal.stream, "  … %.*s", view->terminal.width - 20, latest);
        if (count > 1)
            fprintf(view->terminal.stream, " and %zu more", count - 1);
        fflush(view->terminal.stream);
        view->line_is_there = true;
    } else if (now - view->last_told_ms >= HEARTBEAT_MS) {
        terminal_print(&view->terminal, TERMINAL_DIM, "  … %s\n", latest);
        view->last_told_ms = now;
    }
}

static void on_observing(void *context, const char *what, size_t count)
{
    struct progress_view *view = context;
    if (!view->verbose)
        return;
    progress_view_pause(view);
    terminal_print(&view->terminal, TERMINAL_DIM, "reading %s (%zu)\n", what, count);
}

static void on_begun(void *context, const struct change *change)
{
    struct progress_view *view = context;
    array_add(&view->running, (void *) change->address);
    show_running(view);
}

static void on_line(void *context, const struct change *change, const char *line)
{
    struct progress_view *view = context;
    if (view->verbose) {
        progress_view_pause(view);
        terminal_print(&view->terminal, TERMINAL_DIM, "    %s | %s\n", change->address,
                       line);
    }
    show_running(view);
}

static void on_needless(void *context, const struct change *change)
{
    struct progress_view *view = context;
    progress_view_pause(view);
    terminal_print(&view->terminal, TERMINAL_DIM, "  = %s as it should be\n",
                   change->address);
    show_running(view);
}

static const char *deed_of(const struct change *change)
{
    switch (change->action) {
    case CHANGE_CREATE:
        return "created";
    case CHANGE_UPDATE:
        return "changed";
    case CHANGE_REPLACE:
        return "replaced";
    case CHANGE_DELETE:
        return "destroyed";
    case CHANGE_FORGET:
        return "forgotten";
    case CHANGE_CHECK:
        return "passed";
    case CHANGE_NONE:
        break;
    }
    return "done";
}

// A line each, so that one of them can be found by its address.
static void print_warnings(const struct terminal *terminal, const struct change *change,
                           const struct step *step)
{
    size_t count = step->outcome == STEP_DONE ? step->answer.warning_count : 0;
    for (size_t i = 0; i < count; i++) {
        terminal_print(terminal, TERMINAL_YELLOW, "  ! ");
        terminal_print(terminal, TERMINAL_PLAIN, "%s: ", change->address);
        terminal_print(terminal, TERMINAL_YELLOW, "%s\n", step->answer.warnings[i]);
    }
}

static void on_ended(void *context, const struct change *change, const struct step *step,
                     int64_t ms)
{
    struct progress_view *view = context;
    for (size_t i = view->running.count; i-- > 0;)
        if (strcmp(view->running.items[i], change->address) == 0)
            array_remove(&view->running, i);
    progress_view_pause(view);
    const struct terminal *terminal = &view->terminal;
    bool done = step->outcome == STEP_DONE;
    enum terminal_style style = done ? TERMINAL_GREEN : TERMINAL_RED;
    const char *sign = done ? "✓" : step->outcome == STEP_SKIPPED ? "·" : "✗";
    const char *deed = done && !step->changed            ? "as it should be"
                       : done                            ? deed_of(change)
                       : step->outcome == STEP_SKIPPED   ? "skipped"
                       : step->outcome == STEP_UNCERTAIN ? "outcome not known"
                                                         : "failed";
    terminal_print(terminal, step->outcome == STEP_SKIPPED ? TERMINAL_DIM : style,
                   "  %s ", sign);
    terminal_print(terminal, TERMINAL_PLAIN, "%s ", change->address);
    terminal_print(terminal, TERMINAL_DIM, "%s", deed);
    if (done && step->answer.note != NULL)
        terminal_print(terminal, TERMINAL_DIM, ", %s", step->answer.note);
    if (ms >= 100)
        terminal_print(terminal, TERMINAL_DIM, " in %.1f s", (double) ms / 1000);
    fputc('\n', terminal->stream);
    if (!done && step->outcome != STEP_SKIPPED) {
        terminal_print(terminal, TERMINAL_RED, "      %s\n", step->fault.what);
        if (step->fault.why[0])
            terminal_print(terminal, TERMINAL_PLAIN, "      %s\n", step->fault.why);
    }
    print_warnings(terminal, change, step);
    view->last_told_ms = clock_monotonic_ms();
    show_running(view);
}

static void on_handler(void *context, const char *host, const char *name,
                       const struct fault *fault)
{
    struct progress_view *view = context;
    progress_view_pause(view);
    bool done = !fault || !fault_is_set(fault);
    terminal_print(&view->terminal, done ? TERMINAL_GREEN : TERMINAL_RED, "  %s ",
                   done ? "✓" : "✗");
    terminal_print(&view->terminal, TERMINAL_PLAIN, "%s on %s\n", name, host);
    if (!done)
        terminal_print(&view->terminal, TERMINAL_RED, "      %s: %s\n", fault->what,
                       fault->why);
}

static void print_waiting(struct progress_view *view)
{
    for (size_t i = 0; i < view->running.count; i++)
        terminal_print(&view->terminal, TERMINAL_PLAIN, "%s%s", i > 0 ? ", " : "",
                       (const char *) view->running.items[i]);
}

// What is waited for, and what ends the waiting.
static void on_stopping(void *context, bool briefly)
{
    struct progress_view *view = context;
    progress_view_pause(view);
    const struct terminal *terminal = &view->terminal;
    terminal_print(terminal, TERMINAL_YELLOW, "Stopping: nothing new is begun.\n");
    if (view->running.count > 0) {
        terminal_print(terminal, TERMINAL_PLAIN, "  waiting for ");
        print_waiting(view);
        fputc('\n', terminal->stream);
    }
    terminal_print(terminal, TERMINAL_DIM,
                   briefly ? "  what does not end within seconds is left running: the "
                             "next run settles it\n"
                           : "  Ctrl-C again stops at once: what runs goes on by itself, "
                             "and the next run settles it\n");
    fflush(terminal->stream);
}

struct engine_watch progress_view_watch(struct progress_view *view)
{
    return (struct engine_watch){
        .context = view,
        .observing = on_observing,
        .step_begun = on_begun,
        .step_line = on_line,
        .step_ended = on_ended,
        .needless = on_needless,
        .handler_ended = on_handler,
        .stopping = on_stopping,
    };
}

static void print_checks(const struct terminal *terminal,
                         const struct engine_result *result)
{
    size_t count = result->check_passed_count + result->check_failed_count;
    if (count == 0)
        return;
    bool passed = result->check_failed_count == 0;
    terminal_print(terminal, passed ? TERMINAL_GREEN : TERMINAL_RED,
                   "Checks: %zu of %zu passed", result->check_passed_count, count);
    if (result->check_warned_count > 0)
        terminal_print(terminal, TERMINAL_YELLOW, ", %zu with a warning",
                       result->check_warned_count);
    terminal_print(terminal, passed ? TERMINAL_GREEN : TERMINAL_RED, ".\n");
}

void progress_view_summary(const struct terminal *terminal,
                           const struct engine_result *result, int64_t ms)
{
    print_checks(terminal, result);
    if (result->run == 0)
        return;
    enum terminal_style style = result->failed_count > 0 ? TERMINAL_RED : TERMINAL_GREEN;
    terminal_print(terminal, style, "Run %lld: %zu done, %zu failed, %zu skipped",
                   (long long) result->run, result->done_count, result->failed_count,
                   result->skipped_count);
    if (result->needless_count > 0)
        terminal_print(terminal, style, ", %zu not needed", result->needless_count);
    if (result->unsettled_count > 0)
        terminal_print(terminal, TERMINAL_YELLOW, ", %zu left running",
                       result->unsettled_count);
    terminal_print(terminal, style, " in %.1f s.\n", (double) ms / 1000);
}
