// SPDX-License-Identifier: MIT
#include "command/carry_out.h"

#include <assert.h>

#include "base/clock.h"
#include "command/planning.h"
#include "command/rule_notes.h"
#include "command/selection.h"
#include "command/tip.h"
#include "view/json_view.h"
#include "view/plan_view.h"
#include "view/progress_view.h"

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
        .verb = plan->is_destroy    ? "destroy"
                : plan->undoes != 0 ? "undo"
                                    : bench->options->verb,
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

bool carry_out_all(const struct plan *plan, struct fault *fault)
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

// The rest was carried out; the exit code says that this was not all.
static bool say_unreached(const struct workbench *bench, const struct plan *plan,
                          struct fault *fault)
{
    if (plan_is_whole(plan, fault))
        return true;
    if (bench->done_count > 0)
        fault->kind = FAULT_PARTIAL;
    return false;
}

bool carry_out(struct workbench *bench, const struct engine_options *asked,
               const char *question, const char *wanted, struct fault *fault)
{
    struct plan *plan = NULL;
    struct engine_options lenient = *asked;
    lenient.leave_unreached = asked->undoes == 0;
    bool planned = planning_make(bench, &lenient, &plan, fault);
    assert(plan || !planned);
    if (plan)
        planning_print(bench, plan);
    bool agreed = true, done = planned;
    if (done && !plan_is_empty(plan))
        done = workbench_ask(bench, question, wanted, &agreed, fault);
    bench->declined = !agreed;
    // Before it is carried out: `pipster run` goes on with a run that failed or was
    // killed.
    if (done && agreed && !asked->destroy)
        done = tip_move(bench, fault);
    if (done && agreed && asked->destroy)
        done = carry_out_all(plan, fault);
    // With nothing else to do there is nothing that checks could judge either.
    bool waits = done && plan->unreached_count > 0 && plan_is_empty(plan);
    if (done && agreed && !waits)
        done = apply(bench, asked, NULL, plan, fault);
    if (done && agreed)
        done = say_unreached(bench, plan, fault);
    if (done && agreed && plan->deferral_count == 0)
        done = rule_notes_store(bench, plan, fault);
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
        planning_print(bench, plan);
    done = done && plan && (!asked->destroy || carry_out_all(plan, fault)) &&
           tip_move(bench, fault) && apply(bench, asked, approval, plan, fault);
    plan_free(plan);
    return done;
}
