// SPDX-License-Identifier: MIT
//
// The plan of an undo is made from what state and journal remember; the playbook last
// applied gives it nothing but its guards, and the tip stays what it is.
#include <stdlib.h>
#include <string.h>

#include "command/carry_out.h"
#include "command/command.h"
#include "command/planning.h"
#include "command/selection.h"
#include "command/standing_guards.h"
#include "command/state_along.h"
#include "command/undoing.h"
#include "view/json_view.h"
#include "view/undo_view.h"

static bool read_run(const struct options *options, int64_t *run, struct fault *fault)
{
    const char *word = options->word_count == 1 ? options->words[0] : "";
    size_t digits = strspn(word, "0123456789");
    *run = digits > 0 && digits < 16 && word[digits] == '\0' ? atoll(word) : 0;
    if (*run > 0)
        return true;
    fault_set(fault, FAULT_USAGE, "pipster undo wants the number of one run");
    return fault_next(fault, "pipster history");
}

// What is chosen is what the run touched.
static bool read_flags(struct workbench *bench, struct engine_options *asked,
                       struct fault *fault)
{
    const struct options *options = bench->options;
    if (options->only_count + options->except_count == 0)
        return selection_read(options, &bench->arena, asked, fault);
    fault_set(fault, FAULT_USAGE,
              "an undo is of a whole run: it takes no --only and no "
              "--except");
    return fault_next(fault, "pipster help undo");
}

static bool undo_run(struct workbench *bench, int64_t run, int *code, struct fault *fault)
{
    struct undo undo;
    struct engine_options asked = {0};
    if (!read_flags(bench, &asked, fault) ||
        !undoing_prepare(bench, run, &asked, &undo, fault))
        return false;
    if (bench->options->json)
        undo_view_json_begin(stdout, &undo);
    else
        undo_view_begin(&bench->out, &undo);
    if (undo.address_count == 0)
        return bench->options->out || undoing_end(bench, &undo, fault);
    if (!standing_guards_take(bench, &undo.recall.set, asked.override, fault))
        return false;
    if (bench->options->out)
        return planning_show(bench, &asked, &undo, code, fault);
    bool done = carry_out(bench, &asked, "Carry this undo out?", "yes", fault) &&
                undoing_end(bench, &undo, fault);
    state_along_send(bench);
    return done;
}

static int run(const struct options *options, struct fault *fault)
{
    struct workbench bench;
    enum workbench_mode mode = options->out ? WORKBENCH_READ : WORKBENCH_WRITE;
    int64_t run = 0;
    int code = 0;
    if (!read_run(options, &run, fault))
        return 0;
    if (options->json)
        json_view_version(stdout);
    if (workbench_open(&bench, options, mode, fault) &&
        undo_run(&bench, run, &code, fault))
        workbench_print_timing(&bench);
    workbench_close(&bench);
    return code;
}

const struct command cmd_undo = {
    .name = "undo",
    .summary = "turn a run back, by a plan that says what cannot be undone",
    .usage =
        "pipster undo RUN [--yes] [--allow-destroy=ADDR,…|all] [--override REASON]\n"
        "                 [--out FILE] [--var NAME=VALUE …] [--json]\n"
        "\n"
        "RUN is the number that `pipster history` shows. What the run made is\n"
        "destroyed, what it changed is as it was declared before, what it removed is\n"
        "made again. What it did not touch stays as it is. What cannot be undone (data,\n"
        "addresses, generated secrets) is said before anything is asked.\n"
        "\n"
        "A run whose things a later run changed is undone after that one. The playbook\n"
        "and the tip stay: the next plan shows what the playbook wants otherwise. Its\n"
        "guards are judged, for which it is evaluated; one that cannot be needs\n"
        "--override.\n"
        "\n"
        "  --out FILE  only plan, and save it to be approved: pipster apply FILE\n"
        "              carries out that and nothing else\n",
    .run = run,
};
