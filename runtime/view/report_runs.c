// SPDX-License-Identifier: MIT
//
// The last runs along a line of time, newest first.
#include "view/report.h"

#include <string.h>

#include "base/clock.h"
#include "view/html.h"
#include "view/time_view.h"

#define SHOWN 20

static enum report_tone tone_of(const struct record_run *run)
{
    if (strcmp(run->outcome, "done") == 0)
        return REPORT_FINE;
    return strcmp(run->outcome, "running") == 0 ? REPORT_PLAIN : REPORT_BAD;
}

static void write_count(struct text *out, const struct record_run *run, const char *key,
                        const char *words, const char **joint)
{
    int64_t count = value_find_integer(run->summary, key, 0);
    if (count == 0)
        return;
    html_add(out, "%s%lld %s", *joint, (long long) count, words);
    *joint = ", ";
}

// "23.6 EUR" as people read it.
static bool read_cost(const char *text, char shown[MONEY_TEXT_SIZE])
{
    struct money cost;
    struct fault ignored = {0};
    if (text == NULL || !money_parse_budget(text, &cost, &ignored))
        return false;
    money_format(cost, shown);
    return true;
}

static void write_cost(struct text *out, const struct record_run *run, const char *joint)
{
    char before[MONEY_TEXT_SIZE], after[MONEY_TEXT_SIZE];
    if (!read_cost(run->cost_after, after))
        return;
    if (read_cost(run->cost_before, before) && strcmp(before, after) != 0)
        html_add(out, "%s%s → %s a month", joint, before, after);
    else
        html_add(out, "%s%s a month", joint, after);
}

static void write_run(struct text *out, const struct record_run *run)
{
    char when[TIME_VIEW_SIZE], exact[CLOCK_TEXT_SIZE], span[TIME_VIEW_SIZE];
    const char *joint = "";
    html_add(out,
             "<li class=\"%s\"><time datetime=\"%s\">%s</time> <b>%s</b> %s"
             "<small>run %lld",
             report_tone_class(tone_of(run)), clock_format(run->begun_at_ms, exact),
             time_view_local(run->begun_at_ms, when), run->outcome, run->verb,
             (long long) run->id);
    if (run->playbook != NULL)
        html_add(out, " of <code>%s</code>", run->playbook);
    if (run->who != NULL)
        html_add(out, " by %s", run->who);
    if (run->ended_at_ms > 0)
        html_add(out, ", %s", time_view_span(run->ended_at_ms - run->begun_at_ms, span));
    text_add(out, "</small><small>");
    write_count(out, run, "done", "done", &joint);
    write_count(out, run, "failed", "failed", &joint);
    write_count(out, run, "skipped", "skipped", &joint);
    write_count(out, run, "checks_passed", "checks passed", &joint);
    write_count(out, run, "checks_failed", "checks failed", &joint);
    write_cost(out, run, joint);
    text_add(out, "</small></li>\n");
}

void report_runs_write(struct text *out, const struct report *report)
{
    if (report->run_count == 0) {
        text_add(out, "<p>Nothing was run yet: <code>pipster run PLAYBOOK</code>.</p>\n");
        return;
    }
    text_add(out, "<ol class=\"runs\">\n");
    for (size_t i = 0; i < report->run_count && i < SHOWN; i++)
        write_run(out, &report->runs[i]);
    text_add(out, "</ol>\n");
    if (report->run_count > SHOWN)
        html_add(out, "<p>The last %d; all: <code>pipster history</code>.</p>\n", SHOWN);
}
