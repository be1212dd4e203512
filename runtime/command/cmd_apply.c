// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>

#include "command/carry_out.h"
#include "command/command.h"
#include "command/saved_plan_check.h"
#include "command/standing_guards.h"
#include "command/state_along.h"
#include "command/undoing.h"
#include "view/json_view.h"

struct applying {
    struct workbench bench;
    struct planfile file;
    struct map begun;
    const char *path;
};

// What the plan decided cannot be said again.
static bool check_options(const struct options *options, struct fault *fault)
{
    if (options->word_count != 1) {
        fault_set(fault, FAULT_USAGE, "pipster apply takes one saved plan");
        return fault_next(fault, "pipster plan --out FILE, then pipster apply FILE; "
                                 "pipster run does both at once");
    }
    const char *word = options->words[0];
    size_t length = strlen(word);
    if (length > 4 && strcmp(word + length - 4, ".lua") == 0) {
        fault_set(fault, FAULT_USAGE, "%s is a playbook, and no saved plan", word);
        return fault_next(fault, "pipster run %s", word);
    }
    if (options->only_count + options->except_count + options->allow_destroy_count == 0 &&
        !options->override)
        return true;
    fault_set(fault, FAULT_USAGE,
              "--only, --except, --allow-destroy and --override were "
              "decided with the plan");
    return fault_next(fault,
                      "pipster plan --out FILE with them, then pipster apply FILE");
}

static bool check_environment(const struct applying *of, const struct options *options,
                              struct fault *fault)
{
    const char *environment = of->file.environment;
    if (strcmp(environment, options->environment) == 0)
        return true;
    bool lab = strcmp(environment, "lab") == 0;
    fault_set(fault, FAULT_STALE, "the plan is for another environment: %s", environment);
    fault_why(fault, "this is %s", options->environment);
    return fault_next(fault, "pipster %s%s apply %s", lab ? "--lab" : "--env ",
                      lab ? "" : environment, of->path);
}

static void take_list(struct arena *arena, const struct value *options, const char *name,
                      const char *const **texts, size_t *count)
{
    const struct value *list = value_find(options, name);
    size_t most = list != NULL && list->kind == VALUE_LIST ? list->list.count : 0;
    const char **found = arena_alloc(arena, (most + 1) * sizeof *found);
    *count = 0;
    for (size_t i = 0; i < most; i++)
        if (list->list.items[i]->kind == VALUE_STRING)
            found[(*count)++] = list->list.items[i]->string.bytes;
    *texts = found;
}

static bool judge(void *context, const struct plan *plan, struct fault *fault)
{
    struct applying *of = context;
    return saved_plan_check_code(&of->bench, &of->file, plan != NULL, fault) &&
           saved_plan_check_changes(&of->bench, &of->file, plan, &of->begun, fault);
}

static bool waits(const struct planfile *file, const struct change *change)
{
    const struct resource *resource = change->resource;
    const struct record *record = change->record;
    const char *stage = resource ? resource->stage : record ? record->stage : NULL;
    for (size_t i = 0; i < file->plan->deferral_count && stage; i++)
        if (resource_stage_covers(file->plan->deferrals[i].stage, stage))
            return plan_does(change);
    return false;
}

// What a stage says that was deferred then belongs to another plan, also when its values
// are there by now.
static bool narrow(void *context, const struct plan *plan, struct engine_options *asked)
{
    struct applying *of = context;
    size_t count = asked->except_count, before = count;
    const char **except =
        arena_alloc(&of->bench.arena, (count + plan->change_count + 1) * sizeof *except);
    if (count > 0)
        memcpy(except, asked->except, count * sizeof *except);
    for (size_t i = 0; i < plan->change_count; i++)
        if (waits(&of->file, &plan->changes[i]))
            except[count++] = arena_text(&of->bench.arena, plan->changes[i].address);
    asked->except = except;
    asked->except_count = count;
    return count > before;
}

// What was decided with the plan, and what is to be planned anew.
static bool prepare(struct applying *of, struct engine_options *asked, struct undo *undo,
                    struct fault *fault)
{
    struct workbench *bench = &of->bench;
    const struct value *options = of->file.options;
    const struct resource_set nothing = {0}, *wanted = &nothing;
    take_list(&bench->arena, options, "allow_destroy", &asked->allow_destroy,
              &asked->allow_destroy_count);
    take_list(&bench->arena, options, "only", &asked->only, &asked->only_count);
    take_list(&bench->arena, options, "except", &asked->except, &asked->except_count);
    asked->override = value_find_text(options, "override", NULL);
    asked->destroy = of->file.plan->is_destroy;
    // A playbook that asks for the time is answered as it was.
    script_set_clock(bench->script, of->file.made_at_ms);
    if (of->file.plan->undoes != 0) {
        if (!undoing_prepare(bench, of->file.plan->undoes, asked, undo, fault))
            return false;
        wanted = &undo->recall.set;
    } else if (!asked->destroy) {
        bench->playbook = of->file.playbook;
        return true;
    }
    return standing_guards_take(bench, wanted, asked->override, fault) ||
           saved_plan_check_code(bench, &of->file, false, fault);
}

static bool apply(struct applying *of, struct fault *fault)
{
    struct workbench *bench = &of->bench;
    struct engine_options asked = {0};
    struct undo undo = {0};
    const struct carry_out_approval approval = {
        .plan = of->file.id,
        .resumes = bench->options->resume,
        .narrow = narrow,
        .judge = judge,
        .context = of,
    };
    if (!prepare(of, &asked, &undo, fault))
        return false;
    // All of it is undone by now.
    if (asked.undoes != 0 && undo.address_count == 0)
        return undoing_end(bench, &undo, fault);
    bool done = carry_out_approved(bench, &asked, &approval, fault);
    state_along_send(bench);
    if (!done)
        return false;
    if (of->file.plan->deferral_count > 0)
        terminal_print(&bench->err, TERMINAL_CYAN,
                       "Stages were deferred in it: pipster plan %s --out FILE makes the "
                       "next plan.\n",
                       of->file.playbook);
    return asked.undoes == 0 || undoing_end(bench, &undo, fault);
}

static const char *made_by(const struct applying *of, char *text, size_t size)
{
    const struct plan *plan = of->file.plan;
    if (plan->undoes != 0)
        snprintf(text, size, "pipster undo %lld", (long long) plan->undoes);
    else
        snprintf(text, size, "pipster %s%s", plan->is_destroy ? "destroy" : "plan ",
                 plan->is_destroy ? "" : of->file.playbook);
    return text;
}

// The way on, where the fault does not know it.
static void say_next(const struct applying *of, struct fault *fault)
{
    bool begun = fault->kind == FAULT_PARTIAL || fault->kind == FAULT_INTERRUPTED;
    const struct terminal *terminal = &of->bench.err;
    char command[512];
    if (fault->kind == FAULT_STALE && fault->next[0] == '\0')
        fault_next(fault, "%s --out %s makes another one to be approved",
                   made_by(of, command, sizeof command), of->path);
    if (begun)
        terminal_print(terminal, TERMINAL_YELLOW,
                       "The rest of the plan: pipster apply %s --resume\n", of->path);
}

static int run(const struct options *options, struct fault *fault)
{
    struct applying of = {0};
    struct arena arena;
    if (options->json)
        json_view_version(stdout);
    if (!check_options(options, fault))
        return 0;
    of.path = options->words[0];
    arena_init(&arena, 0);
    map_init(&of.begun);
    if (planfile_read(&arena, of.path, &of.file, fault) &&
        check_environment(&of, options, fault)) {
        if (workbench_open(&of.bench, options, WORKBENCH_WRITE, fault) &&
            saved_plan_check_state(&of.bench, &of.file, options->resume, &of.begun,
                                   fault) &&
            apply(&of, fault))
            workbench_print_timing(&of.bench);
        say_next(&of, fault);
        workbench_close(&of.bench);
    }
    map_clear(&of.begun);
    arena_clear(&arena);
    return 0;
}

const struct command cmd_apply = {
    .name = "apply",
    .summary = "carry out a saved plan: what was approved, and nothing else",
    .usage =
        "pipster apply FILE [--var NAME=VALUE …] [--resume] [--json] [-v] [--timing]\n"
        "\n"
        "FILE was made by --out FILE of plan, undo or destroy. The same code is\n"
        "evaluated again, and the world is read again. Less than was approved may be\n"
        "left to do; anything else, a state or code that has changed, a plan that was\n"
        "used before or is too old is refused (exit code 7), with what is another.\n"
        "Nobody is asked.\n"
        "\n"
        "  --resume         the rest of a plan whose run failed or was cut off\n"
        "  --parallelism N  cloud steps and hosts at once (10)\n",
    .run = run,
};
