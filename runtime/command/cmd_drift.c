// SPDX-License-Identifier: MIT
#include "base/clock.h"
#include "command/command.h"
#include "command/drift_known.h"
#include "command/workbench.h"
#include "view/drift_view.h"
#include "view/json_view.h"

// What a run changes at this moment is no drift, and could not be told from one.
static bool refuse_beside_a_run(const struct workbench *bench, struct fault *fault)
{
    if (!lock_is_held(bench->project.lock_path))
        return true;
    fault_set(fault, FAULT_LOCKED, "a run is at work here");
    fault_where(fault, "%s", bench->project.lock_path);
    fault_why(fault, "what it changes could not be told from drift");
    return fault_next(fault, "when it is done: pipster drift");
}

static bool tell(struct workbench *bench, const struct drift *drift, bool *any,
                 struct fault *fault)
{
    struct drift_told told = {.drift = drift, .only_new = bench->options->only_new};
    int64_t *since = NULL;
    size_t fresh = 0;
    if (!drift_known_update(&bench->arena, bench->cache, drift, &since, fault))
        return false;
    told.since = since;
    if (bench->options->json)
        drift_view_json(stdout, &told);
    else
        drift_view_print(&bench->out, &told);
    *any = drift_view_count(&told, &fresh) > 0;
    return true;
}

// A host that does not answer may hide anything: "no drift" would be a lie.
static bool refuse_gaps(const struct drift *drift, struct fault *fault)
{
    for (size_t i = 0; i < drift->gap_count; i++) {
        if (drift->gaps[i].fault == NULL)
            continue;
        *fault = *drift->gaps[i].fault;
        return fault_while(fault, "looking for drift of %s", drift->gaps[i].address);
    }
    return true;
}

static bool look(struct workbench *bench, bool *any, struct fault *fault)
{
    struct drift drift;
    const char *const *playbooks = NULL;
    size_t count = 0;
    if (bench->options->word_count > 0) {
        if (!workbench_evaluate(bench, fault))
            return false;
        playbooks = bench->wanted.playbooks;
        count = bench->wanted.playbook_count;
        if (count == 0) {
            playbooks = &bench->wanted.playbook;
            count = 1;
        }
    }
    if (!refuse_beside_a_run(bench, fault) ||
        !drift_read(&bench->arena, &bench->engine, playbooks, count, &drift, fault))
        return false;
    bench->planned_ms = clock_monotonic_ms() - bench->begun_ms;
    return tell(bench, &drift, any, fault) && refuse_gaps(&drift, fault);
}

static int run(const struct options *options, struct fault *fault)
{
    struct workbench bench;
    bool any = false;
    if (options->json)
        json_view_version(stdout);
    if (workbench_open(&bench, options, WORKBENCH_READ, fault) &&
        look(&bench, &any, fault))
        workbench_print_timing(&bench);
    workbench_close(&bench);
    return any && options->detailed_exitcode ? 2 : 0;
}

const struct command cmd_drift = {
    .name = "drift",
    .summary = "what was changed or deleted outside since the last run; changes nothing",
    .usage =
        "pipster drift [PLAYBOOK] [--detailed-exitcode] [--only-new] [--json]\n"
        "\n"
        "Reads what exists and compares it with what was recorded, in the attributes\n"
        "that were declared, without those to `ignore`. What a playbook wants anew is\n"
        "no drift: see `pipster plan`.\n"
        "Without a playbook: all that is in the state.\n"
        "\n"
        "  --detailed-exitcode  2 when there is drift, 0 when there is none\n"
        "  --only-new           what was not told before: each drift once; a drift that\n"
        "                       went away and came back is new again\n",
    .run = run,
};
