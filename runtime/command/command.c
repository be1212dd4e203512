// SPDX-License-Identifier: MIT
#include "command/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/redact.h"
#include "view/github.h"
#include "view/json_view.h"
#include "view/terminal.h"

// One a line.
// clang-format off
const struct command *const command_table[] = {
    &cmd_validate,
    &cmd_plan,
    &cmd_run,
    &cmd_apply,
    &cmd_destroy,
    &cmd_undo,
    &cmd_history,
    &cmd_drift,
    &cmd_status,
    &cmd_explain,
    &cmd_cost,
    &cmd_revenue,
    &cmd_forecast,
    &cmd_what_if,
    &cmd_rules,
    &cmd_report,
    &cmd_review,
    &cmd_show,
    &cmd_state,
    &cmd_import,
    &cmd_adopt,
    &cmd_secrets,
    &cmd_ssh,
    &cmd_exec,
    &cmd_logs,
    &cmd_facts,
    &cmd_drill,
    &cmd_test,
    &cmd_doctor,
    &cmd_types,
    &cmd_lab,
    &cmd_version,
    &cmd_help,
    NULL,
};
// clang-format on

const struct command *command_find(const char *name)
{
    for (size_t i = 0; command_table[i]; i++)
        if (strcmp(command_table[i]->name, name) == 0)
            return command_table[i];
    return NULL;
}

static void print_part(const struct terminal *terminal, const char *label,
                       const char *text)
{
    if (!*text)
        return;
    terminal_print(terminal, TERMINAL_DIM, "  %-6s", label);
    while (*text) {
        size_t length = strcspn(text, "\n");
        redact_write(terminal->stream, text, length);
        fputs(text[length] && text[length + 1] ? "\n        " : "\n", terminal->stream);
        text += length + (text[length] != '\0');
    }
}

// At the line where the fault is, when it is at one.
static void annotate(const struct options *options, const struct fault *fault)
{
    struct terminal out;
    struct arena arena;
    const char *colon = strrchr(fault->where, ':');
    int line = colon ? (int) strtol(colon + 1, NULL, 10) : 0;
    if (!options->format || strcmp(options->format, "github") != 0)
        return;
    arena_init(&arena, 0);
    terminal_init(&out, stdout, false);
    const struct github_note note = {
        .level = "error",
        .file = line > 0
                    ? arena_copy(&arena, fault->where, (size_t) (colon - fault->where))
                    : NULL,
        .line = line,
        .title = fault->what,
        .words = arena_format(&arena, "%s%s%s", fault->why,
                              *fault->why && *fault->next ? "; next: " : "", fault->next),
    };
    github_annotate(&out, &note);
    fflush(stdout);
    arena_clear(&arena);
}

void command_report(const struct options *options, const struct fault *fault)
{
    if (options->json)
        json_view_fault(stdout, fault);
    annotate(options, fault);
    struct terminal terminal;
    terminal_init(&terminal, stderr, !options->no_color);
    terminal_print(&terminal, TERMINAL_RED, "error: ");
    terminal_print(&terminal, TERMINAL_BOLD, "%s\n", fault->what);
    print_part(&terminal, "where", fault->where);
    print_part(&terminal, "why", fault->why);
    print_part(&terminal, "next", fault->next);
}
