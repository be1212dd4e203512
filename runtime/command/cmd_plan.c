// SPDX-License-Identifier: MIT
#include "command/command.h"
#include "command/planning.h"
#include "command/selection.h"
#include "view/json_view.h"
#include "view/plan_view.h"

static void print_plan(const struct workbench *bench, const struct plan *plan)
{
    if (bench->options->json)
        json_view_plan(stdout, plan);
    else
        plan_view_print(&bench->out, plan, bench->options->verbose);
}

static int run(const struct options *options, struct fault *fault)
{
    struct workbench bench;
    struct plan *plan = NULL;
    struct engine_options asked = {0};
    bool planned = false;
    int code = 0;
    if (options->json)
        json_view_version(stdout);
    if (workbench_open(&bench, options, WORKBENCH_READ, fault) &&
        selection_read(options, &bench.arena, &asked, fault))
        planned = planning_make(&bench, &asked, &plan, fault);
    if (plan)
        print_plan(&bench, plan);
    if (planned && options->detailed_exitcode &&
        (!plan_is_empty(plan) || plan->deferral_count > 0))
        code = 2;
    if (planned)
        workbench_print_timing(&bench);
    plan_free(plan);
    workbench_close(&bench);
    return code;
}

const struct command cmd_plan = {
    .name = "plan",
    .summary =
        "show what a run would change, why, at what risk and price; changes nothing",
    .usage =
        "pipster plan [PLAYBOOK] [--var NAME=VALUE …] [--json] [-v] [--timing]\n"
        "\n"
        "Without a playbook: the one last run. With -v the API calls and commands of\n"
        "each change are listed, and what stays as it is.\n"
        "\n"
        "  --detailed-exitcode  2 when changes are pending, also those that only may be\n"
        "                       and those of deferred stages; 0 when there are none\n"
        "  --only SELECTOR,…    these changes, and what they cannot do without\n"
        "  --except SELECTOR,…  all but these, and but what cannot do without them\n"
        "\n"
        "A selector is an address or a glob of it (hetzner.*, app:file/*), tag=NAME,\n"
        "host=NAME, phase=N, or @FILE with one a line.\n",
    .run = run,
};
