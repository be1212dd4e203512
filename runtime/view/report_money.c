// SPDX-License-Identifier: MIT
//
// Cost against revenue, month by month: what the last whole run of each month was to
// cost, beside the last accepted reading that is of that month. A month without one has a
// gap.
#include "view/report.h"

#include <string.h>

#include "base/calendar.h"
#include "engine/share.h"
#include "view/html.h"
#include "view/plot.h"
#include "view/report_marks.h"

#define MOST_MONTHS 24

struct months {
    const struct report *report;
    const char *labels[MOST_MONTHS];
    int64_t ends_ms[MOST_MONTHS]; // the first millisecond behind each
    int64_t cost[MOST_MONTHS], revenue[MOST_MONTHS], share[MOST_MONTHS];
    size_t count;
    bool any_revenue;
    // One that came in another currency, and one for which there is no rate; or NULL.
    const struct record_revenue *converted, *unconverted;
};

static struct calendar_date month_of(int64_t unix_ms)
{
    struct calendar_date date = calendar_date_of(unix_ms);
    date.day = 1;
    return date;
}

static int64_t first_ms(const struct report *report)
{
    int64_t first = report->now_ms;
    for (size_t i = 0; i < report->run_count; i++)
        if (report->runs[i].cost_after != NULL && report->runs[i].begun_at_ms < first)
            first = report->runs[i].begun_at_ms;
    for (size_t i = 0; i < report->revenues.count; i++)
        if (report->revenues.rows[i].as_of_ms < first)
            first = report->revenues.rows[i].as_of_ms;
    return first;
}

static void lay_months(struct months *months)
{
    const struct report *report = months->report;
    char text[CALENDAR_TEXT_SIZE];
    struct calendar_date last = month_of(report->now_ms);
    int count = calendar_months_between(month_of(first_ms(report)), last) + 1;
    months->count = (size_t) (count < MOST_MONTHS ? count : MOST_MONTHS);
    for (size_t i = 0; i < months->count; i++) {
        int back = (int) (months->count - 1 - i);
        struct calendar_date month = calendar_add_months(last, -back);
        months->labels[i] = arena_text(report->arena, calendar_format_month(month, text));
        months->ends_ms[i] = calendar_ms(calendar_add_months(month, 1));
        months->cost[i] = months->revenue[i] = months->share[i] = PLOT_UNKNOWN;
    }
}

// The newest run that was carried out whole stands until the next one.
static int64_t cost_at(const struct report *report, int64_t end_ms)
{
    struct fault ignored = {0};
    struct money cost;
    for (size_t i = 0; i < report->run_count; i++) {
        const struct record_run *run = &report->runs[i];
        if (run->begun_at_ms >= end_ms || run->cost_after == NULL ||
            strcmp(run->outcome, "done") != 0)
            continue;
        if (!money_parse_budget(run->cost_after, &cost, &ignored) ||
            !cost_convert(report->engine, cost, report->engine->currency, &cost))
            return PLOT_UNKNOWN;
        return cost.units;
    }
    return PLOT_UNKNOWN;
}

static void take_revenue(struct months *months, const struct record_revenue *revenue)
{
    const struct engine *engine = months->report->engine;
    struct money amount;
    size_t at = 0;
    while (at < months->count && months->ends_ms[at] <= revenue->as_of_ms)
        at++;
    bool is_of_it = at > 0 ? revenue->as_of_ms >= months->ends_ms[at - 1] : true;
    if (!revenue->accepted || at == months->count || !is_of_it)
        return;
    if (!cost_convert(engine, revenue->cautious, engine->currency, &amount)) {
        months->unconverted = revenue;
        return;
    }
    months->revenue[at] = amount.units;
    months->any_revenue = true;
    if (*revenue->cautious.currency != '\0' &&
        strcmp(revenue->cautious.currency, engine->currency) != 0)
        months->converted = revenue;
}

static void fill(struct months *months)
{
    const struct report *report = months->report;
    for (size_t i = 0; i < months->count; i++)
        months->cost[i] = cost_at(report, months->ends_ms[i]);
    // Oldest first: the last of a month stays.
    for (size_t i = 0; i < report->revenues.count; i++)
        take_revenue(months, &report->revenues.rows[i]);
    for (size_t i = 0; i < months->count; i++) {
        struct money cost = {.units = months->cost[i]};
        if (months->cost[i] != PLOT_UNKNOWN && months->revenue[i] > 0)
            months->share[i] =
                money_scale(cost, 100 * MONEY_UNIT, months->revenue[i]).units;
    }
}

static const char *sign_of(const char *currency)
{
    return strcmp(currency, "EUR") == 0   ? "€"
           : strcmp(currency, "USD") == 0 ? "$"
                                          : currency;
}

static void draw(struct text *out, const struct months *months)
{
    const char *unit = sign_of(months->report->engine->currency);
    const struct plot_line lines[] = {{"cost", months->cost},
                                      {"revenue", months->revenue}};
    const struct plot_line shares[] = {{"cost of revenue", months->share}};
    const struct plot_panel panels[] = {
        {"A month", unit, lines, months->any_revenue ? 2 : 1},
        {"Cost, as a share of revenue", "%", shares, 1},
    };
    struct plot_mark marks[PLOT_MARKS];
    const struct plot plot = {
        .id = "money-plot",
        .title = arena_format(months->report->arena, "%s to %s", months->labels[0],
                              months->labels[months->count - 1]),
        .description = "The figures are in the table below.",
        .labels = months->labels,
        .count = months->count,
        .panels = panels,
        .panel_count = months->any_revenue ? 2 : 1,
        .marks = marks,
        .mark_count =
            report_marks_list(months->report, months->ends_ms, months->count, marks),
    };
    text_add(out, "<div class=\"scroll\">\n");
    plot_write(out, &plot);
    text_add(out, "</div>\n");
}

static void write_cell(struct text *out, const struct months *months, int64_t units)
{
    char text[MONEY_TEXT_SIZE];
    struct money amount = money_zero(months->report->engine->currency);
    amount.units = units;
    html_add(out, "<td class=\"amount\">%s</td>",
             units != PLOT_UNKNOWN ? money_format(amount, text) : "not known");
}

static void write_table(struct text *out, const struct months *months)
{
    char text[SHARE_TEXT_SIZE];
    text_add(out,
             "<table>\n<thead><tr><th scope=\"col\">Month</th>"
             "<th scope=\"col\" class=\"amount\">cost</th>"
             "<th scope=\"col\" class=\"amount\">revenue</th>"
             "<th scope=\"col\" class=\"amount\">share</th></tr></thead>\n<tbody>\n");
    for (size_t i = months->count; i-- > 0;) {
        struct money cost = {.units = months->cost[i]};
        struct money revenue = {.units = months->revenue[i]};
        html_add(out, "<tr><td>%s</td>", months->labels[i]);
        write_cell(out, months, cost.units);
        write_cell(out, months, revenue.units);
        html_add(out, "<td class=\"amount\">%s</td></tr>\n",
                 months->share[i] != PLOT_UNKNOWN ? share_format(cost, revenue, text)
                                                  : "");
    }
    text_add(out, "</tbody>\n</table>\n");
}

// What was converted is told with the rate and its date.
static void write_rate(struct text *out, const struct months *months)
{
    const struct engine *engine = months->report->engine;
    char text[MONEY_TEXT_SIZE];
    if (months->converted == NULL)
        return;
    const char *other = months->converted->cautious.currency;
    for (size_t i = 0; i < engine->rate_count; i++) {
        const struct engine_rate *rate = &engine->rates[i];
        bool there =
            strcmp(rate->from, engine->currency) == 0 && strcmp(rate->to, other) == 0;
        bool back =
            strcmp(rate->from, other) == 0 && strcmp(rate->to, engine->currency) == 0;
        if (!there && !back)
            continue;
        struct money one = {rate->rate, ""};
        html_add(out, "<p>Revenue in %s, all of it at 1 %s = %s %s%s%s.</p>\n", other,
                 rate->from, money_format_exact(one, text), rate->to,
                 *rate->date != '\0' ? " of " : ", a rate without a date", rate->date);
        return;
    }
}

void report_money_write(struct text *out, const struct report *report)
{
    struct months months = {.report = report};
    size_t costs = 0;
    lay_months(&months);
    fill(&months);
    for (size_t i = 0; i < months.count; i++)
        costs += months.cost[i] != PLOT_UNKNOWN;
    if (costs == 0 && !months.any_revenue && months.unconverted == NULL) {
        text_add(out, "<p>Nothing to compare yet: no run was carried out whole with a "
                      "price, and no revenue is recorded.</p>\n");
        return;
    }
    if (months.unconverted != NULL)
        html_add(
            out,
            "<p class=\"warn\">There is no exchange rate from %s, which revenue comes "
            "in, to %s: <code>exchange</code> in pipster.lua.</p>\n",
            months.unconverted->cautious.currency, report->engine->currency);
    else if (!months.any_revenue)
        text_add(out, "<p>No revenue is recorded and accepted: <code>pipster revenue"
                      "</code> tells why, and reads it.</p>\n");
    if (months.count > 1)
        draw(out, &months);
    write_table(out, &months);
    write_rate(out, &months);
}
