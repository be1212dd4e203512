// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/clock.h"
#include "command/cash.h"
#include "command/command.h"
#include "command/cost_book.h"
#include "command/cost_set.h"
#include "command/planning.h"
#include "command/revenue_reading.h"
#include "engine/declared_cost.h"
#include "engine/share.h"
#include "view/cost_view.h"
#include "view/json_view.h"
#include "view/runway_view.h"

static bool read_by(const char *word, enum bill_by *by, struct fault *fault)
{
    static const char *const words[] = {"phase", "type", "tag", "host"};
    *by = BILL_BY_NOTHING;
    for (size_t i = 0; word != NULL && i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i]) == 0)
            *by = (enum bill_by)(BILL_BY_PHASE + i);
    if (word == NULL || *by != BILL_BY_NOTHING)
        return true;
    fault_set(fault, FAULT_USAGE, "costs cannot be told by \"%s\"", word);
    return fault_next(fault, "--by phase, type, tag or host");
}

// All in another currency than the project's; *rate says how much it is worth.
static bool take_currency(struct workbench *bench, const char **rate, struct fault *fault)
{
    const char *asked = bench->options->currency, *own = bench->project.currency;
    if (asked == NULL || strcmp(asked, own) == 0)
        return true;
    for (size_t i = 0; i < bench->project.rate_count; i++) {
        const struct engine_rate *known = &bench->project.rates[i];
        if (strcmp(known->from, own) != 0 || strcmp(known->to, asked) != 0)
            continue;
        char text[MONEY_TEXT_SIZE];
        struct money one = {known->rate, ""};
        *rate = arena_format(&bench->arena, "1 %s = %s %s%s%s", own,
                             money_format_exact(one, text), asked,
                             *known->date != '\0' ? " of " : "", known->date);
        bench->engine.currency = asked;
        return true;
    }
    fault_set(fault, FAULT_USAGE, "there is no exchange rate from %s to \"%s\"", own,
              asked);
    fault_why(fault, "rates are told by the project, with their date");
    return fault_next(fault,
                      "in pipster.lua: exchange = { date = \"…\", %s_%s = \"…\" }, or "
                      "{ file = \"eurofxref.csv\" }",
                      own, asked);
}

// Below the sum: each customer's part of it, and how long the cash lasts. Of a sum that
// is too small for want of a price nothing is told.
static bool tell_basis(struct workbench *bench, const struct plan *plan,
                       const struct bill *bill, struct fault *fault)
{
    struct money cash;
    struct runway runway;
    int64_t as_of_ms;
    bool told;
    if (!cash_read(&bench->project, &told, &cash, &as_of_ms, fault))
        return false;
    if (!bill->is_known)
        return true;
    told = told &&
           runway_find(&bench->engine, &plan->revenue, bill->after, cash, &runway);
    if (told)
        runway.as_of_ms = as_of_ms;
    const struct runway_shown shown = {.cost = bill->after,
                                       .revenue = &plan->revenue,
                                       .runway = told ? &runway : NULL,
                                       .now_ms = clock_now_ms()};
    if (bench->options->json)
        runway_view_json(stdout, &shown);
    else
        runway_view_print(&bench->out, &shown);
    return true;
}

static bool tell(struct workbench *bench, const struct plan *plan,
                 const struct cost_shown *shown, struct fault *fault)
{
    if (bench->options->json)
        cost_view_json(stdout, shown);
    else
        cost_view_print(&bench->out, shown);
    return tell_basis(bench, plan, shown->bill, fault) && plan_is_whole(plan, fault);
}

// What --revenue says comes in a month, instead of what was read.
static bool take_revenue(struct workbench *bench, struct fault *fault)
{
    const char *text = bench->options->revenue;
    struct engine_revenue *revenue = arena_alloc(&bench->arena, sizeof *revenue);
    if (text == NULL)
        return true;
    *revenue = (struct engine_revenue){.is_told = true,
                                       .is_known = true,
                                       .customers = -1,
                                       .source = "--revenue"};
    bench->engine.revenue = revenue;
    struct fault ignored = {0};
    bool is_read =
        money_parse(text, bench->project.currency, &revenue->monthly, &ignored) ||
        money_parse_budget(text, &revenue->monthly, &ignored);
    if (is_read && revenue->monthly.units >= 0)
        return true;
    fault_set(fault, FAULT_USAGE, "--revenue wants what comes in a month, not \"%s\"",
              text);
    return fault_next(fault, "--revenue 640, --revenue '$640' or --revenue '640 USD'");
}

// The prices of a book hold for what is declared; the world has others.
static bool price_declared(struct workbench *bench, struct plan **plan,
                           struct fault *fault)
{
    if (!workbench_evaluate(bench, fault) || !revenue_reading_tell(bench, fault) ||
        !declared_cost_plan(&bench->engine, &bench->wanted, plan, fault))
        return false;
    share_take(&bench->engine, *plan);
    return true;
}

// The vendor does not answer: its list of another day says what is declared. What was
// wrong is told.
static bool price_offline(struct workbench *bench, struct cost_shown *shown,
                          struct plan **plan, struct fault *fault)
{
    struct fault unreached = *fault, none;
    if (!cost_book_cached(bench, &shown->prices, &none))
        return false;
    fault_clear(fault);
    if (!price_declared(bench, plan, fault))
        return false;
    terminal_print(&bench->err, TERMINAL_YELLOW,
                   "%s: only what is declared is priced, not what is there.\n",
                   unreached.what);
    return true;
}

// What a guard forbids has its price all the same.
static bool count(struct workbench *bench, struct cost_shown *shown, struct plan **plan,
                  struct fault *fault)
{
    const struct engine_options asked = {.leave_unreached = true};
    if (bench->options->at != NULL)
        return price_declared(bench, plan, fault);
    if (planning_make(bench, &asked, plan, fault))
        return true;
    if (*plan == NULL && fault->kind == FAULT_UNREACHABLE)
        return price_offline(bench, shown, plan, fault);
    if (*plan == NULL || fault->kind != FAULT_BLOCKED)
        return false;
    *fault = (struct fault){0};
    return true;
}

static bool open_prices(struct workbench *bench, struct cost_shown *shown,
                        struct fault *fault)
{
    const char *at = bench->options->at;
    if (at == NULL)
        return true;
    if (strcmp(at, COST_BOOK_CACHED) == 0)
        return cost_book_cached(bench, &shown->prices, fault);
    if (bench->options->hours > 0)
        return fault_set(fault, FAULT_USAGE, "a price book has no prices by the hour");
    return cost_book_open(bench, &shown->prices, fault);
}

// What was made for another price; by the hour no such price is kept.
static bool look_at_paid(struct workbench *bench, struct plan *plan,
                         struct cost_shown *shown, struct fault *fault)
{
    return shown->hours > 0 ||
           paid_look(&bench->engine, plan, &shown->paid, fault);
}

// How it is to be told, and at which prices.
static bool prepare(struct workbench *bench, struct cost_shown *shown,
                    struct fault *fault)
{
    const struct options *options = bench->options;
    return read_by(options->by, &shown->by, fault) &&
           open_prices(bench, shown, fault) &&
           take_revenue(bench, fault) && take_currency(bench, &shown->rate, fault);
}

static bool show(struct workbench *bench, struct fault *fault)
{
    struct bill bill;
    struct cost_shown shown = {
        .bill = &bill, .diff = bench->options->diff, .hours = bench->options->hours};
    struct plan *plan = NULL;
    bool done = prepare(bench, &shown, fault) && count(bench, &shown, &plan, fault) &&
                look_at_paid(bench, plan, &shown, fault);
    if (done) {
        bill_make(&bench->engine, plan, shown.by, &bill);
        shown.vat = bench->project.vat;
        shown.stale = cost_stale(&bench->engine, plan);
        shown.revenue = &plan->revenue;
        done = tell(bench, plan, &shown, fault);
    }
    plan_free(plan);
    return done;
}

static int run(const struct options *options, struct fault *fault)
{
    struct workbench bench;
    bool sets = cost_set_is_asked(options);
    if (options->json)
        json_view_version(stdout);
    if (workbench_open(&bench, options, sets ? WORKBENCH_WRITE : WORKBENCH_READ, fault) &&
        (sets ? cost_set(&bench, fault) : show(&bench, fault)))
        workbench_print_timing(&bench);
    workbench_close(&bench);
    return 0;
}

const struct command cmd_cost = {
    .name = "cost",
    .summary = "what each thing costs a month, and what a run would change in that",
    .usage =
        "pipster cost [PLAYBOOK] [--diff] [--by phase|type|tag|host]\n"
        "             [--at BOOK] [--currency CODE] [--revenue AMOUNT]\n"
        "             [--var NAME=VALUE …] [--json]\n"
        "pipster cost set ADDRESS \"4.15 €\" | unset ADDRESS\n"
        "\n"
        "Net, as the playbook wants it; without a playbook: the one last run. What is\n"
        "recorded and not declared any more is in it until it is destroyed.\n"
        "\n"
        "A thing may be paid at the price at which it was made: where that is kept and\n"
        "is not that of today's list, both are told. `set` says what is really paid.\n"
        "\n"
        "  --diff           what it costs now beside that, where they differ\n"
        "  --by KIND        in groups, each with its sum; a thing with two tags stands\n"
        "                   under both, and counts once in the total\n"
        "  --at BOOK        only what is declared, at the prices of a book: roadmap,\n"
        "                   roadmap-phases, roadmap-timeline (the roadmap's figures),\n"
        "                   hetzner (the newest that is shipped), services, 2026-06 or\n"
        "                   2026-06-15 (what was asked then); or cached: the vendor's\n"
        "                   list as it was last read, as where it does not answer\n"
        "  --hours N        for so many hours, never more than the month; what is not\n"
        "                   billed by the hour counts whole\n"
        "  --currency CODE  at the rate and date of `exchange` in pipster.lua\n"
        "  --revenue AMOUNT 640 or \"$1000\": what the costs would be a share of\n",
    .reads_export = true,
    .run = run,
};
