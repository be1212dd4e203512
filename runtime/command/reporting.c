// SPDX-License-Identifier: MIT
#include "command/reporting.h"

#include <string.h>

#include "base/clock.h"
#include "command/judging.h"
#include "command/planning.h"
#include "store/revenue.h"
#include "store/rule.h"

#define CHECKLIST   "playbooks/review.lua"
#define EVALUATIONS 400 // of each rule: a year of days, and some

// One sentence of a fault, as it stands behind "Not known: ".
static const char *sentence_of(struct arena *arena, const struct fault *fault)
{
    return *fault->why != '\0' ? arena_format(arena, "%s (%s)", fault->what, fault->why)
                               : arena_text(arena, fault->what);
}

// Whoever ends it wants no page.
static bool goes_on(const struct workbench *bench, const struct fault *fault)
{
    return !bench->interrupted && fault->kind != FAULT_INTERRUPTED &&
           fault->kind != FAULT_TERMINATED;
}

static void take_notices(struct reporting *reporting)
{
    static const enum report_tone tones[] = {
        [STATUS_FINE] = REPORT_FINE,
        [STATUS_PLAIN] = REPORT_PLAIN,
        [STATUS_WARN] = REPORT_WARN,
        [STATUS_BAD] = REPORT_BAD,
    };
    const struct array *rows = &reporting->status.rows;
    struct report_notice *notices =
        arena_alloc(&reporting->bench->arena, (rows->count + 1) * sizeof *notices);
    for (size_t i = 0; i < rows->count; i++) {
        const struct status_row *row = rows->items[i];
        notices[i] =
            (struct report_notice){row->part, tones[row->tone], row->text, row->data};
    }
    reporting->report.notices = notices;
    reporting->report.notice_count = rows->count;
}

static bool read_recorded(struct reporting *reporting, struct fault *fault)
{
    struct workbench *bench = reporting->bench;
    struct report *report = &reporting->report;
    struct secret_row *secrets = NULL;
    reporting->status = (struct status){.arena = &bench->arena,
                                        .options = bench->options,
                                        .project = &bench->project,
                                        .database = bench->database};
    if (!status_read(&reporting->status, fault) ||
        !secret_list(bench->database, &bench->arena, &secrets, &report->secret_count,
                     fault) ||
        !revenue_load_between(bench->database, &bench->arena, 0, reporting->status.now_ms,
                              &report->revenues, fault) ||
        !rule_load_evaluations(bench->database, &bench->arena, reporting->status.now_ms,
                               EVALUATIONS, NULL, &report->evaluations, fault) ||
        !rule_load_amendments(bench->database, &bench->arena, true, &report->amendments,
                              fault))
        return fault_while(fault, "gathering the report");
    take_notices(reporting);
    report->secrets = secrets;
    report->recorded = &reporting->status.recorded;
    report->runs = reporting->status.runs;
    report->run_count = reporting->status.run_count;
    report->now_ms = reporting->status.now_ms;
    return true;
}

static bool look_at_criteria(struct reporting *reporting, struct fault *fault)
{
    struct workbench *bench = reporting->bench;
    struct report *report = &reporting->report;
    struct review_found *found;
    struct rule_input input;
    if (!workbench_evaluate(bench, fault) ||
        !review_facts_read(bench, report->now_ms, &reporting->facts, &input, fault))
        return false;
    report->reviews = bench->wanted.reviews;
    found = arena_alloc(&bench->arena, (report->reviews.count + 1) * sizeof *found);
    for (size_t i = 0; i < report->reviews.count; i++)
        review_look(&report->reviews.items[i], &input, &reporting->facts.answers,
                    &bench->arena, &found[i]);
    report->review_found = found;
    return true;
}

// The checklist is a playbook of its own: it is evaluated before the one that is planned.
static bool read_criteria(struct reporting *reporting, struct fault *fault)
{
    struct workbench *bench = reporting->bench;
    struct fault own = {0};
    bench->playbook = CHECKLIST;
    bool looked = look_at_criteria(reporting, &own);
    bench->playbook = NULL;
    bench->wanted = (struct resource_set){0};
    if (!looked && !goes_on(bench, &own)) {
        *fault = own;
        return false;
    }
    if (!looked)
        reporting->report.no_review = sentence_of(&bench->arena, &own);
    else if (reporting->report.reviews.count == 0)
        reporting->report.no_review = CHECKLIST " has no line of a checklist";
    return true;
}

// A plan that a guard forbids is one all the same.
static bool read_plan(struct reporting *reporting, struct fault *fault)
{
    struct workbench *bench = reporting->bench;
    const struct engine_options asked = {.leave_unreached = true};
    struct fault own = {0};
    bool made =
        bench->tip != NULL && planning_make(bench, &asked, &reporting->plan, &own);
    if (!goes_on(bench, &own)) {
        *fault = own;
        return false;
    }
    if (bench->tip == NULL) {
        reporting->report.no_plan = "no playbook was run yet";
    } else if (made || (reporting->plan != NULL && own.kind == FAULT_BLOCKED)) {
        bill_make(&bench->engine, reporting->plan, BILL_BY_PHASE, &reporting->bill);
        reporting->report.plan = reporting->plan;
        reporting->report.bill = &reporting->bill;
    } else {
        reporting->report.no_plan = sentence_of(&bench->arena, &own);
    }
    return true;
}

// By the plan's figures; where they cannot be judged, what they said last is shown.
static bool read_rules(struct reporting *reporting, struct fault *fault)
{
    struct workbench *bench = reporting->bench;
    const struct plan *plan = reporting->report.plan;
    struct judging judging = {.bench = bench};
    struct fault own = {0};
    if (plan == NULL || bench->engine.rule_count == 0)
        return true;
    if (judging_make(bench, plan->cost_is_known ? &plan->cost_after : NULL,
                     reporting->report.now_ms, &judging, &own)) {
        reporting->report.judged = judging.rules;
        reporting->report.judged_count = judging.count;
    } else if (!goes_on(bench, &own)) {
        *fault = own;
        return false;
    }
    return true;
}

static bool read_drift(struct reporting *reporting, struct fault *fault)
{
    struct workbench *bench = reporting->bench;
    struct fault own = {0};
    if (lock_is_held(bench->project.lock_path)) {
        reporting->report.no_drift = "a run is at work, whose changes are no drift";
        return true;
    }
    if (drift_read(&bench->arena, &bench->engine, NULL, 0, &reporting->drift, &own))
        reporting->report.drift = &reporting->drift;
    else if (goes_on(bench, &own))
        reporting->report.no_drift = sentence_of(&bench->arena, &own);
    else {
        *fault = own;
        return false;
    }
    return true;
}

bool reporting_gather(struct reporting *reporting, struct workbench *bench,
                      struct fault *fault)
{
    *reporting = (struct reporting){.bench = bench};
    reporting->report = (struct report){.arena = &bench->arena,
                                        .project = bench->project.name,
                                        .environment = bench->project.environment,
                                        .playbook = bench->tip,
                                        .version = PIPSTER_VERSION,
                                        .engine = &bench->engine};
    return read_recorded(reporting, fault) && read_criteria(reporting, fault) &&
           read_plan(reporting, fault) && read_rules(reporting, fault) &&
           read_drift(reporting, fault);
}

void reporting_clear(struct reporting *reporting)
{
    plan_free(reporting->plan);
    status_clear(&reporting->status);
}
