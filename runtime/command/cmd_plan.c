// SPDX-License-Identifier: MIT
#include "command/command.h"
#include "command/planning.h"
#include "command/rule_telling.h"
#include "command/selection.h"
#include "view/json_view.h"

static int run(const struct options *options, struct fault *fault)
{
    struct workbench bench;
    struct engine_options asked = {0};
    int code = 0;
    if (options->json)
        json_view_version(stdout);
    if (workbench_open(&bench, options, WORKBENCH_READ, fault) &&
        selection_read(options, &bench.arena, &asked, fault) &&
        planning_show(&bench, &asked, NULL, &code, fault) &&
        rule_telling_beside(&bench, &code, fault))
        workbench_print_timing(&bench);
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
        "  --format FORMAT      markdown, json, or github: annotations at the lines of\n"
        "                       what changes, the summary of the step; with the rules\n"
        "  --state FILE         with an exported state, which is only read: no lock, no\n"
        "                       secrets; what depends on one does not count as pending\n"
        "  --detailed-exitcode  2 when changes are pending, also those that only may be\n"
        "                       and those of deferred stages, or a rule proposes\n"
        "                       something; 5 when what one would propose costs too\n"
        "                       much; 0 when there is nothing\n"
        "  --only SELECTOR,…    these changes, and what they cannot do without\n"
        "  --except SELECTOR,…  all but these, and but what cannot do without them\n"
        "\n"
        "A selector is an address or a glob of it (hetzner.*, app:file/*), tag=NAME,\n"
        "host=NAME, group=NAME, phase=N, or @FILE with one a line. A host that does not\n"
        "answer is left out, with what needs it, and the exit code is 4.\n",
    .formats = true,
    .reads_export = true,
    .run = run,
};
