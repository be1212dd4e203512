// SPDX-License-Identifier: MIT
#include "base/clock.h"
#include "command/command.h"
#include "command/planning.h"
#include "command/saved_plan.h"
#include "command/selection.h"
#include "view/json_view.h"
#include "view/plan_view.h"
#include "view/planfile_view.h"

static void print_plan(const struct workbench *bench, const struct plan *plan)
{
    if (bench->options->json)
        json_view_plan(stdout, plan);
    else
        plan_view_print(&bench->out, plan, bench->options->verbose);
}

// Where it can be carried out from, and until when.
static bool save(struct workbench *bench, const struct engine_options *asked,
                 const struct plan *plan, struct fault *fault)
{
    const char *path = bench->options->out;
    struct planfile file;
    int64_t max_age_ms;
    char until[CLOCK_TEXT_SIZE];
    if (!path)
        return true;
    if (!saved_plan_max_age(&bench->project, &max_age_ms, fault) ||
        !saved_plan_write(bench, asked, plan, path, &file, fault))
        return false;
    if (bench->options->json) {
        planfile_view_json_head(stdout, &file, path);
        return true;
    }
    clock_format(file.made_at_ms + max_age_ms, until);
    terminal_print(&bench->err, TERMINAL_PLAIN,
                   "Saved: pipster apply %s carries this out, once, until %s.\n", path,
                   until);
    return true;
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
    planned = planned && plan && save(&bench, &asked, plan, fault);
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
        "pipster plan [PLAYBOOK] [--out FILE] [--var NAME=VALUE …] [--json] [-v]\n"
        "             [--timing]\n"
        "\n"
        "Without a playbook: the one last run. With -v the API calls and commands of\n"
        "each change are listed, and what stays as it is.\n"
        "\n"
        "  --out FILE           save it, to be approved: pipster show FILE, then\n"
        "                       pipster apply FILE carries out that and nothing else\n"
        "  --detailed-exitcode  2 when changes are pending, also those that only may be\n"
        "                       and those of deferred stages; 0 when there are none\n"
        "  --only SELECTOR,…    these changes, and what they cannot do without\n"
        "  --except SELECTOR,…  all but these, and but what cannot do without them\n"
        "\n"
        "A selector is an address or a glob of it (hetzner.*, app:file/*), tag=NAME,\n"
        "host=NAME, phase=N, or @FILE with one a line.\n",
    .run = run,
};
