// SPDX-License-Identifier: MIT
#include "command/carry_out.h"
#include "command/command.h"
#include "command/selection.h"
#include "view/json_view.h"

static int run(const struct options *options, struct fault *fault)
{
    struct workbench bench;
    struct engine_options asked = {.destroy = true};
    if (options->json)
        json_view_version(stdout);
    if (workbench_open(&bench, options, WORKBENCH_WRITE, fault) &&
        selection_read(options, &bench.arena, &asked, fault) &&
        carry_out(&bench, &asked, "Destroy all of this?", bench.project.name, fault))
        workbench_print_timing(&bench);
    workbench_close(&bench);
    return 0;
}

const struct command cmd_destroy = {
    .name = "destroy",
    .summary = "remove everything that was made; protected things are kept and named",
    .usage =
        "pipster destroy [--only SELECTOR,…] [--except SELECTOR,…]\n"
        "                [--allow-destroy=ADDR,…|all] [--yes] [--json]\n"
        "\n"
        "Asks for the project's name. Protected things (volumes, zones, what was\n"
        "declared with protect = true) are kept unless --allow-destroy names them.\n",
    .run = run,
};
