// SPDX-License-Identifier: MIT
//
// What is read first: a few figures.
#include "view/report.h"

#include <string.h>

#include "engine/share.h"
#include "view/html.h"
#include "view/time_view.h"

static void write_figure(struct text *out, enum report_tone tone, const char *name,
                         const char *figure, const char *more)
{
    html_add(out,
             "<div class=\"figure %s\"><dt>%s</dt><dd>%s<small>%s</small></dd></div>\n",
             report_tone_class(tone), name, figure, more);
}

static void write_cost(struct text *out, const struct report *report)
{
    char cost[MONEY_TEXT_SIZE], share[SHARE_TEXT_SIZE];
    if (report->bill == NULL) {
        write_figure(out, REPORT_WARN, "Cost", "not known", "see Cost by phase");
        return;
    }
    const struct plan_revenue *revenue = &report->plan->revenue;
    const char *more = "a month, net";
    if (!report->bill->is_known)
        more = "a month, net; something is not priced";
    else if (revenue->is_known)
        more = arena_format(report->arena, "a month, net; %s of revenue",
                            share_format(report->bill->before, revenue->monthly, share));
    write_figure(out, report->bill->is_known ? REPORT_PLAIN : REPORT_WARN, "Cost",
                 arena_format(report->arena, "%s%s",
                              report->bill->is_known ? "" : "at least ",
                              money_format(report->bill->before, cost)),
                 more);
}

static void write_revenue(struct text *out, const struct report *report)
{
    const struct plan_revenue *revenue =
        report->plan != NULL ? &report->plan->revenue : NULL;
    char amount[MONEY_TEXT_SIZE];
    if (revenue == NULL || !revenue->is_told)
        return;
    if (!revenue->is_known) {
        write_figure(out, REPORT_WARN, "Revenue", "not known",
                     revenue->unknown != NULL ? revenue->unknown : "");
        return;
    }
    const char *more =
        revenue->customers < 0
            ? "a month, cautious"
            : arena_format(report->arena, "a month, cautious; %lld customer%s",
                           (long long) revenue->customers,
                           revenue->customers == 1 ? "" : "s");
    write_figure(out, REPORT_PLAIN, "Revenue", money_format(revenue->monthly, amount),
                 more);
}

static void write_things(struct text *out, const struct report *report)
{
    size_t hosts = 0;
    for (size_t i = 0; i < report->recorded->count; i++)
        hosts += strcmp(report->recorded->rows[i].type, "host") == 0;
    write_figure(out, REPORT_PLAIN, "Things",
                 arena_format(report->arena, "%zu", report->recorded->count),
                 arena_format(report->arena, "on and around %zu host%s", hosts,
                              hosts == 1 ? "" : "s"));
}

static void write_last_run(struct text *out, const struct report *report)
{
    char ago[TIME_VIEW_SIZE];
    if (report->run_count == 0) {
        write_figure(out, REPORT_PLAIN, "Last run", "none", "nothing was run yet");
        return;
    }
    const struct record_run *run = &report->runs[0];
    enum report_tone tone = strcmp(run->outcome, "done") == 0      ? REPORT_FINE
                            : strcmp(run->outcome, "running") == 0 ? REPORT_PLAIN
                                                                   : REPORT_BAD;
    write_figure(out, tone, "Last run", run->outcome,
                 time_view_ago(run->begun_at_ms, report->now_ms, ago));
}

static void write_drift(struct text *out, const struct report *report)
{
    const struct drift *drift = report->drift;
    if (drift == NULL)
        write_figure(out, REPORT_WARN, "Drift", "not known", "see Drift");
    else if (drift->item_count == 0 && drift->gap_count == 0)
        write_figure(out, REPORT_FINE, "Drift", "none", "all is as it was left");
    else if (drift->item_count == 0)
        write_figure(
            out, REPORT_WARN, "Drift", "not known",
            arena_format(report->arena, "%zu could not be seen", drift->gap_count));
    else
        write_figure(out, REPORT_BAD, "Drift",
                     arena_format(report->arena, "%zu", drift->item_count),
                     drift->gap_count > 0 ? "changed outside; not all could be seen"
                                          : "changed outside");
}

// The first row of the checks counts them.
static void write_checks(struct text *out, const struct report *report)
{
    for (size_t i = 0; i < report->notice_count; i++) {
        const struct report_notice *notice = &report->notices[i];
        if (strcmp(notice->part, "checks") != 0)
            continue;
        long long passed = value_find_integer(notice->data, "passed", 0);
        long long all = passed + value_find_integer(notice->data, "failed", 0);
        write_figure(out, notice->tone, "Checks",
                     arena_format(report->arena, "%lld of %lld", passed, all),
                     "passed, when last asked");
        return;
    }
}

void report_summary_write(struct text *out, const struct report *report)
{
    text_add(out, "<dl class=\"figures\">\n");
    write_cost(out, report);
    write_revenue(out, report);
    write_things(out, report);
    write_last_run(out, report);
    write_checks(out, report);
    write_drift(out, report);
    text_add(out, "</dl>\n");
}
