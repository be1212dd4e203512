// SPDX-License-Identifier: MIT
//
// The status of what was run: cost, the last run, what is open or owed, checks.
#include "command/status.h"

#include <string.h>

#include "base/clock.h"
#include "value/money.h"
#include "view/time_view.h"

bool status_runs_cost(struct status *status, struct fault *fault)
{
    char shown[MONEY_TEXT_SIZE], exact[MONEY_TEXT_SIZE];
    struct money cost;
    size_t at = 0;
    while (at < status->run_count && status->runs[at].cost_after == NULL)
        at++;
    if (at == status->run_count)
        return true;
    const struct record_run *run = &status->runs[at];
    if (!money_parse_budget(run->cost_after, &cost, fault))
        return fault_while(fault, "reading the cost of run %lld", (long long) run->id);
    const struct value_entry entries[] = {
        {"monthly", value_text(status->arena, money_format_exact(cost, exact))},
        {"currency", value_text(status->arena, cost.currency)},
        {"run", value_integer(status->arena, run->id)},
        {"whole", value_bool(strcmp(run->outcome, "done") == 0)},
    };
    bool whole = strcmp(run->outcome, "done") == 0;
    status_say(status, "cost", STATUS_PLAIN, value_map(status->arena, entries, 4),
               whole ? "%s/month since run %lld"
                     : "%s/month as run %lld was planned; it was not carried out whole",
               money_format(cost, shown), (long long) run->id);
    return true;
}

static enum status_tone tone_of(const char *outcome)
{
    if (strcmp(outcome, "done") == 0)
        return STATUS_FINE;
    return strcmp(outcome, "running") == 0 ? STATUS_PLAIN : STATUS_BAD;
}

bool status_runs_last_run(struct status *status, struct fault *fault)
{
    char ago[TIME_VIEW_SIZE], when[CLOCK_TEXT_SIZE];
    (void) fault;
    if (status->run_count == 0) {
        status_say(status, "run", STATUS_PLAIN, NULL, "nothing was run yet");
        return true;
    }
    const struct record_run *run = &status->runs[0];
    const char *of =
        run->playbook != NULL ? arena_format(status->arena, " of %s", run->playbook) : "";
    const char *who =
        run->who != NULL ? arena_format(status->arena, " by %s", run->who) : "";
    const struct value_entry entries[] = {
        {"run", value_integer(status->arena, run->id)},
        {"verb", value_text(status->arena, run->verb)},
        {"playbook",
         run->playbook != NULL ? value_text(status->arena, run->playbook) : NULL},
        {"who", run->who != NULL ? value_text(status->arena, run->who) : NULL},
        {"outcome", value_text(status->arena, run->outcome)},
        {"begun_at", value_text(status->arena, clock_format(run->begun_at_ms, when))},
    };
    status_say(status, "run", tone_of(run->outcome), value_map(status->arena, entries, 6),
               "%lld, %s%s: %s, %s%s", (long long) run->id, run->verb, of, run->outcome,
               time_view_ago(run->begun_at_ms, status->now_ms, ago), who);
    return true;
}

static void say_handler(struct status *status, const struct record_handler *handler)
{
    const struct value_entry entries[] = {
        {"host", value_text(status->arena, handler->host)},
        {"name", value_text(status->arena, handler->name)},
        {"cause", value_text(status->arena, handler->cause)},
        {"run", value_integer(status->arena, handler->run)},
    };
    status_say(status, "owed", STATUS_WARN, value_map(status->arena, entries, 4),
               "%s on %s, because of %s (run %lld)", handler->name, handler->host,
               handler->cause, (long long) handler->run);
}

bool status_runs_open(struct status *status, struct fault *fault)
{
    (void) fault;
    for (size_t i = 0; i < status->open.step_count; i++) {
        const struct record_step *step = &status->open.steps[i];
        const struct value_entry entries[] = {
            {"address", value_text(status->arena, step->address)},
            {"action", value_text(status->arena, step->action)},
            {"run", value_integer(status->arena, step->run)},
        };
        status_say(status, "open", STATUS_BAD, value_map(status->arena, entries, 3),
                   "%s of %s: its outcome is not known (run %lld); the next run asks",
                   step->action, step->address, (long long) step->run);
    }
    for (size_t i = 0; i < status->open.handler_count; i++)
        say_handler(status, &status->open.handlers[i]);
    return true;
}

static void say_check(struct status *status, const struct value *check, const char *words,
                      enum status_tone tone)
{
    const char *address = value_find_text(check, "address", "");
    const struct value_entry entries[] = {
        {"address", value_text(status->arena, address)},
        {tone == STATUS_BAD ? "failure" : "warning", value_text(status->arena, words)},
    };
    status_say(status, "checks", tone, value_map(status->arena, entries, 2), "%s: %s",
               address, words);
}

static void say_telling(struct status *status, const struct value *check)
{
    const struct value *warnings = value_find(check, "warnings");
    size_t count =
        warnings != NULL && warnings->kind == VALUE_LIST ? warnings->list.count : 0;
    if (!value_find_bool(check, "passed", false))
        say_check(status, check, value_find_text(check, "failure", "failed"), STATUS_BAD);
    for (size_t i = 0; i < count; i++)
        if (warnings->list.items[i]->kind == VALUE_STRING)
            say_check(status, check, warnings->list.items[i]->string.bytes, STATUS_WARN);
}

bool status_runs_checks(struct status *status, struct fault *fault)
{
    char ago[TIME_VIEW_SIZE];
    size_t at = 0;
    (void) fault;
    while (at < status->run_count &&
           value_find(status->runs[at].summary, "checks") == NULL)
        at++;
    if (at == status->run_count)
        return true;
    const struct record_run *run = &status->runs[at];
    const struct value *checks = value_find(run->summary, "checks");
    int64_t passed = value_find_integer(run->summary, "checks_passed", 0);
    int64_t failed = value_find_integer(run->summary, "checks_failed", 0);
    int64_t all = passed + failed;
    const struct value_entry entries[] = {
        {"passed", value_integer(status->arena, passed)},
        {"failed", value_integer(status->arena, failed)},
        {"run", value_integer(status->arena, run->id)},
    };
    status_say(status, "checks", failed > 0 ? STATUS_BAD : STATUS_FINE,
               value_map(status->arena, entries, 3),
               "%lld of %lld passed in run %lld, %s", (long long) passed, (long long) all,
               (long long) run->id, time_view_ago(run->begun_at_ms, status->now_ms, ago));
    for (size_t i = 0; checks->kind == VALUE_LIST && i < checks->list.count; i++)
        say_telling(status, checks->list.items[i]);
    return true;
}
