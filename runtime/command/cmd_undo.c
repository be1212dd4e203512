// SPDX-License-Identifier: MIT
//
// The plan of an undo is made from what state and journal remember; no playbook is
// evaluated, and the tip stays what it is.
#include <stdlib.h>
#include <string.h>

#include "command/carry_out.h"
#include "command/command.h"
#include "command/selection.h"
#include "engine/undo.h"
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

static bool say_end(struct workbench *bench, const struct undo *undo, struct fault *fault)
{
    const char *tip = NULL;
    if (bench->run == 0)
        return true;
    if (!state_setting(bench->database, &bench->arena, "tip", &tip, fault))
        return false;
    if (bench->options->json)
        undo_view_json_end(stdout, undo, bench->run, tip);
    else
        undo_view_end(&bench->err, undo, bench->run, tip);
    return true;
}

static bool undo_run(struct workbench *bench, int64_t run, struct fault *fault)
{
    struct undo undo;
    struct engine_options asked = {0};
    if (!read_flags(bench, &asked, fault) ||
        !undo_prepare(&bench->arena, &bench->engine, run, &undo, fault))
        return false;
    if (bench->options->json)
        undo_view_json_begin(stdout, &undo);
    else
        undo_view_begin(&bench->out, &undo);
    if (undo.address_count == 0)
        return true;
    asked.undoes = run;
    asked.only = undo.addresses;
    asked.only_count = undo.address_count;
    bench->wanted = undo.recall.set;
    workbench_add_budget(bench);
    return carry_out(bench, &asked, "Carry this undo out?", "yes", fault) &&
           say_end(bench, &undo, fault);
}

static int run(const struct options *options, struct fault *fault)
{
    struct workbench bench;
    int64_t run = 0;
    if (!read_run(options, &run, fault))
        return 0;
    if (options->json)
        json_view_version(stdout);
    if (workbench_open(&bench, options, WORKBENCH_WRITE, fault) &&
        undo_run(&bench, run, fault))
        workbench_print_timing(&bench);
    workbench_close(&bench);
    return 0;
}

const struct command cmd_undo = {
    .name = "undo",
    .summary = "turn a run back, by a plan that says what cannot be undone",
    .usage =
        "pipster undo RUN [--yes] [--allow-destroy=ADDR,…|all] [--override REASON]\n"
        "                 [--json]\n"
        "\n"
        "RUN is the number that `pipster history` shows. What the run made is\n"
        "destroyed, what it changed is as it was declared before, what it removed is\n"
        "made again. What it did not touch stays as it is. What cannot be undone (data,\n"
        "addresses, generated secrets) is said before anything is asked.\n"
        "\n"
        "A run whose things a later run changed is undone after that one. The playbook\n"
        "and the tip stay: the next plan shows what the playbook wants otherwise.\n",
    .run = run,
};
