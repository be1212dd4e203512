// SPDX-License-Identifier: MIT
#include "command/command.h"
#include "command/rounds.h"
#include "command/selection.h"
#include "command/state_along.h"
#include "view/json_view.h"

static int run(const struct options *options, struct fault *fault)
{
    struct workbench bench;
    struct engine_options asked = {0};
    if (options->json)
        json_view_version(stdout);
    if (workbench_open(&bench, options, WORKBENCH_WRITE, fault) &&
        selection_read(options, &bench.arena, &asked, fault)) {
        bool done = rounds_run(&bench, &asked, fault);
        state_along_send(&bench);
        if (done)
            workbench_print_timing(&bench);
    }
    workbench_close(&bench);
    return 0;
}

const struct command cmd_run = {
    .name = "run",
    .summary = "plan, ask, apply, check",
    .usage =
        "pipster run [PLAYBOOK] [--var NAME=VALUE …] [--yes] [--json] [-v] [--timing]\n"
        "\n"
        "Without a playbook: the one last run. With stages that are deferred: round by\n"
        "round, each planned and asked for, until nothing is deferred.\n"
        "\n"
        "  --yes                      do not ask, in no round\n"
        "  --allow-destroy=ADDR,…|all lift the protection of these\n"
        "  --only, --except SELECTOR,… what is carried out now; pipster help plan\n"
        "  --accept-revenue           what is read of it is right; pipster help revenue\n"
        "  --override REASON          go on though a guard blocks; the reason is kept\n"
        "  --move-tip                 of a playbook that does not include the one "
        "applied\n"
        "                             last: that one's things are left alone\n"
        "  --parallelism N            cloud steps and hosts at once (10)\n",
    .run = run,
};
