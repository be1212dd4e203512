// SPDX-License-Identifier: MIT
#include "base/calendar.h"
#include "command/command.h"
#include "command/figures.h"
#include "command/future.h"

// Whatever a rule waits for but figures counts as over.
static void skip_times(struct future *future)
{
    struct resource_set *declared = &future->price.declared;
    struct rule *rules =
        arena_alloc(&future->bench.arena, (declared->rule_count + 1) * sizeof *rules);
    for (size_t i = 0; i < declared->rule_count; i++) {
        rules[i] = declared->rules[i];
        rules[i].hold = rules[i].release_hold = rules[i].cooldown = (struct rule_span){0};
    }
    declared->rules = rules;
}

// What is measured and answered today, of each rule over its own window.
static bool take_others(struct future *future, struct forecast_input *input,
                        struct fault *fault)
{
    const struct resource_set *declared = &future->price.declared;
    struct figures figures;
    struct rule_input *others =
        arena_alloc(&future->bench.arena, (declared->rule_count + 1) * sizeof *others);
    if (!figures_gather(&future->bench, NULL, future->now_ms, &figures, fault))
        return false;
    for (size_t i = 0; i < declared->rule_count; i++)
        if (!figures_input(&figures, &declared->rules[i], &others[i], fault))
            return false;
    input->others = others;
    return true;
}

static bool show(struct future *future, struct fault *fault)
{
    struct rule_figure figures[] = {future->revenue, future->revenue, future->customers};
    figures[1].name = "gross";
    struct forecast_point point = future_point(future, future->now_ms, figures, 3);
    const int64_t ends[] = {future->now_ms + CALENDAR_DAY_MS};
    struct forecast_input input = {
        .points = &point, .point_count = 1, .ends = ends, .row_count = 1};
    skip_times(future);
    if (!future_take_pasts(future, &input, fault) || !take_others(future, &input, fault))
        return false;
    return future_show(future, &input,
                       arena_format(&future->bench.arena,
                                    "If it were %s, for long enough", future->begin),
                       fault);
}

static int run(const struct options *options, struct fault *fault)
{
    struct future future;
    const char *playbook = options->word_count > 0 ? options->words[0] : NULL;
    if (options->word_count > 1) {
        fault_set(fault, FAULT_USAGE, "pipster what-if takes one playbook");
        return 0;
    }
    if (options->mrr == NULL && options->customers == NULL &&
        options->assume_count == 0) {
        fault_set(fault, FAULT_USAGE, "pipster what-if wants to know what would be so");
        fault_next(fault, "pipster what-if --mrr 5000 --customers 200");
        return 0;
    }
    bool shown = future_open(&future, options, playbook, fault) &&
                 future_take_revenue(&future, fault) && show(&future, fault);
    future_close(&future);
    return shown ? 0 : 1;
}

const struct command cmd_what_if = {
    .name = "what-if",
    .summary = "which rules would propose what, with other figures",
    .usage =
        "pipster what-if [PLAYBOOK] [--mrr AMOUNT] [--customers N]\n"
        "                [--assume NAME=VALUE …] [--json]\n"
        "\n"
        "Judges each rule of the playbook once, as if these figures had been so for as\n"
        "long as it wants; what is not said is as the newest reading has it. Changes\n"
        "nothing and stores nothing.\n"
        "\n"
        "  --mrr AMOUNT         what comes in a month\n"
        "  --customers N        how many pay\n"
        "  --currency CODE      of an amount without one; else that of the readings\n"
        "  --assume NAME=VALUE  a figure or an answer: cpu=85%, soc2=yes\n"
        "  --state FILE         by an exported state, which is only read\n",
    .reads_export = true,
    .run = run,
};
