// SPDX-License-Identifier: MIT
#include "command/rule_action.h"

#include "engine/rule_look.h"

// Why nothing is proposed, as far as one reason can be told.
static const char *reason(const struct rule_shown *shown)
{
    const struct rule_verdict *verdict = &shown->verdict;
    if (verdict->waits != NULL)
        return verdict->waits;
    for (size_t i = 0; i < verdict->when.count; i++)
        if (verdict->when.saw[i].truth != RULE_TRUE)
            return verdict->when.saw[i].text;
    return verdict->state == RULE_COOLING ? "it rests after its last change"
                                          : "it did not hold for long enough yet";
}

static bool check_acceptable(const struct judging *judging,
                             const struct rule_shown *shown, struct fault *fault)
{
    const char *name = shown->rule->name;
    bool is_blocked = shown->verdict.state == RULE_BLOCKED;
    if (shown->amendment != NULL) {
        fault_set(fault, FAULT_USAGE, "rule \"%s\" is accepted already", name);
        return fault_next(fault, "pipster rules withdraw %s", name);
    }
    if (shown->is_more) {
        fault_set(fault, FAULT_ERROR, "rule \"%s\" cannot be accepted: %s", name,
                  shown->unpriced);
        fault_where(fault, "%s", shown->rule->where);
        return fault_next(fault, "write that playbook first");
    }
    if (shown->rule->idle != NULL) {
        fault_set(fault, FAULT_ERROR, "rule \"%s\" proposes nothing", name);
        fault_where(fault, "%s", shown->rule->where);
        return fault_why(fault, "%s", shown->rule->idle);
    }
    if (shown->verdict.is_proposed || judging->bench->options->override != NULL)
        return true;
    fault_set(fault, is_blocked ? FAULT_BLOCKED : FAULT_ERROR,
              "rule \"%s\" proposes nothing now", name);
    fault_where(fault, "%s", shown->rule->where);
    fault_why(fault, "%s", reason(shown));
    return fault_next(fault, "wait; or pipster rules accept %s --override REASON", name);
}

// What its comparisons said, and why it was accepted all the same.
static const struct value *evidence(const struct judging *judging,
                                    const struct rule_shown *shown)
{
    struct arena *arena = judging->figures.arena;
    const struct rule_view *views[] = {&shown->verdict.when, &shown->verdict.evidence};
    const char *override = judging->bench->options->override;
    size_t count = 0;
    const struct value **texts =
        arena_alloc(arena, (views[0]->count + views[1]->count + 1) * sizeof *texts);
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < views[i]->count; k++)
            texts[count++] = value_text(arena, views[i]->saw[k].text);
    if (!shown->verdict.is_proposed && override != NULL)
        texts[count++] =
            value_text(arena, arena_format(arena, "overridden: %s", override));
    return value_list(arena, texts, count);
}

static bool ask(struct judging *judging, const char *question, bool *agreed,
                struct fault *fault)
{
    return workbench_ask(judging->bench, question, "yes", agreed, fault);
}

static void tell(const struct judging *judging, const char *said,
                 const struct rule_shown *shown, const char *next)
{
    terminal_print(&judging->bench->err, TERMINAL_GREEN, "%s: %s. ", said,
                   shown->rule->name);
    terminal_print(&judging->bench->err, TERMINAL_PLAIN, "%s\n", next);
}

bool rule_action_accept(struct judging *judging, size_t index, struct fault *fault)
{
    struct rule_shown *shown = &judging->rules[index];
    bool agreed = false;
    if (!check_acceptable(judging, shown, fault) ||
        !ask(judging, "Accept this proposal?", &agreed, fault))
        return false;
    if (!agreed)
        return true;
    const struct record_amendment amendment = {
        .rule = shown->rule->name,
        .playbook = shown->rule->file,
        .accepted_ms = judging->figures.now_ms,
        .accepted_by = workbench_who(judging->bench),
        .amend = shown->rule->amend,
        .include = shown->rule->include,
        .evidence = evidence(judging, shown),
    };
    struct transaction *transaction = transaction_new(judging->bench->database);
    rule_put_amendment(transaction, &amendment);
    judging_turn(judging, index, true);
    judging_put(judging, index, 0, transaction);
    if (!transaction_commit(transaction, fault))
        return false;
    tell(judging, "Accepted", shown,
         "It is part of every plan from now on: pipster plan");
    return true;
}

bool rule_action_decline(struct judging *judging, size_t index, struct fault *fault)
{
    struct rule_shown *shown = &judging->rules[index];
    struct rule_past *past = &shown->verdict.past;
    if (shown->amendment != NULL || !past->is_open) {
        fault_set(fault, FAULT_USAGE,
                  "rule \"%s\" proposes nothing that could be declined",
                  shown->rule->name);
        return shown->amendment != NULL
                   ? fault_next(fault, "it is accepted: pipster rules withdraw %s",
                                shown->rule->name)
                   : fault_why(fault, "%s", reason(shown));
    }
    rule_decline(past, judging->figures.now_ms);
    judging_turn(judging, index, false);
    struct transaction *transaction = transaction_new(judging->bench->database);
    judging_put(judging, index, 0, transaction);
    if (!transaction_commit(transaction, fault))
        return false;
    tell(judging, "Declined", shown, "Its times begin anew.");
    return true;
}

static bool commit_withdrawal(struct judging *judging, struct transaction *transaction,
                              const struct record_amendment *amendment,
                              struct fault *fault)
{
    rule_withdraw(transaction, amendment, judging->figures.now_ms,
                  workbench_who(judging->bench));
    return transaction_commit(transaction, fault);
}

bool rule_action_withdraw(struct judging *judging, size_t index, struct fault *fault)
{
    struct rule_shown *shown = &judging->rules[index];
    bool agreed = false;
    if (shown->amendment == NULL) {
        fault_set(fault, FAULT_USAGE, "rule \"%s\" is not accepted", shown->rule->name);
        return fault_next(fault, "pipster rules %s", shown->rule->name);
    }
    if (shown->verdict.fit.truth != RULE_TRUE)
        terminal_print(&judging->bench->err, TERMINAL_YELLOW,
                       "It is not known that disk and load fit without it.\n");
    if (!ask(judging, "Take back what was accepted?", &agreed, fault))
        return false;
    if (!agreed)
        return true;
    judging_turn(judging, index, false);
    struct transaction *transaction = transaction_new(judging->bench->database);
    judging_put(judging, index, 0, transaction);
    if (!commit_withdrawal(judging, transaction, shown->amendment, fault))
        return false;
    tell(judging, "Withdrawn", shown, "The next plan goes without it: pipster plan");
    return true;
}

bool rule_action_forget(struct judging *judging, const struct record_amendment *amendment,
                        struct fault *fault)
{
    const struct rule rule = {.name = amendment->rule};
    const struct rule_shown shown = {.rule = &rule};
    bool agreed = false;
    if (!ask(judging, "Take back what was accepted?", &agreed, fault))
        return false;
    struct transaction *transaction = transaction_new(judging->bench->database);
    if (!agreed) {
        transaction_drop(transaction);
        return true;
    }
    if (!commit_withdrawal(judging, transaction, amendment, fault))
        return false;
    tell(judging, "Withdrawn", &shown, "The next plan goes without it: pipster plan");
    return true;
}
