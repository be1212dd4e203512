// SPDX-License-Identifier: MIT
//
// A lost database made again, from what the world knows: labels at Hetzner, the manifest
// on each host, the files in which secrets stand, and the playbook. First what carries
// the project's label and the hosts are looked for; then what is on the hosts and what
// secrets they use; then everything is looked for as any plan does, and recorded.
#include <string.h>

#include "command/errand.h"
#include "command/planning.h"
#include "command/recovery.h"
#include "command/state_verb.h"
#include "engine/adopt.h"
#include "store/journal.h"
#include "view/plan_view.h"

static bool refuse_projects(struct arena *arena, const struct value *projects,
                            struct fault *fault)
{
    size_t count = projects && projects->kind == VALUE_LIST ? projects->list.count : 0;
    const char *told = "";
    for (size_t i = 0; i < count; i++) {
        const struct value *one = projects->list.items[i];
        told = arena_format(arena, "%s%s%s (%lld things, such as %s)", told,
                            i > 0 ? "; " : "", value_find_text(one, "id", "?"),
                            (long long) value_find_integer(one, "count", 0),
                            value_find_text(one, "example", "?"));
    }
    if (count == 0) {
        fault_set(fault, FAULT_ERROR,
                  "nothing in this Hetzner project carries a label "
                  "of pipster's");
        return fault_next(fault, "check HCLOUD_TOKEN; a project without things at "
                                 "Hetzner is named by --project-id ID, as its key file "
                                 "in ~/.config/pipster/keys/ is called");
    }
    fault_set(fault, FAULT_USAGE, "there are several projects here: which one is it?");
    fault_why(fault, "%s", told);
    return fault_next(fault, "name it: --project-id ID");
}

// What was recorded is not thrown away; secrets alone are what an earlier try left.
static bool check_empty(struct workbench *bench, struct fault *fault)
{
    struct record_run *runs = NULL;
    size_t count = 0, rows = 0;
    if (!bench->database)
        return true;
    if (!journal_load_runs(bench->database, &bench->arena, 1, &runs, &count, fault))
        return false;
    for (size_t i = 0; i < bench->recorded.count; i++)
        rows += strcmp(bench->recorded.rows[i].type, "secret") != 0;
    if (rows + count == 0)
        return true;
    fault_set(fault, FAULT_ERROR, "this environment has a state");
    fault_where(fault, "%s", bench->project.database_path);
    fault_why(fault, "it is sound, and recovering would throw it away");
    return fault_next(fault, "move it away first, if that is what you want");
}

// *id: the one that was named, or the only one that there is.
static bool find_project(const struct options *options, struct arena *arena,
                         const char **id, struct fault *fault)
{
    struct workbench bench;
    const struct value *projects = NULL;
    *id = options->project_id;
    bool done = workbench_open(&bench, options, WORKBENCH_READ, fault) &&
                check_empty(&bench, fault);
    if (done && !*id) {
        done = errand_run(&bench, "hetzner.recover", "projects", NULL, &projects, fault);
        bool one =
            done && projects && projects->kind == VALUE_LIST && projects->list.count == 1;
        if (one)
            *id = arena_text(arena, value_find_text(projects->list.items[0], "id", NULL));
        else if (done)
            done = refuse_projects(arena, projects, fault);
    }
    workbench_close(&bench);
    return done;
}

static bool is_id(const char *id, struct fault *fault)
{
    if (strlen(id) == 16 && strspn(id, "0123456789abcdef") == 16)
        return true;
    fault_set(fault, FAULT_USAGE, "\"%s\" is no project id", id);
    return fault_next(fault, "it has 16 hex digits, as the label pipster-project");
}

static bool record(struct recovery *recovery, struct plan *plan, struct fault *fault)
{
    struct workbench *bench = recovery->bench;
    struct transaction *transaction = transaction_new(bench->database);
    recovery->row_count = adopt_record(&bench->engine, plan, true, transaction);
    state_set_setting(transaction, "tip", bench->wanted.playbook);
    return transaction_commit(transaction, fault);
}

static void tell(struct recovery *recovery, const struct plan *plan)
{
    struct workbench *bench = recovery->bench;
    size_t undeclared = 0;
    for (size_t i = 0; i < plan->change_count; i++)
        undeclared += plan->changes[i].resource == NULL;
    terminal_print(&bench->out, TERMINAL_PLAIN, "Recovered: %zu row%s of project %s.\n",
                   recovery->row_count, recovery->row_count == 1 ? "" : "s",
                   database_project_id(bench->database));
    if (undeclared > 0)
        terminal_print(&bench->out, TERMINAL_YELLOW,
                       "%zu of them no playbook here declares: pipster state list; they "
                       "are left alone until one does.\n",
                       undeclared);
    recovery_tell_secrets(recovery);
}

// The plan that comes next, made as any other: the proof, or what is missing.
static bool show_next(struct recovery *recovery, struct fault *fault)
{
    struct workbench *bench = recovery->bench;
    const struct engine_options plain = {0};
    struct plan *plan = NULL;
    bool planned =
        workbench_read_rows(bench, fault) && planning_make(bench, &plain, &plan, fault);
    if (plan && plan_is_empty(plan) && plan->deferral_count == 0)
        terminal_print(&bench->out, TERMINAL_PLAIN, "The next plan is empty.\n");
    else if (plan)
        plan_view_print(&bench->out, plan, bench->options->verbose);
    plan_free(plan);
    return planned;
}

static bool recover(struct recovery *recovery, struct fault *fault)
{
    struct plan *plan = NULL;
    if (!recovery_look_at_cloud(recovery, fault) ||
        !recovery_plan(recovery, &plan, fault))
        return false;
    bool read = recovery_look_at_hosts(recovery, plan, fault);
    plan_free(plan);
    plan = NULL;
    bool done = read && recovery_keep_secrets(recovery, fault) &&
                recovery_plan(recovery, &plan, fault) && record(recovery, plan, fault);
    if (done)
        tell(recovery, plan);
    plan_free(plan);
    return done && show_next(recovery, fault);
}

int state_recover_run(const struct options *options, struct fault *fault)
{
    struct arena arena;
    struct workbench bench;
    struct options named = *options;
    struct recovery recovery;
    arena_init(&arena, 0);
    named.words += 1; // the playbook
    named.word_count -= 1;
    if (find_project(&named, &arena, &named.project_id, fault) &&
        is_id(named.project_id, fault)) {
        recovery_init(&recovery, &bench);
        if (workbench_open(&bench, &named, WORKBENCH_FOUND, fault) &&
            !recover(&recovery, fault))
            fault_while(fault, "recovering the state");
        recovery_clear(&recovery);
        workbench_close(&bench);
    }
    arena_clear(&arena);
    return 0;
}
