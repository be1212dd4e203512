// SPDX-License-Identifier: MIT
#include "command/carry_out.h"

#include <assert.h>

#include "base/clock.h"
#include "command/planning.h"
#include "command/selection.h"
#include "command/tip.h"
#include "view/json_view.h"
#include "view/plan_view.h"
#include "view/progress_view.h"

static void print_plan(const struct workbench *bench, const struct plan *plan)
{
    if (bench->options->json)
        json_view_plan(stdout, plan);
    else
        plan_view_print(&bench->out, plan, bench->options->verbose);
    fflush(stdout);
}

static bool apply(struct workbench *bench, const struct engine_options *asked,
                  const struct carry_out_approval *approval, struct plan *plan,
                  struct fault *fault)
{
    int64_t begun = clock_monotonic_ms();
    struct engine_result result = {0};
    struct progress_view *progress =
        progress_view_new(&bench->err, bench->options->verbose);
    bench->engine.watch =
        bench->options->json ? json_view_watch(stdout) : progress_view_watch(progress);
    const struct engine_run run = {
        .verb = bench->options->verb,
        .who = workbench_who(bench),
        .plan = approval ? approval->plan : NULL,
        .resumes = approval && approval->resumes,
        .options = selection_value(asked, &bench->arena),
    };
    bool done = engine_apply(&bench->engine, plan, &run, &result, fault);
    bench->run = result.run;
    bench->done_count += result.done_count;
    bench->engine.watch = (struct engine_watch){0};
    progress_view_free(progress);
    int64_t ms = clock_monotonic_ms() - begun;
    if (bench->options->json) {
        json_view_result(stdout, &result, ms);
        if (plan->deferral_count == 0)
            json_view_outputs(stdout, result.outputs, result.output_count);
        return done;
    }
    if (result.run > 0 || result.check_passed_count + result.check_failed_count > 0)
        progress_view_summary(&bench->err, &result, ms);
    // What a stage will say belongs to it: the last round prints all.
    if (plan->deferral_count == 0)
        plan_view_outputs(&bench->out, result.outputs, result.output_count);
    return done;
}

// What protection kept is said by the exit code too: a script that believes all is gone
// would go on paying for it.
static bool say_kept(const struct plan *plan, struct fault *fault)
{
    size_t count = 0;
    const char *first = NULL;
    for (size_t i = 0; i < plan->change_count; i++) {
        if (!plan->changes[i].blocked_by_protection)
            continue;
        first = first ? first : plan->changes[i].address;
        count++;
    }
    if (count == 0)
        return true;
    fault_set(fault, FAULT_BLOCKED, "%s%s kept: protected", first,
              count > 1 ? " and others are" : " is");
    fault_why(fault, "%zu thing%s may hold what cannot be made again", count,
              count > 1 ? "s" : "");
    return fault_next(fault, "pipster destroy --allow-destroy=%s",
                      count > 1 ? "ADDRESS,…, or all" : first);
}

bool carry_out(struct workbench *bench, const struct engine_options *asked,
               const char *question, const char *wanted, struct fault *fault)
{
    struct plan *plan = NULL;
    bool planned = asked->destroy || asked->undoes > 0
                       ? engine_plan(&bench->engine, &bench->wanted, asked, &plan, fault)
                       : planning_make(bench, asked, &plan, fault);
    bench->planned_ms = clock_monotonic_ms() - bench->begun_ms;
    assert(plan || !planned);
    if (plan)
        print_plan(bench, plan);
    bool agreed = true, done = planned;
    if (done && !plan_is_empty(plan))
        done = workbench_ask(bench, question, wanted, &agreed, fault);
    bench->declined = !agreed;
    // Before it is carried out: `pipster run` goes on with a run that failed or was
    // killed.
    if (done && agreed && !asked->destroy)
        done = tip_move(bench, fault);
    if (done && agreed && asked->destroy)
        done = say_kept(plan, fault);
    if (done && agreed)
        done = apply(bench, asked, NULL, plan, fault);
    plan_free(plan);
    return done;
}

bool carry_out_approved(struct workbench *bench, struct engine_options *asked,
                        const struct carry_out_approval *approval, struct fault *fault)
{
    struct plan *plan = NULL;
    bool planned = planning_make(bench, asked, &plan, fault);
    if (planned && approval->narrow(approval->context, plan, asked)) {
        plan_free(plan);
        planned = planning_make(bench, asked, &plan, fault);
    }
    assert(plan || !planned);
    bool done = approval->judge(approval->context, planned ? plan : NULL, fault);
    // What is refused as stale is told by the fault alone.
    if (plan && fault->kind != FAULT_STALE)
        print_plan(bench, plan);
    done = done && plan && tip_move(bench, fault) &&
           apply(bench, asked, approval, plan, fault);
    plan_free(plan);
    return done;
}
