// SPDX-License-Identifier: MIT
#include "command/saved_plan_check.h"

#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "engine/planfile_compare.h"
#include "engine/planfile_digest.h"
#include "store/journal.h"

#define MOST_NAMED 5

struct checking {
    struct workbench *bench;
    const struct planfile *file;
    struct record_run *runs; // newest first
    size_t run_count;
    struct fault *fault;
};

static const struct record_run *find_run(const struct checking *of, int64_t id)
{
    for (size_t i = 0; i < of->run_count; i++)
        if (of->runs[i].id == id)
            return &of->runs[i];
    return NULL;
}

// "run 4 (anna@laptop, 2026-11-28T10:00:00Z)"
static const char *run_text(const struct checking *of, int64_t id, int64_t at_ms)
{
    char when[CLOCK_TEXT_SIZE];
    const struct record_run *run = find_run(of, id);
    const char *who = run != NULL && run->who != NULL ? run->who : "?";
    return arena_format(&of->bench->arena, "run %lld (%s, %s)", (long long) id, who,
                        clock_format(run != NULL ? run->begun_at_ms : at_ms, when));
}

static bool check_project(const struct checking *of)
{
    const struct planfile *file = of->file;
    const struct project *project = &of->bench->project;
    const char *id = database_project_id(of->bench->database);
    bool same_name = strcmp(file->project, project->name) == 0;
    if (file->project_id != NULL ? strcmp(file->project_id, id) == 0 : same_name)
        return true;
    fault_set(of->fault, FAULT_STALE, "the plan is for another project: %s",
              file->project);
    return fault_why(of->fault, "this is %s, %s", project->name, project->root);
}

static bool check_seal(const struct checking *of)
{
    if (of->file->project_id == NULL || planfile_is_sealed(of->file, of->bench->vault))
        return true;
    fault_set(of->fault, FAULT_STALE, "the plan was changed after it was made");
    return fault_why(of->fault, "its seal was not made with this project's key");
}

static bool check_age(const struct checking *of)
{
    int64_t most_ms;
    char age[DURATION_TEXT_SIZE], most[DURATION_TEXT_SIZE];
    int64_t age_ms = clock_now_ms() - of->file->made_at_ms;
    if (!saved_plan_max_age(&of->bench->project, &most_ms, of->fault))
        return false;
    if (age_ms <= most_ms)
        return true;
    fault_set(of->fault, FAULT_STALE, "the plan is too old: it was made %s ago",
              duration_format(age_ms, age));
    return fault_why(of->fault,
                     "a plan may be %s old; plan_max_age of pipster.lua "
                     "says how much",
                     duration_format(most_ms, most));
}

// Names, the first few of them, each once.
static void name(struct text *text, struct map *named, const char *address)
{
    if (map_has(named, address))
        return;
    map_put(named, address, named);
    if (named->count <= MOST_NAMED)
        text_format(text, "%s%s", named->count > 1 ? ", " : "", address);
}

// What the runs since did; without one, which rows were written by hand.
static bool name_changes(const struct checking *of, struct text *text)
{
    struct workbench *bench = of->bench;
    const struct planfile *file = of->file;
    struct record_step *steps = NULL;
    size_t count = 0;
    struct map named;
    if (!journal_load_steps_after(bench->database, &bench->arena, file->last_run, &steps,
                                  &count, of->fault))
        return false;
    map_init(&named);
    for (size_t i = 0; i < count; i++)
        name(text, &named, steps[i].address);
    for (size_t i = 0; i < bench->recorded.count && count == 0; i++)
        if (bench->recorded.rows[i].changed_at_ms > file->made_at_ms)
            name(text, &named, bench->recorded.rows[i].address);
    if (named.count > MOST_NAMED)
        text_format(text, " and %zu more", named.count - MOST_NAMED);
    if (named.count == 0)
        text_add(text, "rows that are there no more, or the playbook that counts");
    map_clear(&named);
    return true;
}

static bool check_serial(const struct checking *of)
{
    const struct planfile *file = of->file;
    struct text rows, runs;
    if (of->bench->serial == file->serial)
        return true;
    text_init(&rows, 0);
    text_init(&runs, 0);
    for (size_t i = of->run_count; i-- > 0;)
        if (of->runs[i].id > file->last_run)
            text_format(&runs, "%s%s", runs.length > 0 ? ", " : "",
                        run_text(of, of->runs[i].id, 0));
    if (name_changes(of, &rows)) {
        fault_set(of->fault, FAULT_STALE,
                  "the state has changed since the plan was made");
        fault_why(of->fault, "%s changed %s",
                  runs.length > 0 ? runs.bytes : "somebody, by hand,", rows.bytes);
    }
    text_clear(&runs);
    text_clear(&rows);
    return false;
}

static bool check_unused(const struct checking *of, int64_t run, int64_t used_at_ms)
{
    if (run == 0)
        return true;
    const struct record_run *used = find_run(of, run);
    bool done =
        used != NULL && used->outcome != NULL && strcmp(used->outcome, "done") == 0;
    fault_set(of->fault, FAULT_STALE, "the plan was carried out already: by %s",
              run_text(of, run, used_at_ms));
    fault_why(of->fault, "a plan is carried out once");
    return done ? false
                : fault_next(of->fault, "that run did not come to its end: pipster apply "
                                        "FILE --resume carries out the rest");
}

static bool find_begun(const struct checking *of, struct map *begun)
{
    struct workbench *bench = of->bench;
    for (size_t i = 0; i < of->run_count; i++) {
        struct record_step *steps = NULL;
        size_t count = 0;
        const char *plan = of->runs[i].plan;
        if (plan == NULL || strcmp(plan, of->file->id) != 0)
            continue;
        if (!journal_load_steps(bench->database, &bench->arena, of->runs[i].id, &steps,
                                &count, of->fault))
            return false;
        for (size_t k = 0; k < count; k++)
            map_put(begun, steps[k].address, begun);
    }
    return true;
}

static bool check_resumable(const struct checking *of, int64_t run, struct map *begun)
{
    const struct record_run *used = find_run(of, run);
    if (run == 0) {
        fault_set(of->fault, FAULT_USAGE, "there is nothing to resume");
        fault_why(of->fault, "the plan was never carried out");
        return fault_next(of->fault, "leave --resume away");
    }
    if (used != NULL && used->outcome != NULL && strcmp(used->outcome, "done") == 0) {
        fault_set(of->fault, FAULT_STALE, "there is nothing to resume");
        return fault_why(of->fault, "%s carried out all of the plan",
                         run_text(of, run, 0));
    }
    if (of->runs[0].id != run) {
        fault_set(of->fault, FAULT_STALE, "the plan cannot be resumed: %s came after it",
                  run_text(of, of->runs[0].id, 0));
        return fault_why(of->fault, "%s had carried out a part of it",
                         run_text(of, run, 0));
    }
    return find_begun(of, begun);
}

bool saved_plan_check_state(struct workbench *bench, const struct planfile *file,
                            bool resumes, struct map *begun, struct fault *fault)
{
    struct checking of = {.bench = bench, .file = file, .fault = fault};
    int64_t run = 0, used_at_ms = 0;
    if (!journal_load_runs(bench->database, &bench->arena, 0, &of.runs, &of.run_count,
                           fault) ||
        !journal_find_plan(bench->database, file->id, &run, &used_at_ms, fault))
        return false;
    if (!check_project(&of) || !check_seal(&of))
        return false;
    if (resumes)
        return check_resumable(&of, run, begun);
    return check_unused(&of, run, used_at_ms) && check_age(&of) && check_serial(&of);
}

static bool refuse_code(const struct planfile *file, const char *name, const char *what,
                        struct fault *fault)
{
    fault_set(fault, FAULT_STALE, "the code has changed since the plan was made: %s",
              name);
    fault_where(fault, "%s", name);
    if (strcmp(name, "stdlib") == 0)
        return fault_why(fault,
                         "the plan was made by pipster %s, and this is %s, or its "
                         "stdlib is another",
                         file->pipster, PIPSTER_VERSION);
    return fault_why(fault, "%s", what);
}

// `both`: only what both have is compared.
static bool check_code(const struct planfile *file, const struct planfile *now, bool both,
                       struct fault *fault)
{
    for (size_t i = 0; i < now->code.count; i++) {
        const struct planfile_mark *mark = &now->code.items[i];
        const struct planfile_mark *then = planfile_find_mark(&file->code, mark->name);
        if (then == NULL && !both)
            return refuse_code(file, mark->name, "it was not evaluated then", fault);
        if (then != NULL &&
            (then->digest == NULL || strcmp(then->digest, mark->digest) != 0))
            return refuse_code(file, mark->name, "it is not what it was then", fault);
    }
    for (size_t i = 0; i < file->code.count && !both; i++)
        if (planfile_find_mark(&now->code, file->code.items[i].name) == NULL)
            return refuse_code(file, file->code.items[i].name,
                               "it is not evaluated any more", fault);
    return true;
}

static bool check_inputs(const struct planfile *file, const struct planfile *now,
                         struct fault *fault)
{
    for (size_t i = 0; i < now->inputs.count; i++) {
        const struct planfile_mark *mark = &now->inputs.items[i];
        const struct planfile_mark *then = planfile_find_mark(&file->inputs, mark->name);
        bool given = mark->digest != NULL, was_given = then && then->digest != NULL;
        bool same =
            given == was_given && (!given || strcmp(then->digest, mark->digest) == 0);
        if (then == NULL || same)
            continue;
        fault_set(fault, FAULT_STALE,
                  "the input %s is another than when the plan was made", mark->name);
        fault_why(fault, !given      ? "it was given then, and is not now"
                         : was_given ? "its value is another"
                                     : "it was not given then, and is now");
        return fault_next(fault, "give it as then: --var %s=…, or plan again",
                          mark->name);
    }
    return true;
}

bool saved_plan_check_code(struct workbench *bench, const struct planfile *file,
                           bool planned, struct fault *fault)
{
    struct planfile now = {0};
    struct fault cause = *fault;
    saved_plan_describe(bench, file, &now);
    if (!planned && file->playbook != NULL &&
        planfile_find_mark(&now.code, file->playbook) == NULL)
        return refuse_code(file, file->playbook, "it is not there any more", fault);
    bool same =
        check_code(file, &now, !planned, fault) && check_inputs(file, &now, fault);
    if (planned || same)
        return planned && same;
    // A playbook with a mistake in it is first of all another one.
    const char *why = arena_text(&bench->arena, fault->why);
    return fault_why(fault, "%s: %s", why, cause.what);
}

bool saved_plan_check_changes(struct workbench *bench, const struct planfile *file,
                              const struct plan *plan, const struct map *begun,
                              struct fault *fault)
{
    struct planfile now = {.plan = plan};
    planfile_digest_plan(&now, &bench->arena, saved_plan_key(bench, file));
    return planfile_compare(file, &now, begun, fault);
}
