// SPDX-License-Identifier: MIT
#include "command/judging.h"

#include <string.h>

#include "engine/rule_past.h"
#include "engine/schema.h"

static bool judge(struct judging *judging, size_t index,
                  const struct record_evaluations *past, struct fault *fault)
{
    struct rule_shown *shown = &judging->rules[index];
    struct rule_input *input = &judging->inputs[index];
    const struct record_evaluation *last =
        rule_find_evaluation(past, shown->rule->file, shown->rule->name);
    if (!figures_input(&judging->figures, shown->rule, input, fault))
        return false;
    shown->amendment = rule_find_amendment(&judging->bench->accepted, shown->rule->file,
                                           shown->rule->name);
    input->is_accepted = shown->amendment != NULL;
    if (last != NULL)
        rule_past_read(last->past, &input->past);
    rule_past_adapt(shown->rule, &input->past);
    rule_judge(shown->rule, input, judging->figures.arena, &shown->verdict);
    return true;
}

bool judging_make(struct workbench *bench, const struct money *cost, int64_t now_ms,
                  struct judging *judging, struct fault *fault)
{
    const struct engine *engine = &bench->engine;
    struct record_evaluations past;
    *judging = (struct judging){.bench = bench,
                                .count = engine->rule_count,
                                .missed = bench->wanted.missed.items,
                                .missed_count = bench->wanted.missed.count};
    if (!figures_gather(bench, cost, now_ms, &judging->figures, fault) ||
        !rule_load_evaluations(bench->database, &bench->arena, now_ms, 1, NULL, &past,
                               fault))
        return false;
    size_t room = judging->count + 1;
    judging->inputs = arena_alloc(&bench->arena, room * sizeof *judging->inputs);
    judging->rules = arena_alloc(&bench->arena, room * sizeof *judging->rules);
    for (size_t i = 0; i < judging->count; i++) {
        judging->rules[i] = (struct rule_shown){.rule = &engine->rules[i]};
        if (!judge(judging, i, &past, fault))
            return fault_while(fault, "judging rule \"%s\"", engine->rules[i].name);
    }
    return true;
}

static const struct value *saw_value(struct arena *arena,
                                     const struct rule_verdict *verdict)
{
    const struct rule_view *views[] = {&verdict->when, &verdict->evidence,
                                       &verdict->release, &verdict->fit,
                                       &verdict->metric};
    size_t most = 0, count = 0;
    for (size_t i = 0; i < 5; i++)
        most += views[i]->count;
    const struct value **texts = arena_alloc(arena, (most + 1) * sizeof *texts);
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < views[i]->count; k++)
            texts[count++] = value_text(arena, views[i]->saw[k].text);
    return value_list(arena, texts, count);
}

void judging_put(const struct judging *judging, size_t index, int64_t run,
                 struct transaction *transaction)
{
    const struct rule_shown *shown = &judging->rules[index];
    struct arena *arena = judging->figures.arena;
    const struct record_evaluation row = {
        .rule = shown->rule->name,
        .playbook = shown->rule->file,
        .at_ms = judging->figures.now_ms,
        .run = run,
        .state = rule_state_word(shown->verdict.state),
        .is_proposed = shown->verdict.is_proposed,
        .past = rule_past_value(arena, &shown->verdict.past),
        .figures = rule_past_figures(arena, shown->rule, &judging->inputs[index]),
        .saw = saw_value(arena, &shown->verdict),
    };
    rule_put_evaluation(transaction, &row);
}

bool judging_store(const struct judging *judging, int64_t run, struct fault *fault)
{
    if (judging->count == 0 || judging->bench->database == NULL)
        return true;
    struct transaction *transaction = transaction_new(judging->bench->database);
    for (size_t i = 0; i < judging->count; i++)
        judging_put(judging, i, run, transaction);
    return transaction_commit(transaction, fault) ||
           fault_while(fault, "storing what the rules said");
}

void judging_turn(struct judging *judging, size_t index, bool is_accepted)
{
    struct rule_shown *shown = &judging->rules[index];
    struct rule_input *input = &judging->inputs[index];
    input->past = shown->verdict.past;
    input->is_accepted = is_accepted;
    rule_judge(shown->rule, input, judging->figures.arena, &shown->verdict);
}

bool judging_find(const struct judging *judging, const char *name, size_t *index,
                  struct fault *fault)
{
    const char **names =
        arena_alloc(judging->figures.arena, (judging->count + 1) * sizeof *names);
    for (size_t i = 0; i < judging->count; i++) {
        names[i] = judging->rules[i].rule->name;
        *index = i;
        if (strcmp(names[i], name) == 0)
            return true;
    }
    fault_set(fault, FAULT_USAGE, "there is no rule \"%s\"", name);
    if (judging->count == 0)
        return fault_why(fault, "the playbook says no rules");
    const char *near = schema_nearest(name, names, judging->count);
    return near != NULL ? fault_next(fault, "did you mean %s?", near)
                        : fault_next(fault, "pipster rules lists them");
}
