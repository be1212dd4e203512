// SPDX-License-Identifier: MIT
//
// Which secrets there are, how old, and when they are due: never what they are.
#include "view/report.h"

#include "base/calendar.h"
#include "base/duration.h"
#include "view/html.h"

// 0: nobody says that it is to be rotated.
static int64_t period_of(const struct record *record)
{
    struct fault ignored = {0};
    int64_t period = 0;
    const char *every =
        record != NULL ? value_find_text(record->wanted, "rotate_every", NULL) : NULL;
    return every != NULL && duration_parse(every, &period, &ignored) ? period : 0;
}

static void write_due(struct text *out, const struct report *report, int64_t made_ms,
                      int64_t period_ms)
{
    char day[CALENDAR_TEXT_SIZE];
    if (period_ms == 0) {
        text_add(out, "<td>no time is set</td>");
        return;
    }
    int64_t due_ms = made_ms + period_ms;
    bool is_due = due_ms < report->now_ms;
    html_add(out, "<td class=\"%s\">%s%s</td>",
             report_tone_class(is_due ? REPORT_WARN : REPORT_FINE),
             is_due ? "overdue since " : "",
             calendar_format(calendar_date_of(due_ms), day));
}

static void write_secret(struct text *out, const struct report *report,
                         const struct secret_row *row)
{
    const struct record *record = state_find(report->recorded, row->label);
    int64_t made_ms = row->made_at_ms > 0 ? row->made_at_ms
                      : record != NULL    ? record->changed_at_ms
                                          : 0;
    char age[DURATION_TEXT_SIZE];
    html_add(out, "<tr><td><code>%s</code><small>%s</small></td><td>%s</td>", row->label,
             row->source,
             made_ms > 0 ? duration_format(report->now_ms - made_ms, age) : "not known");
    write_due(out, report, made_ms, period_of(record));
    text_add(out, "</tr>\n");
}

void report_secrets_write(struct text *out, const struct report *report)
{
    if (report->secret_count == 0) {
        text_add(out, "<p>None is kept here.</p>\n");
        return;
    }
    text_add(out, "<table>\n<thead><tr><th scope=\"col\">Secret</th>"
                  "<th scope=\"col\">Age</th><th scope=\"col\">To be rotated</th></tr>"
                  "</thead>\n<tbody>\n");
    for (size_t i = 0; i < report->secret_count; i++)
        write_secret(out, report, &report->secrets[i]);
    text_add(out, "</tbody>\n</table>\n");
}
