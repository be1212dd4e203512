// SPDX-License-Identifier: MIT
#include "command/planning.h"

#include <string.h>

#include "base/clock.h"
#include "command/carry_out.h"
#include "command/revenue_reading.h"
#include "command/review_due.h"
#include "command/rule_notes.h"
#include "command/saved_plan.h"
#include "command/tip.h"
#include "view/github.h"
#include "view/json_view.h"
#include "view/plan_markdown.h"
#include "view/plan_view.h"
#include "view/planfile_view.h"

// Each time something else was found: more often than that it does not settle.
#define MOST_TRIES 16

static void on_moved(void *context, const struct value *reference,
                     const struct value *now)
{
    struct workbench *bench = context;
    bench->moved_count++;
    script_learn(bench->script, reference, now);
}

// A plan of another playbook is only looked at; a run of it is refused.
static bool ask_tip(struct workbench *bench, struct engine_options *options,
                    struct fault *fault)
{
    struct fault refusal;
    options->warning = NULL;
    if (bench->round > 1 || bench->options->move_tip || tip_allows(bench, &refusal))
        return true;
    if (bench->lock != NULL) {
        *fault = refusal;
        return false;
    }
    options->warning = arena_format(&bench->arena, "a run would be refused: %s; next: %s",
                                    refusal.what, refusal.next);
    return true;
}

// Said by every plan until somebody has gone through it.
static bool remind(struct workbench *bench, struct fault *fault)
{
    struct review_due due;
    if (!review_due_read(bench->database, &bench->arena, clock_now_ms(), &due, fault))
        return false;
    bench->engine.reminder = review_due_text(&due, &bench->arena);
    return true;
}

bool planning_make(struct workbench *bench, const struct engine_options *asked,
                   struct plan **plan, struct fault *fault)
{
    struct engine_options options = *asked;
    options.moved = on_moved;
    options.moved_context = bench;
    bool planned = false;
    *plan = NULL;
    if (!remind(bench, fault))
        return false;
    bool declares = !asked->destroy && asked->undoes == 0;
    if (!declares)
        planned = revenue_reading_tell(bench, fault) &&
                  engine_plan(&bench->engine, &bench->wanted, asked, plan, fault);
    else
        script_unlearn(bench->script);
    for (int tries = 0; declares && tries < MOST_TRIES; tries++) {
        bench->moved_count = 0;
        if (!workbench_evaluate(bench, fault) || !ask_tip(bench, &options, fault) ||
            !revenue_reading_tell(bench, fault))
            return false;
        planned = engine_plan(&bench->engine, &bench->wanted, &options, plan, fault);
        if (bench->moved_count == 0)
            break;
    }
    bench->planned_ms = clock_monotonic_ms() - bench->begun_ms;
    return planned;
}

static bool is_format(const struct workbench *bench, const char *format)
{
    return bench->options->format && strcmp(bench->options->format, format) == 0;
}

// Its annotations, and the summary of the step where there is one.
static bool print_github(const struct workbench *bench, const struct plan *plan,
                         struct fault *fault)
{
    FILE *summary = NULL;
    struct terminal terminal;
    if (!is_format(bench, "github"))
        return true;
    plan_markdown_annotate(&bench->out, plan);
    if (!github_open_summary(&summary, fault))
        return false;
    if (!summary)
        return true;
    terminal_init(&terminal, summary, false);
    plan_markdown_print(&terminal, plan);
    return github_close_summary(summary, fault);
}

void planning_print(struct workbench *bench, const struct plan *plan)
{
    if (bench->options->json)
        json_view_plan(stdout, plan);
    else if (is_format(bench, "markdown"))
        plan_markdown_print(&bench->out, plan);
    else
        plan_view_print(&bench->out, plan, bench->options->verbose);
    if (!bench->options->format) // then they are told in that, and in full
        rule_notes_print(bench, plan);
    fflush(stdout);
}

// Where it can be carried out from, and until when.
static bool save(struct workbench *bench, const struct engine_options *asked,
                 const struct undo *undo, const struct plan *plan, struct fault *fault)
{
    const char *path = bench->options->out;
    struct planfile file = {0};
    int64_t max_age_ms;
    char until[CLOCK_TEXT_SIZE];
    if (undo != NULL) {
        file.losses = undo->losses;
        file.loss_count = undo->loss_count;
    }
    if (!saved_plan_max_age(&bench->project, &max_age_ms, fault) ||
        !saved_plan_write(bench, asked, plan, path, &file, fault))
        return false;
    if (bench->options->json) {
        planfile_view_json_head(stdout, &file, path);
        return true;
    }
    clock_format(file.made_at_ms + max_age_ms, until);
    terminal_print(&bench->err, TERMINAL_PLAIN,
                   "Saved: pipster apply %s carries this out, once, until %s.\n", path,
                   until);
    return true;
}

// What depends on a secret cannot be known from an exported state, and is no change then.
static bool is_pending(const struct workbench *bench, const struct plan *plan)
{
    if (plan->deferral_count > 0)
        return true;
    for (size_t i = 0; bench->options->state && i < plan->change_count; i++)
        if (plan_does(&plan->changes[i]) && plan->changes[i].verdict == VERDICT_WILL)
            return true;
    return !bench->options->state && !plan_is_empty(plan);
}

bool planning_show(struct workbench *bench, const struct engine_options *asked,
                   const struct undo *undo, int *code, struct fault *fault)
{
    struct plan *plan = NULL;
    struct engine_options lenient = *asked;
    lenient.leave_unreached = bench->options->out == NULL; // what is approved is whole
    bool planned = planning_make(bench, &lenient, &plan, fault);
    if (plan)
        planning_print(bench, plan);
    planned = planned && plan && print_github(bench, plan, fault) &&
              (!asked->destroy || carry_out_all(plan, fault)) &&
              (!bench->options->out || save(bench, asked, undo, plan, fault)) &&
              plan_is_whole(plan, fault);
    if (planned && bench->options->detailed_exitcode && is_pending(bench, plan))
        *code = 2;
    plan_free(plan);
    return planned;
}
