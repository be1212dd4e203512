// SPDX-License-Identifier: MIT
#include "command/carry_out.h"
#include "command/command.h"
#include "command/planning.h"
#include "command/selection.h"
#include "command/standing_guards.h"
#include "view/json_view.h"

static bool destroy(struct workbench *bench, int *code, struct fault *fault)
{
    struct engine_options asked = {.destroy = true};
    const struct resource_set nothing = {0};
    if (!selection_read(bench->options, &bench->arena, &asked, fault) ||
        !standing_guards_take(bench, &nothing, asked.override, fault))
        return false;
    if (bench->options->out)
        return planning_show(bench, &asked, NULL, code, fault);
    return carry_out(bench, &asked, "Destroy all of this?", bench->project.name, fault);
}

static int run(const struct options *options, struct fault *fault)
{
    struct workbench bench;
    enum workbench_mode mode = options->out ? WORKBENCH_READ : WORKBENCH_WRITE;
    int code = 0;
    if (options->json)
        json_view_version(stdout);
    if (workbench_open(&bench, options, mode, fault) && destroy(&bench, &code, fault))
        workbench_print_timing(&bench);
    workbench_close(&bench);
    return code;
}

const struct command cmd_destroy = {
    .name = "destroy",
    .summary = "remove everything that was made; protected things are kept and named",
    .usage =
        "pipster destroy [--only SELECTOR,…] [--except SELECTOR,…]\n"
        "                [--allow-destroy=ADDR,…|all] [--override REASON] [--yes]\n"
        "                [--out FILE] [--var NAME=VALUE …] [--json]\n"
        "\n"
        "Asks for the project's name. Protected things (volumes, zones, what was\n"
        "declared with protect = true) are kept unless --allow-destroy names them. The\n"
        "guards of the playbook last applied are judged, its budgets are not; one that\n"
        "cannot be evaluated needs --override.\n"
        "\n"
        "  --out FILE  only plan, and save it to be approved: pipster apply FILE\n"
        "              carries out that and nothing else\n",
    .run = run,
};
