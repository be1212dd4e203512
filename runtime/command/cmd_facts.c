// SPDX-License-Identifier: MIT
#include "command/command.h"
#include "command/fleet.h"
#include "view/facts_view.h"
#include "view/host_view.h"
#include "view/json_view.h"

#define AT_ONCE   100
#define TIMEOUT_S 60

struct gathering {
    struct workbench bench;
    struct fleet fleet;
    int worst;
};

static void print_facts(struct gathering *gathering, const struct fleet_host *host)
{
    struct workbench *bench = &gathering->bench;
    if (bench->options->json)
        json_view_line(stdout, "facts",
                       value_with(&bench->arena, host->answer, "host",
                                  value_text(&bench->arena, host->name)));
    else
        facts_view_print(&bench->out, host->name, host->answer);
}

// Of one host alone its fault is the command's.
static void print_failure(struct gathering *gathering, const struct fleet_host *host,
                          struct fault *fault)
{
    struct host_view view;
    int code = fault_exit_code(host->fault->kind);
    gathering->worst = code > gathering->worst ? code : gathering->worst;
    if (gathering->fleet.count == 1) {
        *fault = *host->fault;
        return;
    }
    if (gathering->bench.options->json)
        json_view_fault(stdout, host->fault);
    host_view_init(&view, &gathering->bench.out, &gathering->bench.err);
    host_view_fault(&view, host->name, host->fault);
}

static bool gather(struct gathering *gathering, struct fault *fault)
{
    struct workbench *bench = &gathering->bench;
    const struct value_entry asked = {"timeout", value_integer(&bench->arena, TIMEOUT_S)};
    const struct fleet_errand errand = {
        .module = "facts",
        .function = "read",
        .asked = value_map(&bench->arena, &asked, 1),
        .at_once = AT_ONCE,
    };
    if (!fleet_redact(bench, fault) ||
        !fleet_choose(&bench->arena, &bench->recorded, bench->options->words[0],
                      &gathering->fleet, fault) ||
        !fleet_run(bench, &gathering->fleet, &errand, fault))
        return false;
    for (size_t i = 0; i < gathering->fleet.count; i++) {
        const struct fleet_host *host = &gathering->fleet.hosts[i];
        if (host->fault)
            print_failure(gathering, host, fault);
        else
            print_facts(gathering, host);
    }
    return true;
}

static int run(const struct options *options, struct fault *fault)
{
    struct gathering gathering = {0};
    if (options->word_count != 1) {
        fault_set(fault, FAULT_USAGE, "pipster facts wants a host");
        fault_next(fault, "pipster facts app, or \"web*\"");
        return 64;
    }
    if (options->json)
        json_view_version(stdout);
    if (workbench_open(&gathering.bench, options, WORKBENCH_READ, fault) &&
        gather(&gathering, fault))
        workbench_print_timing(&gathering.bench);
    workbench_close(&gathering.bench);
    return gathering.worst;
}

const struct command cmd_facts = {
    .name = "facts",
    .summary = "what a host is and has: system, disks, addresses, ports …",
    .usage = "pipster facts HOSTS [--json]\n"
             "\n"
             "HOSTS is a host, a group, a glob, or several with commas. Each is asked "
             "once, in\n"
             "one round trip; nothing is changed. OPERATIONS.md tells the names in the "
             "JSON.\n",
    .run = run,
};
