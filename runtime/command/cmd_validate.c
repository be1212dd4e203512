// SPDX-License-Identifier: MIT
//
// A playbook looked at by itself: no vendor, no host and no row of the state is asked.
#include "command/command.h"
#include "command/workbench.h"
#include "view/json_view.h"

static void tell_json(struct workbench *bench, const struct script_warning *warning)
{
    struct arena *arena = &bench->arena;
    const struct value_entry entries[] = {
        {"next", value_text(arena, warning->next)},
        {"severity", value_text(arena, "warning")},
        {"what", value_text(arena, warning->what)},
        {"where", value_text(arena, warning->where)},
    };
    json_view_line(stdout, "diagnostic", value_map(arena, entries, 4));
}

static void tell(struct workbench *bench, const struct script_warning *warning)
{
    if (bench->options->json) {
        tell_json(bench, warning);
        return;
    }
    terminal_print(&bench->out, TERMINAL_YELLOW, "warning: ");
    terminal_print(&bench->out, TERMINAL_PLAIN, "%s\n", warning->what);
    terminal_print(&bench->out, TERMINAL_DIM, "  where %s\n  next  %s\n", warning->where,
                   warning->next);
}

static void tell_end(struct workbench *bench, size_t warnings)
{
    const struct resource_set *set = &bench->wanted;
    struct arena *arena = &bench->arena;
    if (bench->options->json) {
        const struct value_entry entries[] = {
            {"deferred", value_integer(arena, (int64_t) set->deferral_count)},
            {"things", value_integer(arena, (int64_t) set->count)},
            {"warnings", value_integer(arena, (int64_t) warnings)},
        };
        json_view_line(stdout, "valid", value_map(arena, entries, 3));
        return;
    }
    terminal_print(&bench->out, TERMINAL_GREEN, "%s is valid: %zu thing%s", set->playbook,
                   set->count, set->count == 1 ? "" : "s");
    if (set->deferral_count > 0)
        terminal_print(&bench->out, TERMINAL_PLAIN, ", %zu stage%s not looked into",
                       set->deferral_count, set->deferral_count == 1 ? "" : "s");
    terminal_print(&bench->out, TERMINAL_PLAIN, ", %zu warning%s.\n", warnings,
                   warnings == 1 ? "" : "s");
}

static bool validate(struct workbench *bench, struct fault *fault)
{
    struct script_warnings warnings = {0};
    bench->recorded = (struct state_rows){0};
    script_set_amendments(bench->script, NULL, 0);
    if (!workbench_evaluate(bench, fault) || !engine_check(&bench->wanted, fault))
        return false;
    script_lint(bench->script, &bench->wanted, &bench->arena, &warnings);
    for (size_t i = 0; i < warnings.count; i++)
        tell(bench, &warnings.items[i]);
    tell_end(bench, warnings.count);
    return true;
}

static int run(const struct options *options, struct fault *fault)
{
    struct workbench bench;
    if (options->json)
        json_view_version(stdout);
    bool valid =
        workbench_open(&bench, options, WORKBENCH_READ, fault) && validate(&bench, fault);
    workbench_close(&bench);
    return valid ? 0 : 1;
}

const struct command cmd_validate = {
    .name = "validate",
    .summary = "check a playbook by itself: no vendor, no host, no state",
    .usage =
        "pipster validate [PLAYBOOK] [--var NAME=VALUE …] [--json]\n"
        "\n"
        "Evaluates it, checks every declaration against its type, and the order of all.\n"
        "Warns of `if`, `or` and == on a reference: they look at the reference, never "
        "at\n"
        "its value. What is in a stage that needs real answers is not looked into.\n"
        "Exit code 0, also with warnings; 1 for a playbook that cannot be planned.\n",
    .run = run,
};
