// SPDX-License-Identifier: MIT
#include "command/saved_plan.h"

#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "command/selection.h"
#include "engine/planfile_digest.h"
#include "store/journal.h"
#include "store/secret.h"
#include "value/json.h"

#define MAX_AGE "1d"

bool saved_plan_max_age(const struct project *project, int64_t *ms, struct fault *fault)
{
    const char *text = value_find_text(project->settings, "plan_max_age", MAX_AGE);
    return duration_parse(text, ms, fault) ||
           fault_while(fault, "reading plan_max_age of pipster.lua");
}

const struct vault *saved_plan_key(const struct workbench *bench,
                                   const struct planfile *file)
{
    return file->project_id != NULL ? bench->vault : NULL;
}

static void add_mark(struct planfile_marks *marks, const char *name, const char *digest)
{
    marks->items[marks->count++] = (struct planfile_mark){name, digest};
}

// All of the stdlib as one: which of its files counts is hard to tell, and it changes
// with the binary.
static const char *digest_stdlib(struct workbench *bench, const struct vault *vault)
{
    struct arena *arena = &bench->arena;
    struct text all;
    size_t count;
    const struct script_text *files = script_list_stdlib(bench->script, arena, &count);
    text_init(&all, 0);
    text_format(&all, "pipster %s\n", PIPSTER_VERSION);
    for (size_t i = 0; i < count; i++) {
        char hex[SECRET_SHA256_SIZE];
        secret_sha256(files[i].bytes, files[i].length, hex);
        text_format(&all, "%s %s\n", files[i].name, hex);
    }
    const char *digest = planfile_digest_bytes(arena, vault, all.bytes, all.length);
    text_clear(&all);
    return digest;
}

// What pipster.lua says, its remarks and blanks apart; its inputs are looked at as
// inputs.
static const char *digest_settings(struct workbench *bench, const struct vault *vault)
{
    struct arena *arena = &bench->arena;
    const char *text =
        json_text(arena, value_with(arena, bench->project.settings, "inputs", NULL));
    return planfile_digest_bytes(arena, vault, text, strlen(text));
}

void saved_plan_describe(struct workbench *bench, const struct planfile *like,
                         struct planfile *file)
{
    struct arena *arena = &bench->arena;
    const struct vault *vault = saved_plan_key(bench, like);
    size_t count;
    const struct script_text *texts = script_list_code(bench->script, arena, &count);
    file->code.items = arena_alloc(arena, (count + 2) * sizeof *file->code.items);
    file->code.count = 0;
    for (size_t i = 0; i < count; i++)
        add_mark(&file->code, texts[i].name,
                 planfile_digest_bytes(arena, vault, texts[i].bytes, texts[i].length));
    add_mark(&file->code, "pipster.lua", digest_settings(bench, vault));
    add_mark(&file->code, "stdlib", digest_stdlib(bench, vault));
    planfile_sort_marks(&file->code);
    texts = script_list_inputs(bench->script, arena, &count);
    file->inputs.items = arena_alloc(arena, (count + 1) * sizeof *file->inputs.items);
    file->inputs.count = 0;
    for (size_t i = 0; i < count; i++)
        add_mark(
            &file->inputs, texts[i].name,
            texts[i].bytes != NULL
                ? planfile_digest_bytes(arena, vault, texts[i].bytes, texts[i].length)
                : NULL);
}

static bool find_last_run(struct workbench *bench, int64_t *run, struct fault *fault)
{
    struct record_run *runs = NULL;
    size_t count = 0;
    if (!journal_load_runs(bench->database, &bench->arena, 1, &runs, &count, fault))
        return false;
    *run = count > 0 ? runs[0].id : 0;
    return true;
}

// Without it nobody could tell at apply whether the file is what was planned.
static bool require_key(struct workbench *bench, struct fault *fault)
{
    if (bench->database == NULL || bench->vault != NULL)
        return true;
    fault_set(fault, FAULT_ERROR,
              "the plan cannot be saved: this project's key is not here");
    fault_why(fault, "it seals the plan, so that nobody can change it before it is "
                     "carried out");
    return fault_next(fault, "put the key where it belongs: docs/STATE.md says where");
}

bool saved_plan_write(struct workbench *bench, const struct engine_options *asked,
                      const struct plan *plan, const char *path, struct planfile *file,
                      struct fault *fault)
{
    struct arena *arena = &bench->arena;
    char id[17];
    secret_random_hex(id, 8);
    *file = (struct planfile){
        .losses = file->losses,
        .loss_count = file->loss_count,
        .id = arena_text(arena, id),
        .made_at_ms = clock_now_ms(),
        .who = workbench_who(bench),
        .pipster = PIPSTER_VERSION,
        .project = bench->project.name,
        .environment = bench->project.environment,
        .playbook = plan->playbook ? plan->playbook : bench->tip,
        .serial = bench->serial,
        .options = selection_value(asked, arena),
        .plan = plan,
    };
    if (bench->database != NULL)
        file->project_id = database_project_id(bench->database);
    if (!require_key(bench, fault) || !find_last_run(bench, &file->last_run, fault))
        return false;
    saved_plan_describe(bench, file, file);
    planfile_digest_plan(file, arena, saved_plan_key(bench, file));
    return planfile_write(path, file, bench->vault, fault);
}
