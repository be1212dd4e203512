// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include "base/calendar.h"
#include "command/command.h"
#include "command/future.h"
#include "engine/forecast_read.h"

#define MONTHS      24
#define MOST_MONTHS 240

// A month after the other, each grown from the one before; nobody is half a customer.
static void grow(struct future *future, int64_t percent, size_t months,
                 struct forecast_input *input)
{
    struct arena *arena = &future->bench.arena;
    struct forecast_point *points = arena_alloc(arena, (months + 1) * sizeof *points);
    int64_t *ends = arena_alloc(arena, (months + 1) * sizeof *ends);
    struct calendar_date begin = calendar_date_of(future->now_ms);
    struct rule_figure figures[] = {future->revenue, future->revenue, future->customers};
    int64_t customers = future->customers.value;
    figures[1].name = "gross";
    for (size_t i = 0; i <= months; i++) {
        for (size_t k = 0; k < 3; k++)
            figures[k].lowest = figures[k].highest = figures[k].value;
        points[i] = future_point(future, calendar_ms(calendar_add_months(begin, (int) i)),
                                 figures, 3);
        ends[i] = calendar_ms(calendar_add_months(begin, (int) i + 1));
        figures[0].value = forecast_read_grown(figures[0].value, percent);
        figures[1].value = figures[0].value;
        customers = forecast_read_grown(customers, percent);
        figures[2].value = customers / MONEY_UNIT * MONEY_UNIT;
    }
    input->points = points;
    input->point_count = input->row_count = months + 1;
    input->ends = ends;
}

static bool read_months(const struct options *options, size_t *months)
{
    *months = MONTHS;
    if (options->months == NULL)
        return true;
    char *end;
    long number = strtol(options->months, &end, 10);
    *months = (size_t) number;
    return *end == '\0' && number >= 1 && number <= MOST_MONTHS;
}

static bool check_asked(const struct options *options, size_t *months, int64_t *percent,
                        struct fault *fault)
{
    if (options->growth == NULL) {
        fault_set(fault, FAULT_USAGE, "pipster forecast wants to know how it grows");
        return fault_next(fault, "pipster forecast --growth 12%%/month --months 24");
    }
    if (options->word_count > 1)
        return fault_set(fault, FAULT_USAGE, "pipster forecast takes one playbook");
    if (!read_months(options, months)) {
        fault_set(fault, FAULT_USAGE, "a forecast is of 1 to %d months, not of \"%s\"",
                  MOST_MONTHS, options->months);
        return fault_next(fault, "--months 24");
    }
    return forecast_read_growth(options->growth, percent, fault);
}

static bool begins_with_something(const struct future *future, struct fault *fault)
{
    if (future->revenue.is_known)
        return true;
    fault_set(fault, FAULT_ERROR, "what comes in a month is not known");
    return fault_next(fault, "say it: --mrr 640 --customers 52; or "
                             "pipster revenue set 640 --customers 52");
}

static int run(const struct options *options, struct fault *fault)
{
    struct future future;
    struct forecast_input input = {0};
    int64_t percent = 0;
    bool shown = false;
    size_t months = 0;
    if (!check_asked(options, &months, &percent, fault))
        return 0;
    const char *playbook = options->word_count > 0 ? options->words[0] : NULL;
    if (future_open(&future, options, playbook, fault) &&
        future_take_revenue(&future, fault) && begins_with_something(&future, fault) &&
        future_take_pasts(&future, &input, fault)) {
        char text[MONEY_TEXT_SIZE];
        grow(&future, percent, months, &input);
        const char *title =
            arena_format(&future.bench.arena, "%s, growing %s%% a month", future.begin,
                         money_format_exact((struct money){percent, ""}, text));
        shown = future_show(&future, &input, title, fault);
    }
    future_close(&future);
    return shown ? 0 : 1;
}

const struct command cmd_forecast = {
    .name = "forecast",
    .summary = "what rules would do and what all would cost, if revenue grows so",
    .usage =
        "pipster forecast [PLAYBOOK] --growth PERCENT%/month [--months N]\n"
        "                 [--mrr AMOUNT] [--customers N] [--assume NAME=VALUE …]\n"
        "                 [--svg FILE] [--json]\n"
        "\n"
        "Judges the rules of the playbook day by day, with revenue and customers that\n"
        "grow from month to month. Whatever they propose counts as accepted on its day.\n"
        "Changes nothing and stores nothing.\n"
        "\n"
        "  --growth P%/month    compound; also negative: --growth=-3%/month\n"
        "  --months N           how far; 24 if it is not said\n"
        "  --mrr AMOUNT         begin with that; else with the newest reading\n"
        "  --customers N        the same of the customers\n"
        "  --currency CODE      of an amount without one; else that of the readings\n"
        "  --assume NAME=VALUE  a figure or an answer that nobody knows: cpu=85%,\n"
        "                       soc2=yes\n"
        "  --state FILE         by an exported state, which is only read\n"
        "  --svg FILE           the same as a plot\n",
    .reads_export = true,
    .run = run,
};
