// SPDX-License-Identifier: MIT
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "command/command.h"
#include "command/rule_action.h"
#include "command/rule_telling.h"
#include "command/rules_backtest.h"
#include "view/json_view.h"

// What the words behind the verb ask for.
struct request {
    const char *action; // "accept" …, or NULL: explain
    const char *playbook;
    const char *rule; // NULL: all
};

static bool is_action(const char *word)
{
    return strcmp(word, "accept") == 0 || strcmp(word, "decline") == 0 ||
           strcmp(word, "withdraw") == 0;
}

static bool is_playbook(const char *word)
{
    size_t length = strlen(word);
    return strchr(word, '/') != NULL ||
           (length > 4 && strcmp(word + length - 4, ".lua") == 0);
}

static bool read_request(const struct options *options, struct request *request,
                         struct fault *fault)
{
    *request = (struct request){0};
    for (size_t i = 0; i < options->word_count; i++) {
        const char *word = options->words[i];
        if (i == 0 && is_action(word))
            request->action = word;
        else if (request->playbook == NULL && is_playbook(word))
            request->playbook = word;
        else if (request->rule == NULL)
            request->rule = word;
        else
            return fault_set(fault, FAULT_USAGE, "pipster rules takes one rule, no %s",
                             word);
    }
    if (request->action == NULL || request->rule != NULL)
        return true;
    fault_set(fault, FAULT_USAGE, "pipster rules %s wants the name of a rule",
              request->action);
    return fault_next(fault, "pipster rules lists them");
}

static bool has_state(const struct options *options)
{
    struct arena arena;
    struct project project = {0};
    struct fault ignored = {0};
    arena_init(&arena, 0);
    bool has = project_open(&project, &arena, options, &ignored) &&
               access(project.database_path, F_OK) == 0;
    project_close(&project);
    arena_clear(&arena);
    return has;
}

// What they say is stored where there is a state to store it in. While a run is on, rules
// can be looked at all the same.
static bool open_bench(struct workbench *bench, const struct options *options,
                       const struct request *request, struct fault *fault)
{
    bool writes = request->action != NULL || (!options->state && has_state(options));
    if (!writes)
        return workbench_open(bench, options, WORKBENCH_READ, fault);
    if (workbench_open(bench, options, WORKBENCH_WRITE, fault))
        return true;
    if (request->action != NULL || fault->kind != FAULT_LOCKED)
        return false;
    workbench_close(bench);
    fault_clear(fault);
    return workbench_open(bench, options, WORKBENCH_READ, fault);
}

static bool choose(struct workbench *bench, const struct request *request,
                   struct fault *fault)
{
    if (request->playbook != NULL)
        return project_playbook(&bench->project, &bench->arena, request->playbook,
                                &bench->playbook, fault);
    bench->playbook = bench->tip;
    if (bench->tip != NULL)
        return true;
    fault_set(fault, FAULT_USAGE, "pipster rules wants a playbook: none was run yet");
    return fault_next(fault, "pipster rules playbooks/scale.lua");
}

// An accepted proposal whose rule the playbook does not say is in force all the same.
static void print_orphan(const struct workbench *bench, const struct judging *judging,
                         const struct record_amendment *accepted)
{
    for (size_t i = 0; i < judging->count; i++)
        if (judging->rules[i].amendment == accepted)
            return;
    if (bench->options->json)
        return;
    terminal_print(&bench->out, TERMINAL_YELLOW,
                   "%s  accepted of %s, and not said here: pipster rules withdraw %s\n",
                   accepted->rule,
                   accepted->playbook != NULL ? accepted->playbook : "another playbook",
                   accepted->rule);
}

static bool print(const struct workbench *bench, const struct judging *judging,
                  const struct request *request, struct fault *fault)
{
    if (!rule_telling_print(bench, judging, request->rule, fault))
        return false;
    bool is_plain = !bench->options->json && bench->options->format == NULL;
    for (size_t i = 0; is_plain && request->rule == NULL && i < bench->accepted.count;
         i++)
        print_orphan(bench, judging, &bench->accepted.rows[i]);
    if (judging->count > 0 && bench->engine.rates_stale != NULL && is_plain)
        terminal_print(&bench->out, TERMINAL_YELLOW, "Beware: %s.\n",
                       bench->engine.rates_stale);
    if (judging->count == 0 && is_plain)
        terminal_print(&bench->out, TERMINAL_PLAIN, "%s says no rules.\n",
                       bench->wanted.playbook);
    return true;
}

static bool explain(struct workbench *bench, struct judging_price *price,
                    struct judging *judging, const struct request *request, int *code,
                    struct fault *fault)
{
    size_t index;
    if ((request->rule != NULL && !judging_find(judging, request->rule, &index, fault)) ||
        !rule_telling_price(price, judging, request->rule, fault) ||
        !print(bench, judging, request, fault))
        return false;
    if (bench->options->detailed_exitcode)
        *code = rule_telling_code(judging, request->rule);
    return bench->lock == NULL || judging_store(judging, 0, fault);
}

static bool act(struct workbench *bench, struct judging_price *price,
                struct judging *judging, const struct request *request,
                struct fault *fault)
{
    size_t index = 0;
    bool is_found = judging_find(judging, request->rule, &index, fault);
    if (strcmp(request->action, "withdraw") == 0 &&
        (!is_found || judging->rules[index].amendment == NULL)) {
        const struct record_amendment *accepted =
            rule_find_amendment(&bench->accepted, NULL, request->rule);
        if (accepted != NULL) {
            fault_clear(fault);
            return rule_action_forget(judging, accepted, fault);
        }
    }
    if (!is_found)
        return false;
    if (!rule_telling_price(price, judging, request->rule, fault) ||
        !print(bench, judging, request, fault))
        return false;
    fflush(stdout);
    if (strcmp(request->action, "accept") == 0)
        return rule_action_accept(judging, index, fault);
    if (strcmp(request->action, "decline") == 0)
        return rule_action_decline(judging, index, fault);
    return rule_action_withdraw(judging, index, fault);
}

// What was accepted may be what no plan can be made with any more: it can be taken back
// all the same.
static bool free_from(struct workbench *bench, const struct request *request,
                      struct fault *fault)
{
    struct judging judging = {.bench = bench};
    judging.figures.now_ms = clock_now_ms();
    const struct record_amendment *accepted = NULL;
    if (request->rule != NULL)
        accepted = rule_find_amendment(&bench->accepted, bench->playbook, request->rule);
    if (request->rule != NULL && accepted == NULL)
        accepted = rule_find_amendment(&bench->accepted, NULL, request->rule);
    if (accepted == NULL || request->action == NULL ||
        strcmp(request->action, "withdraw") != 0)
        return false;
    terminal_print(&bench->err, TERMINAL_YELLOW, "It cannot be judged: %s\n",
                   fault->what);
    fault_clear(fault);
    return rule_action_forget(&judging, accepted, fault);
}

static bool carry_out_request(struct workbench *bench, const struct request *request,
                              int *code, struct fault *fault)
{
    struct judging_price price = {0};
    struct judging judging;
    bool done = judging_price_open(&price, bench, clock_now_ms(), &judging, fault);
    if (!done)
        done = free_from(bench, request, fault);
    else if (request->action != NULL)
        done = act(bench, &price, &judging, request, fault);
    else
        done = explain(bench, &price, &judging, request, code, fault);
    judging_price_close(&price);
    return done;
}

static int run(const struct options *options, struct fault *fault)
{
    struct workbench bench = {0};
    struct request request;
    int code = 0;
    if (options->word_count > 0 && strcmp(options->words[0], "backtest") == 0)
        return rules_backtest(options, fault);
    if (!read_request(options, &request, fault))
        return 0;
    if (options->json)
        json_view_version(stdout);
    if (open_bench(&bench, options, &request, fault) && choose(&bench, &request, fault) &&
        carry_out_request(&bench, &request, &code, fault))
        workbench_print_timing(&bench);
    workbench_close(&bench);
    return code;
}

const struct command cmd_rules = {
    .name = "rules",
    .summary = "what each rule says, what it waits for, what it would change and cost",
    .usage =
        "pipster rules [PLAYBOOK] [RULE] [--detailed-exitcode] [--json]\n"
        "pipster rules accept|decline|withdraw RULE [--yes]\n"
        "pipster rules backtest HISTORY [PLAYBOOK] [--assume NAME=VALUE …]\n"
        "                                          [--svg FILE]\n"
        "\n"
        "Judges the rules of the playbook (without one: the one last run) by the newest\n"
        "figures, and keeps what they said. A rule named alone is priced though it is\n"
        "closed. Nothing is changed before a proposal is accepted and run.\n"
        "\n"
        "accept makes the proposal part of every plan, until withdraw takes it back; "
        "after\n"
        "decline the rule's times begin anew.\n"
        "\n"
        "backtest says what would have been done when, and what all would have cost, by\n"
        "a table of CSV with a line for each day: date,mrr,customers and other figures.\n"
        "\n"
        "  --override REASON    accept what is not proposed; the reason is kept\n"
        "  --state FILE         by an exported state, which is only read\n"
        "  --format FORMAT      markdown, json, or github: an annotation at the line of\n"
        "                       what is to be decided, and the summary of the step\n"
        "  --detailed-exitcode  0: nothing is proposed, 2: something is, 5: something\n"
        "                       would be and costs too great a share of the revenue\n",
    .formats = true,
    .reads_export = true,
    .run = run,
};
